/** Agreements and forms in wordings that schools use beside the usual ones. */
import { describe, expect, test } from 'vitest';
import { importDraft, linesOf, notesOf, textsOf } from './support.ts';

const lead = 'This policy is for all people who work at Ysgol y Bryn, and it is read again each spring.';
const agreement = (...lines: string[]) =>
  `# Devices\n\n${lead}\n\n## Staff agreement\n\n${lines.join('\n\n')}\n`;

describe('lines to fill in', () => {
  test.each([
    'Print name ............  Post held ............',
    'Grown-up’s signature: ______________',
    'Badge ______ Vehicle registration ______',
  ])('may ask for anything: %s', async (line) => {
    const draft = await importDraft('a.md', agreement('I will lock it.', 'I will keep it.', line));
    expect(linesOf(draft)).toEqual([lead]);
    expect(draft.account.missing).toEqual([]);
  });

  test('include a name without a blank between two others', async () => {
    const draft = await importDraft(
      'a.txt',
      `Devices policy\n\n${lead}\n\nStaff agreement\n\nI will lock it.\nI will keep it.\n\nName:\nAgency:\nSignature:\n`,
    );
    expect(linesOf(draft)).toEqual([lead]);
  });

  test('are no sentences that only hold a blank', async () => {
    const draft = await importDraft(
      'a.md',
      agreement(
        'I will lock it.',
        'I will keep it.',
        'The code of the door is ______. Tell it to nobody else.',
      ),
    );
    expect(draft.markdown).toContain('The code of the door is');
  });

  test('within a promise leave their prompt to the report', async () => {
    const draft = await importDraft(
      'a.md',
      agreement('I, ______________ (name of governor), undertake to keep papers confidential.'),
    );
    expect(textsOf(draft)).toEqual(['I undertake to keep papers confidential.']);
    expect(draft.account.missing).toEqual([]);
  });
});

describe('promises', () => {
  test('of a table may be led by the name of their column, beside a column for initials', async () => {
    const draft = await importDraft(
      'a.md',
      agreement(
        '| | I agree that I will | Initials |\n|---|---|---|\n| 1 | lock it | |\n| 2 | not leave it in a car | |',
      ),
    );
    expect(textsOf(draft)).toEqual([
      'I agree that I will lock it.',
      'I agree that I will not leave it in a car.',
    ]);
  });

  test('keep the comma that the end of a stem has taken', async () => {
    const draft = await importDraft(
      'a.md',
      agreement('I shall not, under any circumstances:\n\n* lend it\n* hide a loss of it'),
    );
    expect(textsOf(draft)).toEqual([
      'I shall not, under any circumstances, lend it.',
      'I shall not, under any circumstances, hide a loss of it.',
    ]);
  });

  test('on lines of their own are not run together, and a title is none', async () => {
    const draft = await importDraft(
      'a.txt',
      'BRYN SCHOOL\n\nMy computer promises\n\nI promise to be kind to each child who uses it.\nWhen the bell rings, I’ll close the lid gently.\nI ask before I click on something new.\n',
      { audience: 'pupil' },
    );
    expect(textsOf(draft)).toEqual([
      'I promise to be kind to each child who uses it.',
      'When the bell rings, I’ll close the lid gently.',
      'I ask before I click on something new.',
    ]);
    expect(linesOf(draft)).toEqual(['My computer promises']);
  });
});

test('a declaration under a heading of its own belongs to the promises above it', async () => {
  const draft = await importDraft(
    'a.md',
    '# ICT agreement for Year 5\n\nDear children, read this with your family.\n\n**Keeping safe**\n\n- I never give out my address.\n- I ask before I print.\n\n**My agreement**\n\nI have talked about it at home.\n\nChild: ........ Parent: ........\n',
    { audience: 'pupil' },
  );
  expect(textsOf(draft)).toEqual([
    'I never give out my address.',
    'I ask before I print.',
    'I have talked about it at home.',
  ]);
});

test('use of the network may be the consent', async () => {
  const draft = await importDraft(
    'a.md',
    agreement('By continuing to use the network I accept the code.', 'I will lock it.'),
  );
  expect(textsOf(draft)).toEqual(['By continuing to use the network I accept the code.', 'I will lock it.']);
});

test('the name of the column that a bilingual table gives is accounted for', async () => {
  const table = '| English | Cymraeg |\n|---|---|\n| Phones stay off. | Mae ffonau i ffwrdd. |\n';
  const draft = await importDraft('a.md', `# Devices\n\n${lead}\n\n${table}`);
  expect(linesOf(draft)).toEqual([lead, 'Phones stay off.']);
  expect(draft.account.missing).toEqual([]);
});

describe('an agreement of several speakers', () => {
  const contract = [
    '# Home–school agreement',
    '## The school will',
    'We will keep your child safe.',
    'We will tell you of a loss.',
    '## The family will',
    'We will talk about it at home.',
    '## The pupil will',
    'I will be careful.',
    'I will ask for help.',
  ].join('\n\n');

  test.each([
    ['pupil', ['I will be careful.', 'I will ask for help.']],
    ['parent', ['We will talk about it at home.']],
  ])('gives the %s their own part, and none of the school’s', async (audience, statements) => {
    const draft = await importDraft('a.md', contract, { audience });
    expect(textsOf(draft)).toEqual(statements);
    expect(draft.account.missing).toEqual([]);
  });

  test('may name a speaker on a line that is no heading', async () => {
    const form = `BYOD AGREEMENT (SIXTH FORM)\n\n${lead}\n\nStudent\nI agree:\n1) to charge it\n2) to lock it\n\nParent or carer\nI agree that my child may bring a laptop to school.\n\nSigned: ........\n`;
    expect(textsOf(await importDraft('a.txt', form, { audience: 'pupil' }))).toEqual([
      'I agree to charge it.',
      'I agree to lock it.',
    ]);
    expect(textsOf(await importDraft('a.txt', form, { audience: 'parent' }))).toEqual([
      'I agree that my child may bring a laptop to school.',
    ]);
  });

  test('asks no pupil for the consent of a parent, also in the middle of the promises', async () => {
    const draft = await importDraft(
      'a.md',
      agreement('I will lock it.', 'I give permission for my child to use it.').replace('Staff', 'Pupil'),
      { audience: 'pupil' },
    );
    expect(textsOf(draft)).toEqual(['I will lock it.']);
    expect(notesOf(draft)).toContain('Left out, as a parent says it');
    expect(draft.account.missing).toEqual([]);
  });
});

test('a promise may start with what the person thinks', async () => {
  const draft = await importDraft(
    'a.md',
    agreement('I will lock it.', 'When I think that others know it I change it.'),
  );
  expect(textsOf(draft)).toEqual(['I will lock it.', 'When I think that others know it I change it.']);
});

test('lines of Markdown that start with (a) and (b) are not run together', async () => {
  const draft = await importDraft(
    'a.md',
    '# Devices\n\nBefore you leave:\n\n(a) lock it;\n(b) label it\nand keep it.\n',
  );
  expect(linesOf(draft)).toEqual(['Before you leave:', '(a) lock it;', '(b) label it and keep it.']);
});

test('a promise that offers a choice is a doubt', async () => {
  const draft = await importDraft(
    'a.md',
    agreement('I have read the rules and (please tick one)', 'I will lock it.'),
  );
  expect(notesOf(draft)).toContain('offers a choice');
});

test('the word between two items of a list is left out of both statements, and is accounted for', async () => {
  const draft = await importDraft('a.md', agreement('I shall:\n\n* lock it; and\n* keep it.'));
  expect(textsOf(draft)).toEqual(['I shall lock it.', 'I shall keep it.']);
  expect(draft.account.missing).toEqual([]);
});

test('an entry of the list of contents is a heading, whatever its words', async () => {
  const draft = await importDraft(
    'a.txt',
    `Devices policy\n\nContents\n\nWho it is for ....... 2\nLost ones ........... 3\n\nWho it is for\n\n${lead}\n\nLost ones\n\nThey are reported to the office on the same day, whoever has lost them.\n`,
  );
  expect(linesOf(draft).filter((line) => line.startsWith('#'))).toEqual(['## Who it is for', '## Lost ones']);
});

test('separators with a small letter behind them raise no doubt', async () => {
  const draft = await importDraft('a.md', `# Devices\n\nHandbook | June 2026 | v3\n\n${lead}\n`);
  expect(notesOf(draft)).not.toContain('lone stroke');
});
