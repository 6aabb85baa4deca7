/** From lines to a draft: paragraphs put together, agreements found, and nothing lost whatever the text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTextFile } from '../../../../build/policy/import/decode-text.ts';
import { makeDraft } from '../../../../build/policy/import/make-draft.ts';
import type { Language } from '../../../../shared/lib/language.ts';
import { maxLineCharacters, outlineMarkdown } from '../../../../shared/policy/markdown-outline.ts';

function draftOf(
  text: string,
  { markdown = false, audience = 'staff', language = 'en-GB' as Language } = {},
) {
  const source = readTextFile(new TextEncoder().encode(text), markdown);
  if (!source.ok) throw new Error(source.error.reason);
  return makeDraft(source.value, { audience, language });
}

const scanned = `
Use of Equipment

All equipment that the school lends to its staff must be looked after, whether it is
used at school or

at home. Locking the screen is impor-
tant.

Staff must:

e Bring it back
e Tell the office of any loss

3

Staff Agreement

| will look after what is lent to me, and 1 will bring it back when | am
asked to.
| will not let others use it.

Staff that have a teaching role only: | will teach its safe use.

Signature

Full Name

Job title / Role

Authorised Signature (Head Teacher)

| approve this person.

Pupil Agreement

| will be careful.

| will tell a teacher.

Signed: Date:
`;

describe('a scanned text', () => {
  test('becomes headings, whole paragraphs and lists; the promises become statements', () => {
    const draft = draftOf(scanned);
    expect(draft.markdown).toBe(
      [
        '## Use of Equipment',
        '',
        'All equipment that the school lends to its staff must be looked after, whether it is used at school or at home. Locking the screen is important.',
        '',
        'Staff must:',
        '',
        '- Bring it back',
        '- Tell the office of any loss',
        '',
      ].join('\n'),
    );
    expect(draft.statements).toEqual([
      {
        text: 'I will look after what is lent to me, and I will bring it back when I am asked to.',
        required: true,
      },
      { text: 'I will not let others use it.', required: true },
      { text: 'Staff that have a teaching role only: I will teach its safe use.', required: false },
    ]);
    expect(draft.fields).toEqual({ fullName: 'required', jobRole: 'required' });
  });

  test('gives pupils their own agreement and not that of the staff', () => {
    const draft = draftOf(scanned, { audience: 'pupil' });
    expect(draft.statements.map(({ text }) => text)).toEqual([
      'I will be careful.',
      'I will tell a teacher.',
    ]);
    expect(draft.fields).toEqual({ fullName: 'required', jobRole: 'hidden' });
    expect(draft.markdown).not.toContain('bring it back when');
  });

  test('says what it did and what to check', () => {
    const told = draftOf(scanned).notes.map(({ kind, text }) => `${kind}: ${text}`);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^done: 1 page numbers/u),
        expect.stringMatching(/^done: 8 lone strokes/u),
        expect.stringMatching(/^done: 1 words .* important\.$/u),
        expect.stringMatching(/^done: Left out, as it is for others: “Pupil Agreement”/u),
        expect.stringMatching(/^check: The document holds 2 agreements; taken: “Staff Agreement”/u),
        expect.stringMatching(/^check: A signature for the school/u),
        expect.stringMatching(/^check: 1 statements concern some people only/u),
      ]),
    );
  });
});

test('a contents page, numbered sections and nested lists', () => {
  const text = `Policy for Computers
Second Edition

CONTENTS

1. INTRODUCTION
 - 1.1 Purpose
2. RULES

1. INTRODUCTION

1.1 Purpose

1.1.1 This long paragraph explains to everybody why the rules below are there, what they are meant to do, whom they concern and how they have been agreed upon by all sides of the school in the last year.

2. RULES

Users must:

- ask first:
 - the head
 - the technician
- wait
`;
  const draft = draftOf(text);
  expect(draft.title).toBe('Policy for Computers');
  expect(draft.markdown.split('\n').filter((line) => line !== '')).toEqual([
    'Second Edition',
    '## 1. INTRODUCTION',
    '### 1.1 Purpose',
    expect.stringMatching(/^1\.1\.1 This long/u),
    '## 2. RULES',
    'Users must:',
    '- ask first:',
    '    - the head',
    '    - the technician',
    '- wait',
  ]);
});

test('Markdown keeps its marks and loses HTML, links and pictures', () => {
  const draft = draftOf(
    '# Title\n\n## One\n\nSee **this** [page](https://x.example) ![p](a.png) <b>now</b>.\n',
    {
      markdown: true,
    },
  );
  expect(draft.title).toBe('Title');
  expect(draft.markdown).toBe('## One\n\nSee **this** page (https://x.example) p \\<b>now\\</b>.\n');
});

test('a Welsh agreement is one too', () => {
  const draft = draftOf(
    "## Cytundeb staff\n\nByddaf yn cloi'r sgrin.\n\nNi fyddaf yn rhannu fy nghyfrinair.\n\nRwy'n cytuno.\n\nEnw llawn:\n\nTeitl swydd:\n\nDyddiad:\n",
    { markdown: true, language: 'cy-GB' },
  );
  expect(draft.statements.map(({ text }) => text)).toEqual([
    "Byddaf yn cloi'r sgrin.",
    'Ni fyddaf yn rhannu fy nghyfrinair.',
    "Rwy'n cytuno.",
  ]);
  expect(draft.fields).toEqual({ fullName: 'required', jobRole: 'required' });
});

test('renewal follows the words of the document', () => {
  expect(draftOf('Issued on entry and then annually.').renewal).toEqual({ rule: 'rolling', period: 'P1Y' });
  const year = 'Discussed at the start of each academic year.';
  expect(draftOf(year, { audience: 'pupil' }).renewal).toEqual({ rule: 'fixed-date', date: '09-01' });
  expect(draftOf(year).renewal).toEqual({ rule: 'once' });
});

describe('whatever the text', () => {
  const word = fc.constantFrom(
    'the',
    'School',
    'I will',
    'must',
    'data',
    '1.2',
    '-',
    '#',
    '*',
    '**',
    '|',
    '<b>',
    '[x](y)',
    '{{a}}',
    'AGREEMENT',
    'Signed:',
    'Full name',
    'etc.',
    'e',
    '•',
    '2.',
    '\\',
    '`',
    '_',
    'a:b',
    '>',
    '=',
    '---',
    'x-',
    'CONTENTS',
  );
  const lines = fc.array(
    fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
    { maxLength: 30 },
  );

  test('the draft shows no HTML, link or picture, and no paragraph that nobody reads', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (source, markdown) => {
        const draft = draftOf(source.join('\n') || '.', { markdown });
        const { htmlLines, links, imageLines, longLines, headings } = outlineMarkdown(draft.markdown);
        expect({ htmlLines, links, imageLines, longLines }).toEqual({
          htmlLines: [],
          links: [],
          imageLines: [],
          longLines: [],
        });
        let level = 1;
        for (const heading of headings) {
          expect(heading.level).toBeGreaterThan(1);
          expect(heading.level).toBeLessThanOrEqual(level + 1);
          ({ level } = heading);
        }
        for (const statement of draft.statements) expect(statement.text.length).toBeLessThanOrEqual(400);
      }),
      { numRuns: 500 },
    );
  });

  test('every word of plain prose is still there, in its order', () => {
    const prose = fc.array(fc.stringMatching(/^[a-z]{2,9}$/u), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(prose, fc.integer({ min: 20, max: 120 }), (words, width) => {
        const wrapped: string[] = [''];
        for (const each of words) {
          const last = wrapped.at(-1) ?? '';
          if (last !== '' && last.length + each.length >= width) wrapped.push(each);
          else wrapped[wrapped.length - 1] = last === '' ? each : `${last} ${each}`;
        }
        const kept = draftOf(wrapped.join('\n')).markdown.match(/[a-z]+/gu) ?? [];
        // The first words after a stroke's place may be given their I back; nothing else is added or lost.
        expect(kept.filter((each) => each !== 'I')).toEqual(words);
      }),
      { numRuns: 200 },
    );
  });

  test('a paragraph without an end is parted', () => {
    const draft = draftOf(`${'word '.repeat(3000)}`);
    expect(Math.max(...draft.markdown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
      maxLineCharacters,
    );
  });
});

test.each([
  '*a ',
  '| ',
  '[x](',
  '- a\n',
  '#\n',
  'Full name: ',
  'word\n\n',
  'a-\n',
  'AGREEMENT\nI will x.\nI will y.\n',
])('no text is slow to read: %j over and over', (unit) => {
  const begin = performance.now();
  draftOf(unit.repeat(Math.floor(100_000 / unit.length)));
  expect(performance.now() - begin).toBeLessThan(5000);
});
