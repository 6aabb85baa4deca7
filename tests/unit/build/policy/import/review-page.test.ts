/** The page on which an author compares a document with its draft. */
import { describe, expect, test } from 'vitest';
import { makeDraft } from '../../../../../build/policy/import/make-draft.ts';
import { readSource } from '../../../../../build/policy/import/read-source.ts';
import { writeReview } from '../../../../../build/policy/import/review-page.ts';

const source = [
  '# Devices <b>& sticks</b>',
  '',
  'Lock the screen, also in the *library*.',
  '',
  '| Action | Staff |',
  '|---|---|',
  '| Film in the hall | Ask |',
  '',
  '## Staff agreement',
  '',
  'When I use a device I will not:',
  '',
  '- lend it;',
  '- hide a loss of it.',
  '',
  'I will bring it back.',
  '',
  'My neighbour says: I am glad of the rules that we all have agreed?',
  '',
  'Signed: ______',
  '',
  '## Pupil agreement',
  '',
  'I will tell my teacher.',
  '',
].join('\n');

async function review() {
  const read = await readSource('devices.md', new TextEncoder().encode(source), {
    language: 'en-GB',
    onPage: () => undefined,
  });
  if (!read.ok) throw new Error(read.error.reason);
  const draft = makeDraft(read.value, { audience: 'staff', language: 'en-GB' });
  const html = await writeReview({
    name: 'devices.md',
    title: draft.title ?? '',
    language: 'en-GB',
    source: read.value,
    draft,
    notes: draft.notes,
  });
  const block = (words: string) =>
    new RegExp(
      `<(?:p|li|h\\d) class="block ([a-z-]+)" id="(block-\\d+)">(?:(?!</(?:p|li|h\\d)>).)*${words}(?:(?!</(?:p|li|h\\d)>).)*`,
      'su',
    ).exec(html);
  return { html, draft, block };
}

describe('the review page', () => {
  test('says of each part of the document what became of it', async () => {
    const { block } = await review();
    expect(block('Lock the screen')?.[1]).toBe('text');
    expect(block('I will not:')?.[0]).toMatch(
      /Statements <a href="#statement-1">1<\/a>, <a href="#statement-2">2/u,
    );
    expect(block('lend it')?.[0]).toContain('<a href="#statement-1">1</a>');
    expect(block('bring it back')?.[0]).toContain('<a href="#statement-3">3</a>');
    expect(block('Signed')?.[0]).toContain('Left out: line for a signature');
    expect(block('tell my teacher')?.[0]).toContain('Left out: agreement for others');
  });

  test('links each statement to its place in the document, and each doubt that quotes the document', async () => {
    const { html, draft, block } = await review();
    expect(draft.statements).toHaveLength(3);
    const places = [...html.matchAll(/<li id="statement-\d">.*?<a href="#(block-\d+)">/gu)].map(
      ([, id]) => id,
    );
    expect(places).toEqual([block('lend it')?.[2], block('hide a loss')?.[2], block('bring it back')?.[2]]);
    const targets = new Set([...html.matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id));
    for (const [, id] of html.matchAll(/href="#([^"]+)"/gu)) expect(targets).toContain(id);
  });

  test('needs no other file, runs no script and takes no words for HTML', async () => {
    const { html } = await review();
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|@import|url\(|href="[^#]/u);
    expect(html).toContain('Review of devices.md');
    expect(html).not.toContain('<b>');
  });

  test('shows the draft’s table with the names of its columns, as the gate does', async () => {
    const { html } = await review();
    expect(html).toContain('data-column="Staff"');
  });
});
