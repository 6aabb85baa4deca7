/** Policies made at random and written in each format come back with the same statements, headings, numbers and cells. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expectedParts,
  type GeneratedDocument,
  generatedDocument,
} from '../../../../fixtures/documents/generate-document.ts';
import {
  toHtmlFile,
  toMarkdownFile,
  toTextFile,
  toWordFile,
} from '../../../../fixtures/documents/write-document.ts';
import { partsOf } from '../../../../support/draft-parts.ts';
import { importDraft, textsOf } from './support.ts';

const writers: readonly (readonly [
  string,
  (document: GeneratedDocument) => Promise<Uint8Array | string> | string,
])[] = [
  ['policy.docx', toWordFile],
  ['policy.html', toHtmlFile],
  ['policy.md', toMarkdownFile],
  ['policy.txt', toTextFile],
];

describe.each(writers)('%s', (name, write) => {
  test('comes back complete', async () => {
    await fc.assert(
      fc.asyncProperty(generatedDocument, async (document) => {
        const draft = await importDraft(name, await write(document));
        const { headings, items, cells, paragraphs } = expectedParts(document);
        const parts = partsOf(draft.markdown);
        expect(draft.title).toBe(document.title);
        expect(textsOf(draft)).toEqual(document.statements);
        expect(parts).toEqual({ headings, items, cells, paragraphs });
        expect(draft.account.missing).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
