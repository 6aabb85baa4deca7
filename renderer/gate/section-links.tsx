/** Links to the sections of the text, beside it in a wide window and folded above it in a narrow one. */
import { type RefObject, useMemo } from 'react';
import { useMediaQuery } from '../components/use-media-query.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

/** From this width on there is room beside the column. It is also in the style sheet. */
const wideWindow = '(min-width: 78rem)';
/** The same in CSS pixels, at the size of letters that a window has before a page loads. */
const wideFromPx = 78 * 16;

interface Props {
  readonly text: RefObject<HTMLElement | null>;
  readonly markdown: string;
  /** Of the page for which the text was drawn first. */
  readonly pageWidth: number;
}

/** The headings of the highest level, which the page shows as its `h2`. */
function listSections(markdown: string) {
  const headings = [...markdown.matchAll(/^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/gmu)].map(
    ({ index, 1: marks = '', 2: words = '' }) => ({
      level: marks.length,
      words: words.replaceAll(/[*_`\\]/gu, ''),
      // Two sections may have the same words.
      startsAt: index,
    }),
  );
  const highest = Math.min(...headings.map(({ level }) => level));
  return headings.filter(({ level }) => level === highest);
}

export function SectionLinks({ text, markdown, pageWidth }: Props) {
  const words = useTranslator();
  const isWide = useMediaQuery(wideWindow, pageWidth >= wideFromPx);
  const sections = useMemo(() => listSections(markdown), [markdown]);
  if (sections.length < 3) return null;

  const goTo = (index: number): void => {
    const heading = text.current?.querySelectorAll('h2')[index];
    if (heading === undefined) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: 'start' });
  };
  const list = (
    <ul>
      {sections.map(({ startsAt, words: heading }, index) => (
        <li key={startsAt}>
          <button type="button" className="button button-link" onClick={() => goTo(index)}>
            {heading}
          </button>
        </li>
      ))}
    </ul>
  );
  return (
    <nav className="sections" aria-label={words.text('gate.sections')}>
      {isWide ? (
        <>
          <p className="sections-head" aria-hidden="true">
            {words.text('gate.sections')}
          </p>
          {list}
        </>
      ) : (
        <details>
          <summary>{words.text('gate.sections')}</summary>
          {list}
        </details>
      )}
    </nav>
  );
}
