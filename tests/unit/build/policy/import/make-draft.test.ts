/** From lines to a draft: paragraphs joined, agreements found, and no text lost, whatever the document. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTextFile } from '../../../../../build/policy/import/decode-text.ts';
import { makeDraft } from '../../../../../build/policy/import/make-draft.ts';
import type { Language } from '../../../../../shared/lib/language.ts';
import { maxLineCharacters, outlineMarkdown } from '../../../../../shared/policy/markdown-outline.ts';

function draftOf(
  text: string,
  { markdown = false, audience = 'staff', language = 'en-GB' as Language } = {},
) {
  const source = readTextFile(new TextEncoder().encode(text), markdown ? 'markdown' : 'text', language);
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

  test('has notes on what the import did and what the author must check', () => {
    const told = draftOf(scanned).notes.map(({ kind, text }) => `${kind}: ${text}`);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^done: 1 page numbers/u),
        expect.stringMatching(/^done: 8 lone strokes/u),
        expect.stringMatching(/^check: A 1 was read as the word “I”.*: “I will look after .* and I will/u),
        expect.stringMatching(/^done: 1 words .* important\.$/u),
        expect.stringMatching(/^done: Left out, as it is for others: “Pupil Agreement”/u),
        expect.stringMatching(/^check: The document holds 2 agreements; taken: “Staff Agreement”/u),
        expect.stringMatching(
          /^check: A signature for the school was asked for\. Porthor has no place for it/u,
        ),
        expect.stringMatching(/^check: 1 statements concern some people only/u),
      ]),
    );
  });
});

test('numbers stay numbers, and the import names the lines where it is not sure', () => {
  const draft = draftOf(
    ['Rules', '', 'Pupils in Year 1 must be supervised.', '', 'Rooms 0 and 1 can be booked.'].join('\n'),
  );
  expect(draft.markdown).toContain('Pupils in Year 1 must be supervised.');
  expect(draft.markdown).toContain('Rooms 0 and 1 can be booked.');
  const told = draft.notes.map(({ kind, text }) => `${kind}: ${text}`);
  expect(told).toContainEqual(
    expect.stringMatching(/^check: A 1 was left .*: “Rooms 0 and 1 can be booked\.”\.$/u),
  );
  expect(told.join('\n')).not.toContain('Year 1');
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

test('a Welsh agreement is recognised too', () => {
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

test('the renewal rule follows the words of the document', () => {
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

  test('the draft shows no HTML, link or picture, and no paragraph that is too long to read', () => {
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

  test('every word of plain prose is kept, in its order', () => {
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
        // A word after a stroke may get its I back; nothing else is added or lost.
        expect(kept.filter((each) => each !== 'I')).toEqual(words);
      }),
      { numRuns: 200 },
    );
  });

  test('an endless paragraph is split', () => {
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
  '1 will\n',
  'AGREEMENT\nI will x.\nI will y.\n',
])('no text is slow to read: %j over and over', (unit) => {
  // Processor time and not the clock: other programs share the machine.
  const begin = process.cpuUsage();
  draftOf(unit.repeat(Math.floor(100_000 / unit.length)));
  expect(process.cpuUsage(begin).user / 1000).toBeLessThan(5000);
});

describe('the import', () => {
  const notesOf = (draft: ReturnType<typeof draftOf>) => draft.notes.map(({ text }) => text);

  test('leaves out struck-out text, and reports it', () => {
    const draft = draftOf(
      '# Rules\n\n## Sticks\n\nUse the school’s ~~or your own~~ sticks.\n\n~~Lend them to friends.~~\n\n- **~~Paint them.~~**\n- Bring them back.\n',
      { markdown: true },
    );
    expect(draft.markdown).toBe('## Sticks\n\nUse the school’s sticks.\n\n- Bring them back.\n');
    expect(notesOf(draft).filter((note) => note.startsWith('Struck out'))).toEqual([
      'Struck out in the document, and so left out: “or your own”.',
      'Struck out in the document, and so left out: “Lend them to friends.”.',
      'Struck out in the document, and so left out: “Paint them.”.',
    ]);
    // Without other marks in the text a pair of tildes is only a pair of tildes.
    expect(draftOf('Rooms\n\nUse rooms ~~1 to 3~~ only.\n').markdown).toContain('~~1 to 3~~');
  });

  test('keeps a link whose words hold brackets', () => {
    const draft = draftOf(
      '# Rules\n\n## Help\n\n[Ask \\[a person\\] first](#help), then [us](https://school.example).\n',
      {
        markdown: true,
      },
    );
    expect(draft.markdown).toContain('\nAsk \\[a person\\] first, then us (https://school.example).\n');
  });

  test('recognises a heading, also where its number leads a long title or one that ends with etc.', () => {
    const long =
      '3.9 Regulations on the Interception of Communications, Lawful Business Practices and Data Protection at Work: Monitoring';
    const paragraph =
      '3.10 a person who leaves the room for a while locks the screen of the computer before they go and signs in afterwards';
    const draft = draftOf(
      `# Rules\n\n## 3. Rules\n\n${long}\n\nThe law says what may be read.\n\n${paragraph}\n\n3.11 **Pictures, Films etc.**\n\nAsk first.\n`,
      { markdown: true },
    );
    expect(draft.markdown.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '## 3. Rules',
      `### ${long}`,
      '### 3.11 Pictures, Films etc.',
    ]);
  });

  test('finds the policy’s name, where a cover names the school first', () => {
    const cover = 'Ysgol y Bryn\n\nPolisi Defnydd Derbyniol\n\n1. Cyflwyniad\n\nMae’r polisi hwn i bawb.\n';
    const draft = draftOf(cover, { language: 'cy-GB' });
    expect(draft.title).toBe('Polisi Defnydd Derbyniol');
    expect(draft.markdown).toBe('Ysgol y Bryn\n\n## 1. Cyflwyniad\n\nMae’r polisi hwn i bawb.\n');
  });

  test('keeps a paragraph that the page has broken after its number', () => {
    const wrapped = [
      '1. Scope',
      '',
      '1.1 These rules hold for everybody who uses a computer of the school, and also',
      'for visitors and for those who help out.',
      '1.2 They hold on every day of the year on which somebody uses the School',
      'Network, whichever room they are in.',
    ].join('\n');
    expect(draftOf(wrapped).markdown).toBe(
      [
        '## 1. Scope',
        '',
        '1.1 These rules hold for everybody who uses a computer of the school, and also for visitors and for those who help out.',
        '',
        '1.2 They hold on every day of the year on which somebody uses the School Network, whichever room they are in.',
        '',
      ].join('\n'),
    );
  });

  test('ends an agreement with its list: a separate line is not part of its last item', () => {
    const text = [
      'Messages',
      '',
      `To keep what is private private, ${'and for the sake of everybody whose names are in it, '.repeat(4)}of messages:`,
      '',
      '- from other schools; or',
      '- from people at this school',
      '',
      'no copies are sent to a private address.',
    ].join('\n');
    expect(draftOf(text).markdown).toContain(
      '- from people at this school\n\nno copies are sent to a private address.\n',
    );
  });

  test('keeps the agreement’s title above the text that is left of it', () => {
    const draft = draftOf(
      '## Staff Agreement\n\n## Rules for Everyone\n\nThey hold everywhere.\n\nI will lock it.\n\nI will tell the office.\n\n## More Promises\n\nI will come back.\n',
      { markdown: true },
    );
    expect(draft.statements).toHaveLength(3);
    expect(draft.markdown).toContain('## Rules for Everyone\n\nThey hold everywhere.\n');
    expect(draft.title).toBe('Staff Agreement');
    expect(draft.markdown).not.toContain('More Promises');
    const later = draftOf(
      '## Sticks\n\nBring them back.\n\n## Staff Agreement\n\n## Rules for Everyone\n\nThey hold everywhere.\n\nI will lock it.\n\nI will tell the office.\n',
      { markdown: true },
    );
    expect(later.markdown).toContain('## Staff Agreement\n\n## Rules for Everyone\n');
  });

  test('keeps the fifty-first promise, and the text that the school signs', () => {
    const promises = Array.from(
      { length: 53 },
      (_, index) => `I will keep rule number ${index + 1} as it is.`,
    );
    const draft = draftOf(
      `## Staff Agreement\n\n${promises.join('\n\n')}\n\nSigned:\n\nAuthorised signature (Head teacher):\n\nI approve this person.\n`,
      { markdown: true },
    );
    expect(draft.statements).toHaveLength(50);
    for (const promise of promises.slice(50)) expect(draft.markdown).toContain(promise);
    expect(notesOf(draft)).toContain(
      'A pack holds 50 statements; 3 more promises stayed in the text: put some together.',
    );
    expect(notesOf(draft)).toContain(
      'Left out, as the school says it and not the person: “I approve this person.”.',
    );
  });

  test('reports a doubt where a scanner misread a promise', () => {
    const draft = draftOf('Staff Agreement\n\nI will tell Revenue & Custom:s.\n\nI will lock it.\n');
    expect(notesOf(draft)).toContain('“I will tell Revenue & Custom:s.…” has a colon inside a word.');
  });
});
