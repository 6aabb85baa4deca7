/** Agreements in the forms that schools write: finished stems, mixed paragraphs, rules for others, and forms in sentences. */
import { describe, expect, test } from 'vitest';
import { importDraft, linesOf, notesOf, textsOf } from './support.ts';

const lead = 'These rules were agreed at Ysgol y Bryn in the autumn, and they are read again each year.';
const agreement = (...lines: string[]) =>
  `# Tablets\n\n${lead}\n\n## Pupil agreement\n\n${lines.join('\n\n')}\n`;
const pupil = { audience: 'pupil' };

describe('a stem', () => {
  test('that is a promise by itself is one of the statements where its items stand alone', async () => {
    const draft = await importDraft(
      'a.md',
      agreement(
        'I will be fair to all who share the tablets with me:',
        '- I will wait for my turn.\n- I will hand it on clean.',
        'I know that the tablets are here for all of us and:',
        '- I will not hide one.',
        'For the good of my eyes:',
        '- I will look up now and then.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I will be fair to all who share the tablets with me.',
      'I will wait for my turn.',
      'I will hand it on clean.',
      'I know that the tablets are here for all of us.',
      'I will not hide one.',
      'I will look up now and then.',
    ]);
    expect(draft.account.missing).toEqual([]);
  });

  test('that says when the promise holds goes into each of its items', async () => {
    const draft = await importDraft(
      'a.md',
      agreement(
        'I have read these rules and I keep to them when:',
        '- I use a tablet at school\n- I take one home',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I have read these rules and I keep to them when I use a tablet at school.',
      'I have read these rules and I keep to them when I take one home.',
    ]);
  });

  test('may follow other promises in its paragraph', async () => {
    const draft = await importDraft(
      'a.md',
      agreement(
        'I am responsible for the tablet that I borrow. I understand that:',
        '- the office keeps a list\n- If I lose it, I will say so at once',
        'The tablets are new. I will keep mine clean. This means:',
        '- I will wash my hands first',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I am responsible for the tablet that I borrow.',
      'I understand that the office keeps a list.',
      'If I lose it, I will say so at once.',
      'I will keep mine clean.',
      'I will wash my hands first',
    ]);
    expect(draft.markdown).toContain('The tablets are new.');
    expect(draft.account.missing).toEqual([]);
  });

  test('is not lost where its items need none of it', async () => {
    const draft = await importDraft(
      'a.txt',
      `Tablet agreement\n\nMy school lends me a tablet. To look after it, I agree to the following promises:\n\n1. I will carry it in its case.\n2. I will charge it at night.\n`,
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will carry it in its case.', 'I will charge it at night.']);
    expect(draft.account.missing).toEqual([]);
  });

  test('may be a title that says what its list promises', async () => {
    const draft = await importDraft(
      'a.txt',
      `Tablet agreement for pupils\n\n${lead}\n\nWhat I will do:\n\n• Carry it in its case\n• Charge it at night\n\nThings I must not do:\n\n• Draw on it\n`,
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I will carry it in its case.',
      'I will charge it at night.',
      'I must not draw on it.',
    ]);
    expect(draft.account.missing).toEqual([]);
  });

  test('may have the name of its list behind it', async () => {
    const draft = await importDraft(
      'a.md',
      agreement('I will (good):', '- Charge it\n- Share it', 'I will not (bad):', '- Draw on it'),
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will charge it.', 'I will share it.', 'I will not draw on it.']);
    expect(draft.account.missing).toEqual([]);
  });

  test('may have parts with numbers, between others without', async () => {
    const draft = await importDraft(
      'a.txt',
      'Tablet agreement\n\n1.   I will ask first.\n\n2.   In the hall I will:\n\n2.1.  walk\n\n2.2.  not shout.\n\n3.   All cases go back on the shelf.\n\n4.   At home, I will:\n\n4.1.  charge it\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I will ask first.',
      'In the hall I will walk.',
      'In the hall I will not shout.',
      'At home, I will charge it.',
    ]);
  });

  test('may stand above lines that are no items by their form', async () => {
    const first =
      'When I borrow a tablet from the trolley in the hall, or from the one beside the library, I will:';
    const draft = await importDraft(
      'a.txt',
      `${lead} ${lead} ${lead}\n${first}\nSign for it in the book beside the trolley\nBring it back before the bell\nI will not:\nLend it to others, not even for a minute and not even to a friend only\nOnly use half of the cable\n`,
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      `${first.slice(0, -1)} sign for it in the book beside the trolley.`,
      `${first.slice(0, -1)} bring it back before the bell.`,
      'I will not lend it to others, not even for a minute and not even to a friend only.',
      'I will not only use half of the cable.',
    ]);
  });

  test('is continued by an item in small letters below one that is not finished', async () => {
    const draft = await importDraft(
      'a.md',
      agreement('I promise:', '- Not to show anyone the names of:\n- classmates or teachers\n- To lock it'),
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I promise not to show anyone the names of classmates or teachers.',
      'I promise to lock it.',
    ]);
  });

  test('softens the next word in Welsh', async () => {
    const draft = await importDraft(
      'a.md',
      '# Llechi\n\nMae’r rheolau hyn i bawb yn yr ysgol.\n\n## Cytundeb disgyblion\n\nDylwn i:\n\n- cario’r llechen yn ofalus\n- gofyn cyn ei defnyddio\n- peidio â’i cholli\n- rhoi gwybod am nam\n- dim ond defnyddio fy nghyfrif\n',
      { audience: 'pupil', language: 'cy-GB' },
    );
    expect(textsOf(draft)).toEqual([
      'Dylwn i gario’r llechen yn ofalus.',
      'Dylwn i ofyn cyn ei defnyddio.',
      'Dylwn i beidio â’i cholli.',
      'Dylwn i roi gwybod am nam.',
      'Dylwn i dim ond defnyddio fy nghyfrif.',
    ]);
    expect(draft.account.missing).toEqual([]);
  });

  test('of another speaker in the same agreement is left out', async () => {
    const draft = await importDraft(
      'a.md',
      '# Tablet agreement\n\nAs a pupil, I agree to:\n\n- Only use the apps that my teacher says I can use\n- Charge it\n\nAs a carer, I agree to:\n\n- Pay for a lost pen\n\nThe school agrees to:\n\n- Mend it\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'As a pupil, I agree to only use the apps that my teacher says I can use.',
      'As a pupil, I agree to charge it.',
    ]);
    expect(notesOf(draft)).toContain('Left out, as it is for others: “As a carer, I agree to:');
    expect(draft.account.missing).toEqual([]);
  });
});

describe('a promise', () => {
  test.each([
    'Under no circumstances will I open the back of it.',
    'It is my job to keep it away from water.',
    'If it is lost, I am responsible for its cost.',
    'I will discuss a fault with a teacher.',
    'I know who the Child Protection Officer is.',
  ])('may be worded as: %s', async (promise) => {
    const draft = await importDraft('a.md', agreement(`- I will log off.\n- ${promise}`), pupil);
    expect(textsOf(draft)).toEqual(['I will log off.', promise]);
  });

  test('of staff may name the child protection officer', async () => {
    const text = agreement('- I will log off.\n- I know my Child Protection Officer.').replace(
      'Pupil',
      'Staff',
    );
    expect(textsOf(await importDraft('a.md', text))).toEqual([
      'I will log off.',
      'I know my Child Protection Officer.',
    ]);
  });

  test('may come after other words in its paragraph, which stay text', async () => {
    const draft = await importDraft(
      'a.md',
      agreement(
        'The school lends tablets. I will look after mine.',
        'Golden rule – I will ask first.',
        'A cable can break. Therefore, when I pull it out, I must hold the plug.',
        'I will log off.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I will look after mine.',
      'I will ask first.',
      'Therefore, when I pull it out, I must hold the plug.',
      'I will log off.',
    ]);
    expect(draft.markdown).toContain('The school lends tablets.');
    expect(draft.account.missing).toEqual([]);
  });

  test('that is too long for a box is cut at the ends of its sentences', async () => {
    const first = `I will keep ${'the cable and the case and the pen and '.repeat(6)}the tablet together.`;
    const second = `Anything that is missing is ${'looked for in the hall and '.repeat(6)}reported.`;
    const third = 'I will help to look.';
    const draft = await importDraft(
      'a.md',
      agreement(`${first} ${second} ${third}`, 'I will log off.'),
      pupil,
    );
    expect(textsOf(draft)).toEqual([first, second, third, 'I will log off.']);
  });

  test('is not what the school asks of families', async () => {
    const draft = await importDraft(
      'a.md',
      agreement(
        'To keep the tablets safe, we ask you to read this at home. As a school we are ready to help.',
        'I will log off.',
      ),
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will log off.']);
  });

  test('may be one sentence that accepts the rules above it', async () => {
    const draft = await importDraft(
      'a.txt',
      'Printer rules\n\n1. Paper is not to be wasted\n\n2. Ink is dear\n\nI accept the rules for printing\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I accept the rules for printing']);
    expect(draft.markdown).toContain('Ink is dear');
  });

  test('may accept the conditions below it, which promise nothing by themselves', async () => {
    const long = 'It is dear, so nobody prints twice, and the office is told when it runs low. '.repeat(3);
    const draft = await importDraft(
      'a.md',
      `# Printers\n\nBy signing this paper, I agree to the following conditions:\n\nPaper: ${long}\n\nInk: ${long}\n\nSigned: ________\n`,
      pupil,
    );
    expect(textsOf(draft)).toEqual(['By signing this paper, I agree to the following conditions.']);
    expect(draft.markdown).toContain('Paper: It is dear');
  });
});

describe('an agreement in the third person', () => {
  const rules =
    '# Staff code of conduct for tablets\n\nTablets are lent for work.\n\n- All staff will lock the tablet.\n- Staff and governors must not lend it to others.\n\nStaff should not:\n\n- leave it in a car\n- draw on it\n';

  test('gives its rules as statements, with a note, where no one in it says “I”', async () => {
    const draft = await importDraft('a.md', rules);
    expect(textsOf(draft)).toEqual([
      'All staff will lock the tablet.',
      'Staff and governors must not lend it to others.',
      'Staff should not leave it in a car.',
      'Staff should not draw on it.',
    ]);
    expect(notesOf(draft)).toContain('gives rules in the third person');
    expect(linesOf(draft)).toEqual(['Tablets are lent for work.']);
  });

  test('keeps its rules as text where a person accepts them', async () => {
    const draft = await importDraft('a.md', `${rules}\nI have read the code and agree to follow it.\n`);
    expect(textsOf(draft)).toEqual(['I have read the code and agree to follow it.']);
    expect(draft.markdown).toContain('All staff will lock the tablet.');
  });

  test('is none where the document is only a policy', async () => {
    const draft = await importDraft('a.md', rules.replace('code of conduct', 'policy'));
    expect(draft.statements).toEqual([]);
  });
});

describe('a form inside of a sentence', () => {
  test.each([
    ['I ________ agree to the rules.', 'I agree to the rules.'],
    ['I, (print name) ____________, have read the rules.', 'I have read the rules.'],
    ['I, [name of pupil], of class [form], will charge it.', 'I will charge it.'],
    ['I (name) .............. of class ........ promise to charge it.', 'I promise to charge it.'],
    ['Name: ____________ I will keep it dry. Signed: ____________', 'I will keep it dry.'],
    ['I (or my carers) will pay for a lost pen.', 'I (or my carers) will pay for a lost pen.'],
  ])('asks who speaks, which is no part of it: %s', async (line, statement) => {
    const draft = await importDraft('a.md', agreement('I will log off.', line), pupil);
    expect(textsOf(draft)).toEqual(['I will log off.', statement]);
    expect(draft.account.missing).toEqual([]);
  });

  test('that asks for something else leaves a gap, and a note', async () => {
    const draft = await importDraft(
      'a.md',
      agreement('I will log off.', 'I will bring back tablet no. ____.'),
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will log off.', 'I will bring back tablet no. ….']);
    expect(notesOf(draft)).toContain('has a blank to fill in');
  });

  test('may have long blanks on several lines', async () => {
    const row = `Name: ${'_'.repeat(80)} Number: ${'_'.repeat(60)} Home: ${'_'.repeat(90)} Tel`;
    const draft = await importDraft(
      'a.md',
      agreement('I will log off.', 'I will say when I lose it.', row),
      pupil,
    );
    expect(textsOf(draft)).toHaveLength(2);
  });
});

describe('which agreement', () => {
  test('shows in a title between promises that looks like any other line', async () => {
    const draft = await importDraft(
      'a.txt',
      'Our rules\n\nLearner agreement text – for the younger ones in Year 2\n\nI will ask first.\n\nI will say sorry.\n\nLearner agreement text – for Year 6\n\nI will log off.\n\nI will lock it.\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will ask first.', 'I will say sorry.']);
    expect(notesOf(draft)).toContain('2 agreements fit this audience');
  });

  test('shows in the heading above its introduction', async () => {
    const draft = await importDraft(
      'a.md',
      '# Policy\n\nText.\n\n## Agreement for pupils in Year 5\n\nTablets help us.\n\n## What it is for\n\n- that all are safe\n- that all can learn\n\nThey are lent.\n\n## Tablet agreement\n\nI will be careful.\n\n## Agreement for pupils in Year 3\n\nI will ask.\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will be careful.']);
  });

  test('shows in the words above it, where it has no title', async () => {
    const draft = await importDraft(
      'a.txt',
      'By using the tablets, pupils are agreeing to these rules:\n\n1. I will log off.\n2. I know that to break them can mean disciplinary action.\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I will log off.',
      'I know that to break them can mean disciplinary action.',
    ]);
  });
});

test('an agreement may start with one promise above its first heading', async () => {
  const draft = await importDraft(
    'a.md',
    '# Laptop rules\n\nAs an employee, I understand that the laptop is lent to me.\n\n## At school\n\n- I will lock it.\n- I will charge it.\n',
  );
  expect(textsOf(draft)).toEqual([
    'As an employee, I understand that the laptop is lent to me.',
    'I will lock it.',
    'I will charge it.',
  ]);
});

describe('a text', () => {
  test('of a web page may be a piece of one, or have no mark of its kind', async () => {
    const draft = await importDraft(
      'a.html',
      '<h1>Tablet agreement</h1>\n<p>Read it.</p>\n<ul><li>I will <b>log off</b>.</li><li>I will lock it.</li></ul>\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual(['I will log off.', 'I will lock it.']);
  });

  test('may have a numbered promise without a full stop between others', async () => {
    const draft = await importDraft(
      'a.txt',
      'Tablet agreement\n\n1. I will log off.\n\n2. If I Think Someone Knows My Password I will Tell My Teacher\n\n3. I will lock it.\n',
      pupil,
    );
    expect(textsOf(draft)).toHaveLength(3);
  });

  test('may have a name with a colon right below the last item of a list', async () => {
    const draft = await importDraft(
      'a.txt',
      'Tablet agreement\n\nEach child in the school reads these rules at home with the family, and\nbrings them back to the class teacher before the end of the first week.\n\nGeneral rules:\n1. I will carry it in its case and I will never run with it in the yard.\n2. I will charge it.\nMy account:\n1. I will log off.\n',
      pupil,
    );
    expect(textsOf(draft)).toEqual([
      'I will carry it in its case and I will never run with it in the yard.',
      'I will charge it.',
      'I will log off.',
    ]);
  });
});
