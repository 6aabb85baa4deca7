/** Measures how much of a text has been on the screen. */
import { type RefObject, useEffect } from 'react';

/**
 * @param note receives the share of the text, 0 to 1, that has been above the actions at the bottom edge; undefined while the
 * text is not whole.
 */
export function useReadShare(
  text: RefObject<HTMLElement | null>,
  note: ((share: number) => void) | undefined,
): void {
  useEffect(() => {
    if (note === undefined) return;
    const measure = (): void => {
      const box = text.current?.getBoundingClientRect();
      if (box === undefined || box.height === 0) return;
      const bottom = document.querySelector('.action-bar')?.getBoundingClientRect().top ?? window.innerHeight;
      note(Math.min(1, Math.max(0, (bottom - box.top) / box.height)));
    };
    measure();
    window.addEventListener('scroll', measure, { passive: true });
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('scroll', measure);
      window.removeEventListener('resize', measure);
    };
  }, [text, note]);
}
