/** Kinds of documents whose pages hold more than words in order, each with its right result. */
import { describe, expect, test } from 'vitest';
import {
  makeNarrowTablePdf,
  makeNestedListPdf,
  makePicturePagePdf,
  makeSoftHyphenPdf,
  makeTableOverPagesPdf,
  makeTurnedPdf,
  makeTwoPagePdf,
  makeUnseenPdf,
} from '../../../../fixtures/documents/make-pdf.ts';
import { heading, paragraph, run, title, wordDocument } from '../../../../fixtures/documents/word-xml.ts';
import { importDraft, linesOf, notesOf, textsOf } from './support.ts';

describe('what readers of a PDF do not see', () => {
  test('is not published if it is white or drawn in no colour, and the import reports it', async () => {
    const draft = await importDraft('a.pdf', makeUnseenPdf());
    expect(draft.markdown).toContain('Lock the screen.');
    expect(draft.markdown, 'white on a dark bar').toContain('Report a loss at once.');
    expect(draft.markdown).not.toMatch(/lawyer|no colour/u);
    expect(notesOf(draft)).toContain(
      'Hidden in the document, and so left out: “Written in white by the lawyer.”',
    );
    expect(notesOf(draft)).toContain('Hidden in the document, and so left out: “Drawn in no colour at all.”');
    expect(draft.account.missing).toEqual([]);
  });

  test('may be a soft hyphen within a word, and other hyphens stay', async () => {
    const draft = await importDraft('a.pdf', makeSoftHyphenPdf());
    expect(linesOf(draft)).toEqual(['Each user is responsible for what is done with a well-known account.']);
    expect(draft.account.missing).toEqual([]);
  });
});

test('a page of a PDF that is a picture is named in the report', async () => {
  const draft = await importDraft('a.pdf', await makePicturePagePdf());
  expect(notesOf(draft)).toContain('Page 2 is a picture');
  expect(notesOf(draft)).toContain('its words are missing');
});

test.each([90, 180, 270] as const)('a page of a PDF may be turned by %d degrees', async (rotation) => {
  const draft = await importDraft('a.pdf', makeTurnedPdf(rotation));
  expect(linesOf(draft)).toEqual([
    'Each laptop of the school is put away at night, and the person who used it last looks whether it is locked.',
    'A loss is reported to the office on the same day.',
  ]);
});

test('drawn bullets keep their level, and the text after the list is not part of it', async () => {
  const draft = await importDraft('a.pdf', await makeNestedListPdf());
  expect(linesOf(draft)).toEqual([
    'People who work at the school must not:',
    '- Lend a device of the school to nobody who does not work at the school, not even for a day.',
    '- Leave it open.',
    '    - Not in a class.',
    '    - Not at home.',
    '- Hide a loss.',
    'The office answers questions about these rules, in the morning and in the afternoon.',
  ]);
  expect(draft.account.missing).toEqual([]);
});

test('cells of a PDF that are close together are parted by the lines between them', async () => {
  const draft = await importDraft('a.pdf', makeNarrowTablePdf());
  expect(linesOf(draft).filter((line) => line.startsWith('|'))).toEqual([
    '| Action | Staff | Pupils |',
    '| --- | --- | --- |',
    '| Lend a key | Ask | No |',
    '| Film a play | Yes | Ask |',
  ]);
});

test('a table of a PDF goes on over the end of a page', async () => {
  const draft = await importDraft('a.pdf', await makeTableOverPagesPdf());
  expect(linesOf(draft).filter((line) => line.startsWith('|'))).toEqual([
    '| Action | Staff | Pupils |',
    '| --- | --- | --- |',
    '| Lend a key | Ask first | Never |',
    '| Film a play | Yes | Ask first |',
    '| Print a map | Yes | In lessons |',
  ]);
});

test('lines at the head and foot of two pages are left out, and the sentence across the pages stays whole', async () => {
  const draft = await importDraft('a.pdf', await makeTwoPagePdf());
  expect(draft.title).toBe('Passwords policy');
  expect(linesOf(draft)).toHaveLength(6);
  expect(draft.markdown).not.toMatch(/Ysgol y Bryn|Agreed in/u);
  expect(draft.markdown.match(/known to its owner only/gu)).toHaveLength(35);
  expect(notesOf(draft)).toContain('were taken out: “Ysgol y Bryn, passwords”, “Agreed in the spring”');
  expect(draft.account.missing).toEqual([]);
});

describe('a text box of Word', () => {
  const box = (text: string) =>
    `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>${paragraph(text)}</w:txbxContent></wps:txbx></w:drawing></mc:Choice></mc:AlternateContent></w:r>`;

  test('comes before the words that follow its anchor, and after those before it', async () => {
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Devices'),
          heading('Rules'),
          paragraph(`${box('First box.')}${run('Lock it.')}`),
          paragraph(`${run('Keep it.')}${box('Second box.')}`),
        ].join(''),
      ),
    );
    expect(linesOf(draft)).toEqual(['## Rules', 'First box.', 'Lock it.', 'Keep it.', 'Second box.']);
  });

  test('drawn beside a heading does not end below it', async () => {
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Devices'),
          heading('Rules'),
          paragraph('Lock it.'),
          paragraph(`${run('Sticks')}${box('Ask the office.')}`, '<w:pStyle w:val="Heading1"/>'),
          paragraph('Encrypt them.'),
        ].join(''),
      ),
    );
    expect(linesOf(draft)).toEqual(['## Rules', 'Lock it.', 'Ask the office.', '## Sticks', 'Encrypt them.']);
  });
});

test('words that an open change puts in place of others are counted apart from them', async () => {
  const draft = await importDraft(
    'a.docx',
    wordDocument(
      [
        title('Devices'),
        heading('Staff agreement'),
        paragraph(
          `${run('I will ')}<w:del w:id="1"><w:r><w:delText>never</w:delText></w:r></w:del><w:ins w:id="2">${run('always')}</w:ins>${run(' lock it.')}`,
        ),
        paragraph('I will bring it back.', '<w:rPr><w:del w:id="3"/></w:rPr>'),
        paragraph(' I will keep it.'),
      ].join(''),
    ),
  );
  expect(textsOf(draft)[0]).toBe('I will always lock it.');
  expect(draft.account.missing).toEqual([]);
  expect([...draft.account.leftOut.keys()]).toContain('deleted by a tracked change');
});

test('misread words of an agreement for others are accounted for', async () => {
  const draft = await importDraft(
    'a.txt',
    [
      'Rules for computers',
      '',
      'All of us keep to these rules in every lesson, and they are read again each year.',
      '',
      'Agreement for staff',
      '',
      '| will lock my screen, and the schooI wiIl check it with-',
      'out a word.',
      '1 will not share it.',
      '3, I will ask.',
    ].join('\n'),
    { audience: 'pupil' },
  );
  expect(textsOf(draft)).toEqual([]);
  expect(draft.account.missing).toEqual([]);
});
