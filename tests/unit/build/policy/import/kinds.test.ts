/** Kinds of documents that schools have, each with its right result: words, numbers, tables, titles and marks. */
import { describe, expect, test } from 'vitest';
import { readSource } from '../../../../../build/policy/import/read-source.ts';
import { makeCellTablePdf, makeLayeredPdf } from '../../../../fixtures/documents/make-pdf.ts';
import {
  bullet,
  heading,
  numbered,
  paragraph,
  run,
  styled,
  table,
  title,
  wordDocument,
} from '../../../../fixtures/documents/word-xml.ts';
import { importDraft, linesOf, notesOf, textsOf } from './support.ts';

const lead =
  'These rules were agreed by everybody at Ysgol y Bryn in the autumn, and they are read again each year.';
const word = (...parts: string[]) => importDraft('a.docx', wordDocument(parts.join('')));

describe('words of a Word document', () => {
  test('a list of contents is left out and reported, and nothing else with it', async () => {
    const draft = await word(
      title('Devices'),
      paragraph(run('Contents', '<w:b/>')),
      paragraph('Aims'),
      paragraph('Sticks'),
      heading('1. Aims'),
      paragraph('To be safe.'),
      heading('2. Sticks'),
      paragraph('Encrypt them.'),
      heading('Annex: a letter'),
      heading('Aims', 2),
      paragraph('Dear family.'),
    );
    expect(linesOf(draft)).toEqual([
      '## 1. Aims',
      'To be safe.',
      '## 2. Sticks',
      'Encrypt them.',
      '## Annex: a letter',
      '### Aims',
      'Dear family.',
    ]);
    expect(notesOf(draft)).toContain('A list of contents was left out, 3 lines');
  });

  test('the word processor’s own list of contents is left out too', async () => {
    const draft = await word(
      title('Devices'),
      styled('TOC1', '1 Aims 2'),
      heading('Aims'),
      paragraph('To be safe.'),
    );
    expect(linesOf(draft)).toEqual(['## Aims', 'To be safe.']);
    expect(draft.account.missing).toEqual([]);
  });

  test('hidden words are not published, and the import reports them', async () => {
    const draft = await word(
      title('Devices'),
      heading('Rules'),
      paragraph(run('Ask the head first.', '<w:vanish/>')),
      paragraph(`${run('Lock it')}${run(' (ask the lawyer)', '<w:vanish/>')}${run('.')}`),
    );
    expect(linesOf(draft)).toEqual(['## Rules', 'Lock it.']);
    expect(notesOf(draft)).toContain('Hidden in the document, and so left out: “Ask the head first.”');
  });

  test('tracked changes are accepted, and the import reports them', async () => {
    const draft = await word(
      title('Devices'),
      heading('Rules'),
      paragraph(
        `${run('Guests ')}<w:del><w:r><w:delText>may</w:delText></w:r></w:del><w:ins>${run('may not')}</w:ins>${run(' bring sticks.')}`,
      ),
    );
    expect(linesOf(draft)).toEqual(['## Rules', 'Guests may not bring sticks.']);
    expect(notesOf(draft)).toContain('open tracked changes (1 insertions, 1 deletions)');
  });

  test('a text box without an older form is kept, and does not count as a picture', async () => {
    const box = `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>${paragraph('Tell nobody your password.')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice></mc:AlternateContent></w:r>`;
    const draft = await word(
      title('Devices'),
      heading('Rules'),
      paragraph(`${run('Before.')}${box}`),
      paragraph('After.'),
    );
    expect(linesOf(draft)).toEqual(['## Rules', 'Before.', 'Tell nobody your password.', 'After.']);
    expect(notesOf(draft)).not.toContain('Pictures');
  });

  test('a footnote follows the paragraph that refers to it, under the same mark', async () => {
    const draft = await importDraft(
      'a.docx',
      wordDocument(
        [
          title('Devices'),
          heading('Rules'),
          paragraph(
            `${run('Use a lent laptop')}<w:r><w:footnoteReference w:id="3"/></w:r>${run(' at home.')}`,
          ),
          paragraph('Lock it.'),
        ].join(''),
        `<w:footnote w:id="3">${paragraph('One with a label of the school.')}</w:footnote>`,
      ),
    );
    expect(linesOf(draft)).toEqual([
      '## Rules',
      'Use a lent laptop (note 1) at home.',
      '(note 1) One with a label of the school.',
      'Lock it.',
    ]);
  });

  test('line breaks stay, and promises on separate lines of one paragraph are separated', async () => {
    const br = '<w:r><w:br/></w:r>';
    const draft = await word(
      title('Devices'),
      paragraph(`${run('Issue 4')}${br}${run('Owner: the office')}`),
      heading('Staff agreement'),
      paragraph(`${run('I will lock it.')}${br}${run('I will not lend it.')}`),
    );
    expect(draft.markdown).toBe('Issue 4\\\nOwner: the office\n');
    expect(textsOf(draft)).toEqual(['I will lock it.', 'I will not lend it.']);
  });

  test('printed lines that became paragraphs are joined, and the import reports it', async () => {
    const draft = await word(
      title('Devices'),
      heading('Rules'),
      paragraph('A stick that is found in a classroom is handed to the'),
      paragraph('office, which keeps it until its owner comes.'),
      paragraph('You may not:'),
      bullet('open a stick that is not known to'),
      paragraph('the school.'),
    );
    expect(linesOf(draft)).toEqual([
      '## Rules',
      'A stick that is found in a classroom is handed to the office, which keeps it until its owner comes.',
      'You may not:',
      '- open a stick that is not known to the school.',
    ]);
    expect(notesOf(draft)).toContain('2 lines were put together with the line before');
  });

  test('the chosen entry of an old form’s list is kept', async () => {
    const list =
      '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Weekly"/><w:listEntry w:val="Monthly"/></w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMDROPDOWN</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>';
    const draft = await word(title('Devices'), heading('Rules'), paragraph(`${run('Checked: ')}${list}`));
    expect(linesOf(draft)).toEqual(['## Rules', 'Checked: Monthly']);
  });
});

describe('layers of a PDF', () => {
  test('words on a layer that is switched off are not published, and the import reports them', async () => {
    const draft = await importDraft('a.pdf', makeLayeredPdf());
    expect(linesOf(draft)).toEqual(['Lock the screen.', 'Bring it back.', 'Report a loss at once.']);
    expect(notesOf(draft)).toContain(
      'Hidden in the document, and so left out: “Ask the lawyer about this rule.”',
    );
  });
});

describe('lists and numbers', () => {
  test('short items of a numbered list stay items, and the list continues after a paragraph', async () => {
    const draft = await word(
      title('Devices'),
      heading('Rules'),
      paragraph('Ask before you use:'),
      numbered('Shared Drives'),
      numbered('Group Chats'),
      paragraph('The office knows more about each of these.'),
      numbered('Colour Printers'),
    );
    expect(linesOf(draft)).toEqual([
      '## Rules',
      'Ask before you use:',
      '1. Shared Drives',
      '2. Group Chats',
      'The office knows more about each of these.',
      '3. Colour Printers',
    ]);
  });

  test('(a) and i. keep their numbering', async () => {
    const draft = await word(
      title('Devices'),
      heading('Rules'),
      numbered('Send nothing that is:'),
      numbered('rude;', 1),
      numbered('secret;', 1),
      numbered('for friends;', 2),
      numbered('Sign out.'),
    );
    expect(linesOf(draft)).toEqual([
      '## Rules',
      '1. Send nothing that is:',
      '    (a) rude;',
      '    (b) secret;',
      '    i. for friends;',
      '2. Sign out.',
    ]);
  });

  test('letters, roman numerals and large numbers are recognised in plain text', async () => {
    const draft = await importDraft(
      'a.txt',
      `Rules\n\n${lead}\n\na. Lock it.\nb. Keep it.\n\n(i) One.\n(ii) Two.\n(iii) Three.\n\nB) Second.\n\n9) Ninth.\n120. Later.\n`,
    );
    expect(linesOf(draft)).toEqual([
      lead,
      'a. Lock it.',
      'b. Keep it.',
      '(i) One.',
      '(ii) Two.',
      '(iii) Three.',
      'B) Second.',
      '9) Ninth.',
      '120. Later.',
    ]);
  });
});

describe('tables', () => {
  test('keep their empty cells', async () => {
    const draft = await word(
      title('Devices'),
      heading('Who may'),
      table([
        ['Action', 'Staff', 'Pupils', 'Guests'],
        ['Print', 'Yes', '', 'Ask'],
        ['Film', 'Ask', 'No', 'No'],
      ]),
    );
    expect(linesOf(draft).slice(1)).toEqual([
      '| Action | Staff | Pupils | Guests |',
      '| --- | --- | --- | --- |',
      '| Print | Yes |  | Ask |',
      '| Film | Ask | No | No |',
    ]);
  });

  test('of Markdown keep cells that go beyond the header', async () => {
    const draft = await importDraft(
      'a.md',
      '# Devices\n\n| Place | Rule |\n| --- | --- |\n| Library | Be quiet | Eat nothing |\n| Hall |\n',
    );
    expect(linesOf(draft)).toEqual([
      '| Place | Rule |  |',
      '| --- | --- | --- |',
      '| Library | Be quiet | Eat nothing |',
      '| Hall |  |  |',
    ]);
    expect(draft.account.missing).toEqual([]);
  });

  test('of a PDF are recognised by their columns and drawn lines, also where each cell is written separately', async () => {
    const draft = await importDraft('a.pdf', await makeCellTablePdf());
    expect(linesOf(draft)).toEqual([
      'The table says what is allowed, and to whom it is allowed in the school.',
      '| Action | Staff | Pupils |',
      '| --- | --- | --- |',
      '| Print in the library | Yes | Ask first |',
      '| Film in the hall | Ask | No |',
      'Ask the office about everything that the table does not name.',
    ]);
    expect(draft.account.missing).toEqual([]);
  });

  test('that only arrange a page are dissolved into text', async () => {
    const draft = await word(
      table([
        [
          `${heading('Devices')}${paragraph('Staff lock them.')}${heading('Staff agreement', 2)}${bullet('I will lock it.')}${bullet('I will keep it.')}`,
        ],
      ]),
    );
    expect(draft.title).toBe('Devices');
    expect(linesOf(draft)).toEqual(['Staff lock them.']);
    expect(textsOf(draft)).toEqual(['I will lock it.', 'I will keep it.']);
  });

  test('with a column for each language give the column of the draft’s language', async () => {
    const bilingual = wordDocument(
      [
        title('Devices'),
        table([
          ['English', 'Cymraeg'],
          ['Lock the screen.', 'Clowch y sgrin.'],
          ['Keep it safe.', 'Cadwch hi’n ddiogel.'],
        ]),
      ].join(''),
    );
    expect(linesOf(await importDraft('a.docx', bilingual))).toEqual(['Lock the screen.', 'Keep it safe.']);
    expect(linesOf(await importDraft('a.docx', bilingual, { language: 'cy-GB' }))).toEqual([
      'Clowch y sgrin.',
      'Cadwch hi’n ddiogel.',
    ]);
  });
});

describe('titles, marks and scans', () => {
  test('a title above a line of text is the title', async () => {
    const draft = await word(
      title('Devices'),
      paragraph('Agreed in June.'),
      heading('Aims'),
      paragraph('To be safe.'),
      heading('Scope'),
      paragraph('All staff.'),
    );
    expect(draft.title).toBe('Devices');
    expect(linesOf(draft)).toEqual(['Agreed in June.', '## Aims', 'To be safe.', '## Scope', 'All staff.']);
  });

  test('a clause that is styled as a heading is a paragraph', async () => {
    const clause = `Every device ${'that the school has lent to somebody '.repeat(9)}is locked.`;
    const draft = await word(title('Devices'), heading('Rules'), heading(clause, 2), paragraph('Lock it.'));
    expect(linesOf(draft)).toEqual(['## Rules', clause, 'Lock it.']);
  });

  test('bold headings with a colon are headings', async () => {
    const draft = await word(
      title('Devices'),
      heading('Rules'),
      paragraph(run('At home:', '<w:b/>')),
      paragraph('Lock it.'),
    );
    expect(linesOf(draft)).toEqual(['## Rules', '### At home:', 'Lock it.']);
  });

  test('separators between words are not read as the word I', async () => {
    const draft = await importDraft('a.txt', `Devices Policy\n\nIssue 3 | June 2026 | Draft\n\n${lead}\n`);
    expect(draft.markdown).toContain('Issue 3 | June 2026 | Draft');
  });

  test('letters that a printer driver damaged are mended, and the import reports it', async () => {
    const draft = await importDraft(
      'a.txt',
      `Devices Policy\n\nInformaƟon is kept in a plaƞorm that is permiƩed, and so\u014D. ${lead}\n`,
    );
    expect(draft.markdown).toContain('Information is kept in a platform that is permitted, and soft.');
    expect(notesOf(draft)).toContain('Letters that a broken font had spoilt were mended');
  });

  test('signs that a scanner puts for the word I are read as I', async () => {
    const draft = await importDraft(
      'a.txt',
      `Staff Agreement\n\n${lead}\n\nl will lock it.\n1 will keep it.\n| agree to report it.\n! understand that the schooI looks.\n[ will log off.\n‘I will not print.\n4, I will ask.\n\nSign ed: ...... Dat e: ......\n`,
    );
    expect(textsOf(draft)).toEqual([
      'I will lock it.',
      'I will keep it.',
      'I agree to report it.',
      'I understand that the school looks.',
      'I will log off.',
      'I will not print.',
      'I will ask.',
    ]);
    expect(notesOf(draft)).toContain('schooI → school');
  });

  test('anchors, contents, rules and footnotes of exported Markdown are cleaned up', async () => {
    const draft = await importDraft(
      'a.md',
      '# **Devices** {#devices}\n\n[**1\\. Aims**](#aims)\t[2](#aims)\n\n[**2\\. Use**](#use)\t[3](#use)\n\n## **1\\. Aims** {#aims}\n\nSee [the page](https://www.google.com/url?q=https://school.example/help&sa=D).\n\n---\n\n## **2\\. Use** {#use}\n\nAsk first.[^1]\n\n[^1]: In the office.\n',
    );
    expect(draft.title).toBe('Devices');
    expect(linesOf(draft)).toEqual([
      '## 1. Aims',
      'See the page (https://school.example/help).',
      '## 2. Use',
      'Ask first. (note 1)',
      '(note 1) In the office.',
    ]);
    expect(draft.account.missing).toEqual([]);
  });
});

describe('formats', () => {
  test('a web page gives its text and none of its code', async () => {
    const draft = await importDraft(
      'a.html',
      '<!DOCTYPE html><html><head><title>Devices</title><style>p{color:red}</style><script>alert(1)</script></head><body><nav><a href="/">Home</a></nav><main><h1>Devices</h1><p>Lock&nbsp;it.</p><h2>Staff agreement</h2><ul><li>I will lock it.</li><li>I will keep it.</li></ul></main></body></html>',
    );
    expect(draft.title).toBe('Devices');
    expect(linesOf(draft)).toEqual(['Lock it.']);
    expect(textsOf(draft)).toEqual(['I will lock it.', 'I will keep it.']);
  });

  test.each([
    ['a.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), /a picture \(PNG\)/u],
    ['a.xml', '<?xml version="1.0"?><rules/>', /it is XML/u],
  ])('%s is refused with advice', async (name, content, reason) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const answer = await readSource(name, bytes, { language: 'en-GB', onPage: () => undefined });
    expect(answer.ok).toBe(false);
    if (!answer.ok) expect(answer.error.reason).toMatch(reason);
  });
});
