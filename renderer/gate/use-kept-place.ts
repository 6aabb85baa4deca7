/** Keeps the reader's place when the language changes and with it the height of every paragraph. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { Language } from '../../shared/lib/language.ts';

interface Place {
  /** The index of the last heading or mark above the top of the window; -1 if all are below it. */
  readonly index: number;
  /** How far the window's top is from that mark to the next, 0 to 1. */
  readonly share: number;
}

const top: Place = { index: -1, share: 0 };

/** Distances from the top of the document, of everything marked `data-keep` and of the document's end. */
function marks(page: HTMLElement): readonly number[] {
  const marked = [...page.querySelectorAll('[data-keep]')];
  const ends = document.documentElement.scrollHeight;
  return [...marked.map((element) => element.getBoundingClientRect().top + window.scrollY), ends];
}

function findPlace(page: HTMLElement): Place {
  const tops = marks(page);
  const index = tops.findLastIndex((mark) => mark <= window.scrollY);
  const from = tops[index] ?? 0;
  const to = tops[index + 1] ?? from;
  return { index, share: to > from ? (window.scrollY - from) / (to - from) : 0 };
}

export function useKeptPlace(page: RefObject<HTMLElement | null>, language: Language): void {
  const place = useRef<Place>(top);
  const shownLanguage = useRef(language);

  useEffect(() => {
    const note = (): void => {
      if (page.current !== null) place.current = findPlace(page.current);
    };
    window.addEventListener('scroll', note, { passive: true });
    return () => window.removeEventListener('scroll', note);
  }, [page]);

  // Runs before the new text is painted, and before the browser reports any scrolling of its own.
  useLayoutEffect(() => {
    if (shownLanguage.current === language) return;
    shownLanguage.current = language;
    if (page.current === null) return;
    const tops = marks(page.current);
    const { index, share } = place.current;
    const from = tops[index] ?? 0;
    const to = tops[index + 1] ?? from;
    window.scrollTo(0, from + share * (to - from));
  }, [page, language]);
}
