/** The findings in a pack that loads. */
import { describe, expect, test } from 'vitest';
import { nodePackTools } from '../../../../electron/storage/packs/node-tools.ts';
import { lintPack } from '../../../../shared/policy/lint-pack.ts';
import { readFrom, readPack } from '../../../../shared/policy/read-pack.ts';
import { goodManifest, goodTexts, packFiles, packWithManifest } from '../../../fixtures/packs/pack-files.ts';

async function lint(files: ReadonlyMap<string, Uint8Array>): Promise<readonly string[]> {
  const pack = await readPack(readFrom(files), nodePackTools);
  if (!pack.ok) throw new Error(`refused: ${pack.error.reason}`);
  return lintPack(pack.value, [...files.keys()]).map(
    ({ severity, file, what, remedy }) => `${severity} ${file}: ${what}: ${remedy}`,
  );
}

/** Adds a paragraph that looks the same to the comparison of languages. */
function withBoth(addition: string) {
  return packFiles({ 'en.md': `${goodTexts.en}\n${addition}\n`, 'cy.md': goodTexts.cy });
}

test('a good pack has no finding', async () => {
  expect(await lint(packFiles())).toEqual([]);
});

describe('HTML', () => {
  test.each([
    '<b>bold</b>',
    'text <br> text',
    '<div',
    '<!-- hidden -->',
    '</p>',
    '<?php ?>',
    '<script src=x>',
    '> <img src=x>',
    '    <i>indented</i>',
    'a `code` <u>b</u>',
    '`` ` `` <u>b</u>',
  ])('is an error in %j', async (text) => {
    expect(await lint(withBoth(text))).toEqual([
      'error en.md:10: HTML, which is never shown as HTML: use Markdown, or write \\< for a plain <',
    ]);
  });

  test.each(['1 < 2 and 3 > 2', '`<b>`', '``<b>` <i>``', 'a \\<b>', '<3'])(
    'is not found in %j',
    async (text) => {
      expect(await lint(withBoth(text))).toEqual([]);
    },
  );

  test('is not found in fenced code, and is found after it', async () => {
    expect(await lint(withBoth('```\n<b>\n~~~\n```'))).toEqual([]);
    expect(await lint(withBoth('```\n<b>\n```\n<b>'))).toHaveLength(1);
  });
});

describe('a row of a table', () => {
  const wide =
    'a row with more cells than the header of its table: the gate does not show the cells beyond it: give the header a cell for each column';

  test.each([
    '| A | B |\n|---|---|\n| one | two | three |',
    'A | B\n--- | :-:\none | two | three',
    '| A |\n|---|\n| one | `two` |',
  ])('is an error where it has more cells than the header: %j', async (text) => {
    expect(await lint(withBoth(text))).toEqual([`error en.md:12: ${wide}`]);
  });

  test.each([
    '| A | B |\n|---|---|\n| one | two |\n| one |',
    '| A | B |\n|---|---|\n| a stroke \\| in a cell | two |',
    '| A | B |\n|---|---|\n\nyes | no | perhaps',
    'yes | no | perhaps\n\nA heading\n---\n',
    'yes | no | perhaps\nyes | no',
  ])('is not found in %j', async (text) => {
    expect((await lint(withBoth(text))).filter((finding) => finding.includes('cells'))).toEqual([]);
  });
});

describe('links and pictures', () => {
  test.each([
    ['[here](https://example.org/a)', 'https://example.org/a'],
    ['<https://example.org>', 'https://example.org'],
    ['<head@example.org>', 'head@example.org'],
    ['[one]: http://example.org', 'http://example.org'],
  ])('%j is a warning', async (text, target) => {
    expect(await lint(withBoth(text))).toEqual([
      `warning en.md:10: a link to ${target}, which is shown as text and cannot be followed: say in words where to find it`,
    ]);
  });

  test('a picture has a separate warning', async () => {
    expect(await lint(withBoth('![crest](https://example.org/crest.png)'))).toEqual([
      'warning en.md:10: a picture, which is not shown: say in words what it shows',
    ]);
  });
});

describe('headings', () => {
  const both = (text: string) =>
    packFiles({ 'en.md': `${text}\n\nText.\n`, 'cy.md': `${text}\n\nTestun.\n` });

  test('that skip a level are found in both languages', async () => {
    expect(await lint(both('## A\n\n#### B'))).toEqual([
      'warning en.md:3: a heading of level 4 below one of level 2: use ###, so that screen readers do not look for what is between',
      'warning cy.md:3: a heading of level 4 below one of level 2: use ###, so that screen readers do not look for what is between',
    ]);
  });

  test('of the first level repeat the title, in any notation', async () => {
    expect((await lint(both('# A'))).map((line) => line.slice(0, 16))).toEqual([
      'warning en.md:1:',
      'warning cy.md:1:',
    ]);
    expect(await lint(both('A\n=='))).toEqual(await lint(both('# A')));
    expect(await lint(both('A\n--\n\n### B\n\n## C\n\n---'))).toEqual([]);
  });
});

describe('the two languages', () => {
  test('are compared by headings and lists', async () => {
    expect(await lint(packFiles({ 'cy.md': goodTexts.cy.replace('## Cymorth', '### Cymorth') }))).toEqual([
      'warning cy.md: its headings are not those of en.md (2, not 2, or at other levels): give both languages the same sections',
    ]);
    expect(await lint(packFiles({ 'cy.md': goodTexts.cy.replace('- Clowch hi.\n', '') }))).toEqual([
      'warning cy.md: it has 1 list items and en.md has 2: give both languages the same lists',
    ]);
  });

  test('with the same words cause a warning about a missing translation', async () => {
    expect(await lint(packFiles({ 'cy.md': goodTexts.en }))).toEqual([
      'warning cy.md: the text is the same in English and in Welsh: write it in the language that is missing',
    ]);
    expect(await lint(packWithManifest({ title: { 'en-GB': 'A', 'cy-GB': 'A' } }))).toEqual([
      'warning policy.json: title: the words are the same in English and in Welsh: write it in the language that is missing',
    ]);
  });

  test('of very different lengths cause a warning', async () => {
    const long = `${goodTexts.en.trimEnd()} ${'More to say. '.repeat(20)}\n`;
    expect(await lint(packFiles({ 'en.md': long }))).toEqual([
      expect.stringMatching(/^warning cy\.md: it is \d+ % as long as en\.md: /u),
    ]);
  });
});

describe('words', () => {
  test.each([
    ['a placeholder', 'Ask {{contact.name}}.', 'the placeholder {{contact.name}}, which nothing fills in'],
    ['a turned direction', 'I do \u202Eton\u202C agree.', 'the invisible character U+202E'],
    ['a zero byte', 'a\0b', 'the invisible character U+0000'],
    ['a hidden space', 'pass\u200Bword', 'the invisible character U+200B'],
  ])('%s is an error in a text and in a statement', async (_what, words, what) => {
    expect(await lint(withBoth(words))).toEqual([expect.stringContaining(`error en.md: ${what}`)]);
    const text = { 'en-GB': words, 'cy-GB': 'Arall' };
    expect(await lint(packWithManifest({ statements: [{ id: 'a', required: true, text }] }))).toEqual([
      expect.stringContaining(`error policy.json: statement "a" (en-GB): ${what}`),
    ]);
  });

  test('a soft hyphen is accepted', async () => {
    expect(await lint(withBoth('pass\u00ADword'))).toEqual([]);
  });

  test('a statement of 401 characters is an error, one of 400 is not', async () => {
    const ofLength = (length: number) =>
      packWithManifest({
        statements: [{ id: 'a', required: true, text: { 'en-GB': 'x'.repeat(length), 'cy-GB': 'y' } }],
      });
    expect(await lint(ofLength(400))).toEqual([]);
    expect(await lint(ofLength(401))).toEqual([
      expect.stringMatching(/^error policy\.json: statement "a" \(en-GB\): 401 characters/u),
    ]);
  });

  test('a paragraph made to slow the parser down is an error, and is found at once', async () => {
    const files = packFiles({ 'en.md': '!['.repeat(200_000), 'cy.md': '[`'.repeat(200_000) });
    expect((await lint(files)).filter((line) => line.startsWith('error'))).toEqual([
      expect.stringContaining('en.md:1: a paragraph of more than 2000 characters'),
      expect.stringContaining('cy.md:1: a paragraph of more than 2000 characters'),
    ]);
  });
});

describe('the pack', () => {
  test('without a statement to tick causes a warning', async () => {
    const statements = goodManifest.statements.map((statement) => ({ ...statement, required: false }));
    expect(await lint(packWithManifest({ statements }))).toEqual([
      expect.stringMatching(/^warning policy\.json: statements: no statement has to be ticked/u),
    ]);
  });

  test('with a file that the agent never shows causes a warning', async () => {
    expect(await lint(packFiles({ 'old.md': 'x' }))).toEqual([
      'warning old.md: not part of the policy: nobody is shown it: take it out of the pack',
    ]);
  });
});
