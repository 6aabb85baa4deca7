import { describe, expect, it } from 'vitest';
import { passagesOfMarkdown, passagesOfSource } from '../../../../build/dev/lint-prose.ts';
import { findFaults, findMessageFaults, sentencesOf } from '../../../../build/dev/prose-rules.ts';

const words = (count: number) => `${'word '.repeat(count - 1)}word.`;
/** Put together at run time, so that this file does not contain the phrases itself. */
const banned = ['some', 'body'].join('');
const overTwoLines = `It is\n * ${['to', 'ld'].join('')} to the school.`;

describe('the prose rules', () => {
  it('name the line, the phrase and what to say instead', () => {
    expect(findFaults({ line: 7, text: `One.\nThen ${banned} looks.`, kind: 'comment' })).toEqual([
      { line: 8, message: `comment: “${banned}”: name the actor: the user, the technician` },
    ]);
    expect(findFaults({ line: 1, text: 'The agent reports it.', kind: 'comment' })).toEqual([]);
  });

  it('count the words of a sentence in documents alone', () => {
    const text = `${words(25)} ${words(26)}`.replaceAll('. w', '. W');
    expect(findFaults({ line: 3, text, kind: 'document' })).toMatchObject([
      { line: 3, message: expect.stringContaining('26 words') as string },
    ]);
    expect(findFaults({ line: 3, text, kind: 'comment' })).toEqual([]);
  });

  it('end a sentence at its full stop, and not inside a number, a file’s name or an abbreviation', () => {
    expect(sentencesOf('Use main.ts, e.g. for 1.5 s. Then stop! “Why?” It says (so.) End')).toEqual([
      'Use main.ts, e.g. for 1.5 s.',
      'Then stop!',
      '“Why?”',
      'It says (so.)',
      'End',
    ]);
  });
});

describe('the text that is checked', () => {
  it('is the comments and the test titles of a source, not its strings', () => {
    const text = [
      `/** ${overTwoLines} */`,
      `const text = '${banned}'; // after`,
      "it.each([1])('a title %s', () => {",
      '  // inside',
      '});',
      'describe(`in a template`, () => undefined);',
    ].join('\n');
    const passages = passagesOfSource('x.test.ts', text);
    expect(passages.map(({ line, kind, text: found }) => [line, kind, found])).toEqual([
      [1, 'comment', expect.stringContaining('It is\n') as string],
      [3, 'comment', 'after'],
      [4, 'test title', "'a title %s'"],
      [5, 'comment', 'inside'],
      [7, 'test title', '`in a template`'],
    ]);
    expect(passages.flatMap(findFaults)).toHaveLength(1);
  });

  it('is the paragraphs and items of a document, without code, tables, headings and addresses', () => {
    const text = [
      '# Heading',
      'One line,',
      'and the next with `code in it` and [a link](https://a.example).',
      '',
      '- an item',
      '- another',
      '```',
      'code',
      '```',
      '| a | table |',
      'The end.',
    ].join('\n');
    expect(passagesOfMarkdown(text).map((passage) => [passage.line, passage.text])).toEqual([
      [2, 'One line,\nand the next with `code` and a link.'],
      [5, 'an item'],
      [6, 'another'],
      [11, 'The end.'],
    ]);
  });
});

describe('a commit message', () => {
  it.each([
    'Add a setting for the idle lock',
    'Pass the reason on to the school\n\nIt was lost.',
    'Embed the icons\n# What git adds is not looked at, however long it is: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'Merge branch main',
  ])('is accepted: %s', (message) => {
    expect(findMessageFaults(message)).toEqual([]);
  });

  it.each([
    ['', 'empty'],
    [`Add ${'x'.repeat(80)}`, '84 characters'],
    ['Added a setting', 'imperative'],
    ['Adds a setting', 'imperative'],
    ['Adding a setting', 'imperative'],
    ['add a setting', 'imperative'],
    ['The setting is added', 'imperative'],
    ['Add a setting.', 'full stop'],
    ['Add a setting\nfor the lock', 'second line'],
    [`Add a setting\n\nSo that ${banned} sees it.`, 'line 3'],
  ])('is refused: %s', (message, why) => {
    expect(findMessageFaults(message).join('\n')).toContain(why);
  });
});
