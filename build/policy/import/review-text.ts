/** Renders the Markdown of a draft with the reader and the plugins of the gate. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown, { type Options } from 'react-markdown';
import { nameCells } from '../../../renderer/components/name-cells.ts';
import { placeHeadings } from '../../../renderer/components/place-headings.ts';
import { readTables } from '../../../renderer/components/read-tables.ts';

/** Its headings come below those of the page. */
const topHeading = 3;

export function renderPolicyText(markdown: string): string {
  const options: Options = {
    children: markdown,
    skipHtml: true,
    remarkPlugins: [readTables],
    rehypePlugins: [[placeHeadings, topHeading], nameCells],
    disallowedElements: ['img'],
    components: { a: ({ children }) => createElement('span', {}, children) },
  };
  return renderToStaticMarkup(createElement(Markdown, options));
}
