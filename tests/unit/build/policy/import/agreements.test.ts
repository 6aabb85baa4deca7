/** Which words of a document become statements: the promises of this audience, and no promise of another. */
import { describe, expect, test } from 'vitest';
import {
  bullet,
  heading,
  paragraph,
  run,
  table,
  title,
  wordDocument,
} from '../../../../fixtures/documents/word-xml.ts';
import { importDraft, linesOf, notesOf, textsOf } from './support.ts';

const lead =
  'These rules were agreed by everybody at Ysgol y Bryn in the autumn, and they are read again each year.';

describe('a stem and its list', () => {
  test('make promises that can be read alone and keep their “not”', async () => {
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Using the network'),
          paragraph(lead),
          heading('Agreement for staff'),
          paragraph('Whenever I work on a laptop of the school I will:'),
          bullet('Keep it charged;'),
          bullet('put it away at night; and'),
          paragraph('I will never:'),
          bullet('lend it to friends,'),
          bullet('Leave it in a car.'),
          paragraph('I agree that:'),
          bullet('the school may look into it;'),
          bullet('I give it back when I leave.'),
        ].join(''),
      ),
    );
    expect(textsOf(draft)).toEqual([
      'Whenever I work on a laptop of the school I will keep it charged.',
      'Whenever I work on a laptop of the school I will put it away at night.',
      'I will never lend it to friends.',
      'I will never leave it in a car.',
      'I agree that the school may look into it.',
      'I give it back when I leave.',
    ]);
    expect(draft.markdown).not.toMatch(/lend|charged/u);
  });

  test('carry the stem into the lists nested below its items', async () => {
    const draft = await importDraft(
      'a.md',
      '# Rules\n\nText for all.\n\n## Staff agreement\n\nI will not:\n\n- send messages that are:\n  - unkind\n  - secret\n- use games\n',
    );
    expect(textsOf(draft)).toEqual([
      'I will not send messages that are unkind.',
      'I will not send messages that are secret.',
      'I will not use games.',
    ]);
  });

  test.each([
    [
      'I agree to',
      '- to lock it\n- that it is checked',
      ['I agree to lock it.', 'I agree that it is checked.'],
    ],
    ['I will:', '- Not share it\n- Always ask', ['I will not share it.', 'I will always ask.']],
    [
      'As a volunteer, I:',
      '- will ask first\n- understand the rules',
      ['As a volunteer, I will ask first.', 'As a volunteer, I understand the rules.'],
    ],
    [
      'By signing this I promise that I will:',
      '- be kind',
      ['By signing this I promise that I will be kind.'],
    ],
    [
      'I will only use:',
      '- Hwb\n- Microsoft Teams',
      ['I will only use Hwb.', 'I will only use Microsoft Teams.'],
    ],
  ])('%s', async (stem, list, expected) => {
    const draft = await importDraft('a.md', `# Policy\n\n${lead}\n\n## Agreement\n\n${stem}\n\n${list}\n`);
    expect(textsOf(draft)).toEqual(expected);
  });

  test('make promises in Welsh too', async () => {
    const draft = await importDraft(
      'a.md',
      '# Polisi\n\nMae’r polisi hwn ar gyfer pawb yn yr ysgol.\n\n## Cytundeb staff\n\nByddaf yn:\n\n- cloi’r sgrin\n- gofyn am help\n\nFydda i ddim yn:\n\n- rhannu fy nghyfrinair\n',
      { language: 'cy-GB' },
    );
    expect(textsOf(draft)).toEqual([
      'Byddaf yn cloi’r sgrin.',
      'Byddaf yn gofyn am help.',
      'Fydda i ddim yn rhannu fy nghyfrinair.',
    ]);
  });

  test('in the school’s own rules make no statements', async () => {
    const draft = await importDraft(
      'a.md',
      `# Policy\n\n## Duties\n\nPupils will not:\n\n- run\n- shout\n\n${lead}\n`,
    );
    expect(draft.statements).toEqual([]);
    expect(linesOf(draft)).toEqual(['## Duties', 'Pupils will not:', '- run', '- shout', lead]);
  });
});

describe('a promise', () => {
  test.each([
    "I won't lend my card.",
    "I'll carry it with both hands.",
    "I don't answer strangers.",
    'I can ask for help.',
    'I always close the lid.',
    'I never guess a password.',
    'I ask before I print.',
    'I only open what I know.',
    'I would tell someone at once.',
    'If I lose it, I must say so.',
    'When somebody is rude online, I will show an adult.',
    'In the library, I will use headphones.',
    'To stay safe, I keep my name to myself.',
    'We share the tablets fairly.',
    'My carers have read this with me.',
    'I (or my parents) will pay for damage that I cause.',
    'I agree that my pictures may be shown.',
  ])('is recognised in an agreement: %s', async (promise) => {
    const draft = await importDraft(
      'a.md',
      `# Computers\n\n${lead}\n\n## Pupil agreement\n\n- I will log off.\n- ${promise}\n- I understand the rules.\n`,
      { audience: 'pupil' },
    );
    expect(textsOf(draft)).toEqual(['I will log off.', promise, 'I understand the rules.']);
  });

  test.each([
    'Rwyf yn deall y rheolau.',
    'Byddaf yn gofyn yn gyntaf.',
    'Wna i ddim rhannu fy enw.',
    'Fydda i ddim yn gas.',
    'Rydw i’n cytuno â’r rheolau.',
    'Os gwelaf rywbeth cas, byddaf yn dweud wrth oedolyn.',
    'Ni fyddaf yn gosod rhaglenni.',
    'Dim ond cyfrif yr ysgol y byddaf yn ei ddefnyddio.',
    'Cytunaf i ddilyn y rheolau.',
  ])('is recognised in Welsh: %s', async (promise) => {
    const draft = await importDraft(
      'a.md',
      `# Cyfrifiaduron\n\nMae’r rheolau hyn i bawb.\n\n## Cytundeb disgyblion\n\n- Byddaf yn garedig.\n- ${promise}\n`,
      { audience: 'pupil', language: 'cy-GB' },
    );
    expect(textsOf(draft)).toEqual(['Byddaf yn garedig.', promise]);
  });

  test('is not found in a foreword, in an answer to a question or in a guide through the text', async () => {
    const draft = await importDraft(
      'a.md',
      [
        '# Policy',
        '## Foreword',
        'I am proud of this policy. I have seen it grow.',
        'I will read each letter that you write to me about it.',
        '## Questions',
        'What if I lose my stick?',
        'I must tell the office, and I will get a new one.',
        '## Staff agreement',
        'I will lock my screen.',
        'I will tell the office of a loss.',
      ].join('\n\n'),
    );
    expect(textsOf(draft)).toEqual(['I will lock my screen.', 'I will tell the office of a loss.']);
    expect(draft.markdown).toContain('I am proud of this policy.');
    expect(draft.markdown).toContain('I must tell the office');
  });

  test('that stays in the text is reported', async () => {
    const long = `I will ${'look after what is lent to me and '.repeat(14)}bring it back`;
    const draft = await importDraft('a.md', `# P\n\n${lead}\n\n## Staff agreement\n\nI agree.\n\n${long}.\n`);
    expect(notesOf(draft)).toContain('1 promises are too long for a box to tick');
    expect(draft.markdown).toContain('look after what is lent');
  });
});

describe('bullets and signs before a promise', () => {
  const signs = [
    ...'•▪◦●○‣⁃■□◆❖➢►→✓✔»☐☑☒\uF0B7\uF0A7\uF0D8\uF0FC\uF0A8',
    '*',
    '-',
    '[ ]',
    '[x]',
    'O',
    '1.',
    '(a)',
    'iv)',
  ];
  test.each(signs)('%j is not part of its words', async (sign) => {
    const draft = await importDraft(
      'a.txt',
      `Staff agreement\n\n${lead}\n\n${sign} I will ask.\n${sign} I will tell.\n`,
    );
    expect(textsOf(draft)).toEqual(['I will ask.', 'I will tell.']);
    expect(linesOf(draft)).toEqual([lead]);
  });

  test('task lists and typed boxes in Markdown', async () => {
    const draft = await importDraft(
      'a.md',
      `# Policy\n\n${lead}\n\n## Staff agreement\n\n- [ ] I will ask.\n- [x] I have read it.\n\n☐ I will tell.\n`,
    );
    expect(textsOf(draft)).toEqual(['I will ask.', 'I have read it.', 'I will tell.']);
  });
});

describe('the agreement of an audience', () => {
  const both = [
    '# Policy',
    lead,
    '## Agreement for learners and their families (pupils, parents and carers)',
    '- I will be kind.',
    '- I will ask for help.',
    '## Agreement: employees, trustees, helpers and contractors',
    '- I will lock my screen.',
    '- I will keep data safe.',
  ].join('\n\n');
  test.each([
    ['pupil', 'I will be kind.'],
    ['parent', 'I will be kind.'],
    ['staff', 'I will lock my screen.'],
    ['governor', 'I will lock my screen.'],
    ['volunteer', 'I will lock my screen.'],
    ['visitor', 'I will lock my screen.'],
  ])('is found where its heading names several audiences: %s', async (audience, first) => {
    expect(textsOf(await importDraft('a.md', both, { audience }))[0]).toBe(first);
  });

  test('is never the agreement of another audience, and the import reports that it left one out', async () => {
    const draft = await importDraft(
      'a.md',
      `# Rules\n\n${lead}\n\n## Consent form\n\n- I give my child leave to use the internet.\n- I will talk to my child about it.\n\nSigned (parent): ________\n`,
    );
    expect(draft.statements).toEqual([]);
    expect(notesOf(draft)).toContain('No agreement for staff was found');
    expect(notesOf(draft)).toContain('Left out, as it is for others: “Consent form” (for parent)');
  });

  test('is chosen by number or by audience among several', async () => {
    const text = `# Policy\n\n${lead}\n\n## Agreement for pupils in KS1\n\n- I will be kind.\n- I will ask.\n\n## Agreement for pupils in KS2\n\n- I will be fair.\n- I will tell.\n`;
    const first = await importDraft('a.md', text, { audience: 'pupil' });
    expect(textsOf(first)).toEqual(['I will be kind.', 'I will ask.']);
    expect(notesOf(first)).toContain(
      '2 agreements fit this audience: 1. “Agreement for pupils in KS1”, 2. “Agreement for pupils in KS2”',
    );
    expect(textsOf(await importDraft('a.md', text, { audience: 'pupil', agreement: '2' }))).toEqual([
      'I will be fair.',
      'I will tell.',
    ]);
    expect(textsOf(await importDraft('a.md', text, { audience: 'pupil-ks2' }))).toEqual([
      'I will be fair.',
      'I will tell.',
    ]);
  });

  test('is also the policy’s text when it is the whole document', async () => {
    const draft = await importDraft(
      'a.md',
      '# Our promise (pupils)\n\n- I will be kind.\n- I will ask.\n\nName: ______ Class: ____\n',
      { audience: 'pupil' },
    );
    expect(draft.title).toBe('Our promise (pupils)');
    expect(linesOf(draft)).toEqual(['- I will be kind.', '- I will ask.']);
    expect(textsOf(draft)).toEqual(['I will be kind.', 'I will ask.']);
  });

  test('may be a single declaration', async () => {
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Email'),
          heading('Rules'),
          paragraph('Write as you would on paper.'),
          heading('Acknowledgement'),
          paragraph('I have read this policy and agree to keep to it.'),
          paragraph('Print name: ________________'),
          paragraph('Employee signature ________________ Date ________'),
        ].join(''),
      ),
    );
    expect(textsOf(draft)).toEqual(['I have read this policy and agree to keep to it.']);
    expect(linesOf(draft)).toEqual(['## Rules', 'Write as you would on paper.']);
    expect(draft.fields).toEqual({ fullName: 'required', jobRole: 'hidden' });
  });
});

describe('lines to fill in', () => {
  test.each([
    'Employee name (Print): ______________',
    'Employee Signature',
    'Manager Signature: ........................ Date: ...........',
    'Signature of member of staff ............................ Date ..............',
    'Staff ID number: ________',
    `Name (block capitals): ${'_'.repeat(150)}`,
    'Llofnod: ________ Dyddiad: ________',
  ])('are left out of the text: %s', async (line) => {
    const draft = await importDraft(
      'a.md',
      `# Policy\n\n${lead}\n\n## Staff agreement\n\nI agree to the rules.\n\nI will ask.\n\n${line}\n`,
    );
    expect(linesOf(draft)).toEqual([lead]);
    expect(draft.account.missing).toEqual([]);
  });

  test('are reported where no agreement was found', async () => {
    const draft = await importDraft(
      'a.md',
      `# Policy\n\n${lead}\n\nSigned: ________ (Chair of governors)\n\nDate: ______\n`,
    );
    expect(linesOf(draft)).toEqual([lead]);
    expect(notesOf(draft)).toContain('Lines to be filled in were left out of the text');
  });

  test('include the prompts of form fields', async () => {
    const control = (prompt: string) =>
      `<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>${run(prompt)}</w:sdtContent></w:sdt>`;
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Sticks'),
          heading('Staff agreement'),
          paragraph('Ask before you lend one.'),
          paragraph(
            `<w:sdt><w:sdtPr/><w:sdtContent>${run('☐')}</w:sdtContent></w:sdt>${run(' I will bring it back.')}`,
          ),
          paragraph('I will say when it is lost.'),
          paragraph(`${run('Full name: ')}${control('Click or tap here to enter text.')}`),
          paragraph(`${run('Signed on: ')}${control('Choose a date.')}`),
        ].join(''),
      ),
    );
    expect(textsOf(draft)).toEqual(['I will bring it back.', 'I will say when it is lost.']);
    expect(linesOf(draft)).toEqual(['## Staff agreement', 'Ask before you lend one.']);
    expect(draft.account.missing).toEqual([]);
  });
});

describe('tables of promises', () => {
  test('may have a column to tick, and lines to sign below', async () => {
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Laptops'),
          heading('Staff agreement'),
          paragraph('Tick what you agree to.'),
          table([
            ['Promise', 'Tick'],
            ['I will lock it.', '☐'],
            ['I have been shown how.', '☐'],
          ]),
          table([
            ['Name', ''],
            ['Signature', ''],
            ['Date', ''],
          ]),
        ].join(''),
      ),
    );
    expect(textsOf(draft)).toEqual(['I will lock it.', 'I have been shown how.']);
    expect(linesOf(draft)).toEqual(['## Staff agreement', 'Tick what you agree to.']);
    expect(draft.fields).toEqual({ fullName: 'required', jobRole: 'hidden' });
  });

  test('may have numbers, yes and no, and a heading that starts the sentence', async () => {
    const draft = await importDraft(
      'a.md',
      `# Laptops\n\n${lead}\n\n## Staff agreement\n\n| No | I agree that | Yes | No |\n|---|---|---|---|\n| 1 | the school may look into it | ☐ | ☐ |\n| 2 | I will bring it back | ☐ | ☐ |\n`,
    );
    expect(textsOf(draft)).toEqual(['I agree that the school may look into it.', 'I will bring it back']);
  });

  test('may hold a whole agreement in a cell', async () => {
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Tablets'),
          heading('Aims'),
          paragraph('We learn with tablets.'),
          heading('Appendix: agreement (pupils)'),
          table([
            ['Name of pupil:'],
            [
              `${paragraph('On a tablet of the school I will not:')}${bullet('Play games')}${bullet('Take pictures of others')}${paragraph('I will carry it with care.')}`,
            ],
            ['Signed (pupil):', 'Date:'],
          ]),
        ].join(''),
      ),
      { audience: 'pupil' },
    );
    expect(textsOf(draft)).toEqual([
      'On a tablet of the school I will not play games.',
      'On a tablet of the school I will not take pictures of others.',
      'I will carry it with care.',
    ]);
    expect(draft.account.missing).toEqual([]);
  });
});
