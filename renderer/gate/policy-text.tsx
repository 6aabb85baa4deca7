/** Shows a policy's Markdown as plain, inert text: no raw HTML, no links to follow, no pictures to fetch. */
import { memo } from 'react';
import Markdown, { type Components } from 'react-markdown';

/** The page's own heading is the only h1, so the text's headings begin below it. */
const components: Components = {
  h1: ({ children }) => <h2 data-keep="">{children}</h2>,
  h2: ({ children }) => <h3 data-keep="">{children}</h3>,
  h3: ({ children }) => <h4 data-keep="">{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  h5: ({ children }) => <h6>{children}</h6>,
  h6: ({ children }) => <h6>{children}</h6>,
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
};

interface Props {
  readonly markdown: string;
  /** The policy's title: a first heading that only repeats it is left out, because it stands above the text. */
  readonly ownTitle?: string;
}

function withoutOwnTitle(markdown: string, ownTitle: string | undefined): string {
  const [first = '', ...rest] = markdown.split('\n');
  return ownTitle !== undefined && first.replace(/^#\s+/u, '').trim() === ownTitle.trim()
    ? rest.join('\n')
    : markdown;
}

/** Memoised: the text is long, and nothing that is typed beside it changes it. */
export const PolicyText = memo(function PolicyText({ markdown, ownTitle }: Props) {
  return (
    <Markdown skipHtml components={components}>
      {withoutOwnTitle(markdown, ownTitle)}
    </Markdown>
  );
});
