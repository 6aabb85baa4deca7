/** Who speaks in an agreement, and rules in agreements in which no one says "I". */
import { describe, expect, test } from 'vitest';
import { heading, paragraph, run, title, wordDocument } from '../../../../fixtures/documents/word-xml.ts';
import { importDraft, linesOf, notesOf, textsOf } from './support.ts';

const text = (...lines: string[]) => `${lines.join('\n\n')}\n`;
const pupil = { audience: 'pupil' };
const parent = { audience: 'parent' };

describe('below an agreement', () => {
  const shared = text(
    '# Tablet loan agreement for Year 6',
    '## Duties of parents',
    'Your child may take a tablet home. We ask this of you.',
    '- I will see that my child charges the tablet.\n- I will pay for a lost charger.',
    '## Duties of pupils',
    'A tablet is a tool for learning.',
    '- I will carry the tablet in its sleeve.\n- I will keep crumbs away from it.',
  );

  test('a section for another group speaks for that group, whatever the title names', async () => {
    expect(
      textsOf(await importDraft('a.md', shared.replaceAll('Duties of', 'Responsibilities of'), parent)),
    ).toEqual(['I will see that my child charges the tablet.', 'I will pay for a lost charger.']);
    expect(
      textsOf(await importDraft('a.md', shared.replaceAll('Duties of', 'Responsibilities of'), pupil)),
    ).toEqual(['I will carry the tablet in its sleeve.', 'I will keep crumbs away from it.']);
  });

  test('a section with few promises counts, although chapters of text come first', async () => {
    const chapters = [
      'A chapter of text.',
      'It goes on for a while.',
      'It says what a tablet is.',
      'It ends here.',
    ];
    const draft = await importDraft(
      'a.md',
      text(
        '# Tablet lending agreement',
        ...chapters,
        '## The device',
        ...chapters,
        '## Care',
        '- The tablet is in my care, and I will not lend it.\n- I will hand it back in July.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'The tablet is in my care, and I will not lend it.',
      'I will hand it back in July.',
    ]);
  });

  test('the school that says “we” promises nothing, and pupils who say “we” do', async () => {
    const lines = (ours: string) =>
      text(
        '# Pupil agreement',
        'I will look after my tablet.',
        'The tablets are new.',
        ours,
        'They have sleeves.',
      );
    const ofSchool = await importDraft('a.md', lines('We have found that sleeves save screens.'), pupil);
    expect(textsOf(ofSchool)).toEqual(['I will look after my tablet.']);
    expect(linesOf(ofSchool)).toContain('We have found that sleeves save screens.');
    const ofPupils = await importDraft(
      'a.md',
      text('# Pupil agreement', '- We take turns.\n- We tell a teacher when it breaks.'),
      pupil,
    );
    expect(textsOf(ofPupils)).toEqual(['We take turns.', 'We tell a teacher when it breaks.']);
  });

  test('what others promise in return stays text', async () => {
    const draft = await importDraft(
      'a.md',
      text(
        '# Pupil pledge',
        'I will:',
        '- read each day',
        'In return, my parents will:',
        '- Help me with my tablet.\n- Talk to my teacher.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will read each day.']);
    expect(linesOf(draft).join('\n')).toContain('Help me with my tablet.');
  });

  test('a pledge of the family is the child’s where the child speaks', async () => {
    const draft = await importDraft(
      'a.md',
      text(
        '# Family pledge',
        '- I will tell my parents what I share.\n- I will ask my parents before I buy a game.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toHaveLength(2);
  });

  test('people who work with pupils speak alike: a volunteer may take what names no group', async () => {
    const agreement = text(
      '# Agreement',
      '- I will keep to my professional role.\n- I will report any safeguarding worry.',
    );
    expect(textsOf(await importDraft('a.md', agreement, { audience: 'volunteer' }))).toHaveLength(2);
    expect(textsOf(await importDraft('a.md', agreement, pupil))).toEqual([]);
  });
});

describe('where no one says “I”', () => {
  test('each group has its own list, and a short stem is one too', async () => {
    const shared = text(
      '# Online lesson agreement',
      'Teachers agree to:',
      '- start on time',
      'Pupils agree to:',
      '- be ready with a pen\n- not film the lesson',
      'Parents and carers to:',
      '- stay in the room',
    );
    expect(textsOf(await importDraft('a.md', shared, pupil))).toEqual([
      'Pupils agree to be ready with a pen.',
      'Pupils agree to not film the lesson.',
    ]);
    expect(textsOf(await importDraft('a.md', shared, parent))).toEqual([
      'Parents and carers to stay in the room.',
    ]);
  });

  test('rules below “the following” are read without it', async () => {
    const draft = await importDraft(
      'a.md',
      text(
        '# Pupil tablet agreement',
        'The pupil must agree to the following before a tablet is lent:',
        '- The tablet stays the school’s own.\n- Stickers may not be put on it.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual(['The tablet stays the school’s own.', 'Stickers may not be put on it.']);
    expect(draft.account.missing).toEqual([]);
  });

  test('duties without a person and orders are rules of their list', async () => {
    const draft = await importDraft(
      'a.md',
      text(
        '# Laptop contract for pupils',
        '## Rules of care',
        '- Pupils must carry the laptop in its bag.\n- Drinks should not stand beside it.\n- Do not write on it.\n- Only use a dry cloth.\n- The bag is part of the loan.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'Pupils must carry the laptop in its bag.',
      'Drinks should not stand beside it.',
      'Do not write on it.',
      'Only use a dry cloth.',
      'The bag is part of the loan.',
    ]);
  });

  test('a policy that is no agreement has no statements', async () => {
    const draft = await importDraft(
      'a.md',
      text('# Wireless network policy', 'Visitors must not:', '- share the key\n- run a server'),
      {
        audience: 'visitor',
      },
    );
    expect(textsOf(draft)).toEqual([]);
  });
});

describe('a stem', () => {
  test.each([
    [
      'By joining the network you declare that:',
      '1. You are over eighteen\n2. You keep its key',
      [
        'By joining the network you declare that you are over eighteen.',
        'By joining the network you declare that you keep its key.',
      ],
    ],
    [
      'I would like my child to borrow a tablet. I understand',
      '□ It stays the school’s own.\n\n□ That it may be looked at.',
      [
        'I would like my child to borrow a tablet.',
        'I understand it stays the school’s own.',
        'I understand that it may be looked at.',
      ],
    ],
    [
      'Stay safe. I will ...',
      '• Tell someone.\n\n• Not share my key.',
      ['I will tell someone.', 'I will not share my key.'],
    ],
    [
      'I agree to the following:',
      '1. The tablet lent to me is my responsibility.\n2. Keep it dry.',
      ['The tablet lent to me is my responsibility.', 'I agree to the following: Keep it dry.'],
    ],
  ])('%s', async (stem, list, expected) => {
    const draft = await importDraft('a.txt', `Network agreement\n\n${stem}\n\n${list}\n`, parent);
    expect(textsOf(draft)).toEqual(expected);
    expect(draft.account.missing).toEqual([]);
  });

  test('of acceptance above long paragraphs accepts them all', async () => {
    const long =
      'The network is for visits only, and it is as fast as the line allows at that time of the day. '.repeat(
        3,
      );
    const draft = await importDraft(
      'a.txt',
      text(
        'Agreement for the guest network',
        'By signing in you agree to keep to the following terms:',
        `Speed. ${long}`,
        `Use. ${long}`,
      ),
      { audience: 'visitor' },
    );
    expect(textsOf(draft)).toEqual(['By signing in you agree to keep to the following terms.']);
  });

  test('is none where its verb is left out: “if I need to”', async () => {
    const draft = await importDraft(
      'a.txt',
      'Pupil agreement\n\n• I say no if I need to\n  • When a game upsets me, I stop.\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I say no if I need to', 'When a game upsets me, I stop.']);
  });
});

describe('a text whose lines were broken', () => {
  test.each([
    [
      'by an empty line within an item',
      '• I know that the school reads my email and other\n\nmessages.\n\n• I will log off.',
      ['I know that the school reads my email and other messages.', 'I will log off.'],
    ],
    [
      'after the sign of each item',
      '·\nI will ask first.\n-\nI will log off.',
      ['I will ask first.', 'I will log off.'],
    ],
    [
      'within brackets',
      '• I will charge it (at home\nEvening or night).\n• I will log off.',
      ['I will charge it (at home Evening or night).', 'I will log off.'],
    ],
    [
      'so that a title has no line',
      'Pupil’s agreement I will ask first. I will log off. Signed:',
      ['I will ask first. I will log off.'],
    ],
    [
      'so that numbers have no space',
      '1.I will ask first.\n2.I will log off.',
      ['I will ask first.', 'I will log off.'],
    ],
  ])('%s', async (_name, lines, expected) => {
    const draft = await importDraft('a.txt', `Pupil agreement\n\n${lines}\n`, pupil);
    expect(textsOf(draft)).toEqual(expected);
    expect(draft.account.missing).toEqual([]);
  });
});

describe('a text with a promise on each line', () => {
  test('is not read as one whose page broke the lines', async () => {
    const draft = await importDraft(
      'a.txt',
      `${['Rules for the computer room', 'I will ask an adult before I use a computer in the room', 'I will only open the programs that my teacher names', 'The words I write will be kind ones', 'I will not open a file that I do not want to', 'I will tell my teacher when a message worries me', 'I will log off at the end of each of my lessons', 'Help for your child at home'].join('\n')}\n`,
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I will ask an adult before I use a computer in the room',
      'I will only open the programs that my teacher names',
      'The words I write will be kind ones',
      'I will not open a file that I do not want to',
      'I will tell my teacher when a message worries me',
      'I will log off at the end of each of my lessons',
    ]);
  });
});

describe('“we”', () => {
  test('is pupils’ own where they ask an adult, although no title says what it is', async () => {
    const draft = await importDraft(
      'a.txt',
      'Rules of our room\n\n1. We ask before we print.\n\n2. We tell an adult when a picture upsets us.\n\n3. We log off.\n',
      pupil,
    );
    expect(textsOf(draft)).toHaveLength(3);
  });

  test('is the school’s below “At our school we:”', async () => {
    const draft = await importDraft(
      'a.md',
      text(
        '# Acceptable use agreement',
        'At our school we:',
        '- teach pupils to be safe\n- filter the network',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual([]);
  });
});

test('people may be named in words of the document’s own', async () => {
  const draft = await importDraft(
    'a.md',
    text(
      '# Codes of conduct',
      'All sessional workers, staff and helpers agree to:',
      '- be on time\n- lock the cupboard',
      'All children agree to:',
      '- play fairly',
    ),
    { audience: 'staff' },
  );
  expect(textsOf(draft)).toEqual([
    'All sessional workers, staff and helpers agree to be on time.',
    'All sessional workers, staff and helpers agree to lock the cupboard.',
  ]);
});

test('a bold name before a promise is not part of it', async () => {
  const draft = await importDraft(
    'a.md',
    text(
      '# Parent consent',
      'By signing, I confirm:',
      '1) **Lessons online**\nI agree to lessons online.\n2) **Safeguarding**\nI know whom to call.',
      '(Tick one)\n[ ] My student may be recorded.',
      'Signature: ______',
    ),
    parent,
  );
  expect(textsOf(draft)).toEqual([
    'I agree to lessons online.',
    'I know whom to call.',
    'My student may be recorded.',
  ]);
  expect(draft.account.missing).toEqual([]);
});

test('a tick that is a letter of a picture font is a bullet', async () => {
  const tick = run('ü', '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>');
  const body = ['I will ask first.', 'I will log off.']
    .map((each) => paragraph(tick + run(` ${each}`)))
    .join('');
  const draft = await importDraft(
    'a.docx',
    wordDocument(title('Tablets') + heading('Pupil agreement') + body),
    pupil,
  );
  expect(textsOf(draft)).toEqual(['I will ask first.', 'I will log off.']);
});

test('an agreement of orders alone gives each as a statement', async () => {
  const draft = await importDraft(
    'a.md',
    text(
      '# Email agreement',
      'Be kind:',
      '- Do not forward letters.\n- Respect the time of others.',
      'Be safe:',
      '- Only write to people you know.\n- Look after your key.',
    ),
    pupil,
  );
  expect(textsOf(draft)).toEqual([
    'Do not forward letters.',
    'Respect the time of others.',
    'Only write to people you know.',
    'Look after your key.',
  ]);
});

test('a sentence goes on after a bracket that ends in “etc.”', async () => {
  const draft = await importDraft(
    'a.md',
    text('# Pupil agreement', '- When writing (in blogs, email etc.) I will be kind.\n- I will log off.'),
    pupil,
  );
  expect(textsOf(draft)).toEqual(['When writing (in blogs, email etc.) I will be kind.', 'I will log off.']);
});

describe('strokes', () => {
  test('between cells in neighbouring lines are reported as a table', async () => {
    const draft = await importDraft(
      'a.txt',
      'Lending policy\n\nDevice | users\n\nTablet | pupils\n\nLaptop | staff\n',
    );
    expect(notesOf(draft)).toContain('3 lines look like rows of a table');
    expect(notesOf(draft)).not.toContain('lone stroke');
  });

  test('between the parts of one line are no table', async () => {
    const draft = await importDraft(
      'a.txt',
      'Lending policy\n\nVersion 2 | May 2026\n\nTablets are lent in September.\n',
    );
    expect(notesOf(draft)).not.toMatch(/rows of a table|lone stroke/u);
  });
});
