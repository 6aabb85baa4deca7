/** Policies made at random and printed as PDF by a real browser come back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeDraft } from '../../build/policy/import/make-draft.ts';
import { readSource } from '../../build/policy/import/read-source.ts';
import { generatedDocument } from '../fixtures/documents/generate-document.ts';
import { toHtmlFile } from '../fixtures/documents/write-document.ts';
import { addComparisons, type Comparison, compareDraft, shareSame } from '../support/compare-drafts.ts';
import { launchBrowser } from '../support/renderer/browser.ts';

const documents = fc.sample(generatedDocument, { numRuns: 20, seed: 5 });

test('statements, headings, list items and cells of 20 printed policies are the same', async () => {
  const browser = await launchBrowser();
  const comparisons: Comparison[] = [];
  try {
    const page = await browser.newPage();
    for (const document of documents) {
      await page.setContent(toHtmlFile(document));
      const pdf = await page.pdf({ format: 'A4', tagged: true });
      const source = await readSource('policy.pdf', new Uint8Array(pdf), {
        language: 'en-GB',
        onPage: () => undefined,
      });
      if (!source.ok) throw new Error(source.error.reason);
      const draft = makeDraft(source.value, { audience: 'staff', language: 'en-GB' });
      comparisons.push(compareDraft(document, draft));
    }
  } finally {
    await browser.close();
  }
  expect(shareSame(addComparisons(comparisons))).toBeGreaterThanOrEqual(0.995);
});
