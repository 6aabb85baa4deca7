/** Shows a policy's Markdown as plain, inert text: no raw HTML, no links to follow, no pictures to fetch. */
import { memo } from 'react';
import Markdown, { type Components } from 'react-markdown';
import { nameCells } from './name-cells.ts';
import { type HeadingLevel, placeHeadings } from './place-headings.ts';
import { readTables } from './read-tables.ts';

const components: Components = {
  a: ({ children, href }) => {
    const address = typeof href === 'string' && href !== '' && children !== href ? ` (${href})` : '';
    return (
      <>
        {children}
        {address}
      </>
    );
  },
  img: () => null,
  h2: ({ children }) => <h2 data-keep="">{children}</h2>,
  h3: ({ children }) => <h3 data-keep="">{children}</h3>,
  h4: ({ children }) => <h4 data-keep="">{children}</h4>,
};

interface Props {
  readonly markdown: string;
  /** Level of the text's own highest heading in this page, whichever level it has in the text. */
  readonly topHeading: HeadingLevel;
}

/** Memoised: the text is long, and nothing that is typed beside it changes it. */
export const PolicyText = memo(function PolicyText({ markdown, topHeading }: Props) {
  return (
    <Markdown
      skipHtml
      components={components}
      remarkPlugins={[readTables]}
      rehypePlugins={[[placeHeadings, topHeading], nameCells]}
    >
      {markdown}
    </Markdown>
  );
});
