/** Whole documents through the tool, good and bad, as an author uses it. */
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPolicyTool } from '../../../../../build/policy/policy-tool.ts';
import { loadPack } from '../../../../../electron/storage/packs/load-packs.ts';
import {
  makeLockedPdf,
  makeLongPdf,
  makePdfPolicy,
  makeScannedPdf,
} from '../../../../fixtures/documents/make-pdf.ts';
import {
  makeWordBomb,
  makeWordPolicy,
  withBody,
  withPictureRelation,
} from '../../../../fixtures/documents/make-word.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthor-import-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function run(...commandLine: string[]) {
  const printed: string[] = [];
  const complained: string[] = [];
  const reported: string[] = [];
  const exitCode = await runPolicyTool(commandLine, {
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
    progress: (line) => reported.push(line),
  });
  return { exitCode, printed, complained, reported };
}

async function importBytes(name: string, bytes: Uint8Array | string, ...options: string[]) {
  const file = join(folder, name);
  await writeFile(file, bytes);
  const out = join(folder, 'draft');
  const answer = await run(
    'import',
    file,
    '--audience',
    'staff',
    '--lang',
    'en-GB',
    '--out',
    out,
    ...options,
  );
  return { ...answer, out };
}

async function packIn(path: string) {
  const pack = await loadPack(path);
  if (!pack.ok) throw new Error(pack.error.reason);
  return pack.value;
}

test('a Word document: title, headings, lists, table, statements and fields', async () => {
  const { exitCode, out, printed } = await importBytes('policy.docx', await makeWordPolicy());
  expect(exitCode).toBe(0);
  const { manifest, texts } = await packIn(out);
  expect(manifest).toMatchObject({
    id: 'staff-policy',
    audiences: ['staff'],
    title: { 'en-GB': 'Using computers at Ysgol y Bryn' },
    fields: { fullName: 'required', jobRole: 'required' },
  });
  expect(manifest.statements.map(({ text }) => text['en-GB'])).toEqual([
    'I will lock the screen whenever I leave my desk.',
    'I will keep my password to myself.',
    'I understand that my use is recorded.',
  ]);
  expect(texts['en-GB'].split('\n').filter((line) => line !== '')).toEqual([
    '## Passwords',
    'A password is yours alone. If you think that \\<somebody> knows it, change it at once.',
    '- Make it long.',
    '- Use it nowhere else.',
    '    - That includes shops.',
    '### When a stick is lost',
    '1. Tell the office.',
    '2. Say what was on it.',
    '- Office: 01632 960123',
    '- Technician: Room 12',
  ]);
  expect(printed.join('\n')).toContain('Welsh is missing');
  expect(await readFile(`${out}-report.txt`, 'utf8')).toContain('What a person must check:');
  expect((await run('lint', out)).exitCode).toBe(0);
});

test('a Word document: the words of a text box stay when the pictures beside it are left out', async () => {
  const box = '<w:p><w:r><w:t>Ask the office first.</w:t></w:r></w:p>';
  const picture = '<w:p><w:r><w:pict><v:shape><v:imagedata r:id="rId99"/></v:shape></w:pict></w:r></w:p>';
  const document = await withBody(
    `<w:p><w:r><w:t>Sticks are lent.</w:t></w:r></w:p>${picture}<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>${box}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>`,
  );
  const { out, printed } = await importBytes('policy.docx', withPictureRelation(document));
  expect((await packIn(out)).texts['en-GB']).toBe('Sticks are lent.\n\nAsk the office first.\n');
  expect(printed.join('\n')).toContain('Pictures were left out');
});

test('a Word document: struck-out text is left out, and the import reports it', async () => {
  const run = (text: string, style = '') =>
    `<w:r><w:rPr>${style}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;
  const body = [
    `<w:p>${run('Use the school’s ')}${run('or your own ', '<w:strike/>')}${run('sticks, dŵr a thŷ alike.')}</w:p>`,
    `<w:p>${run('Lend them to friends.', '<w:strike/>')}</w:p>`,
  ];
  const { out, printed } = await importBytes('policy.docx', await withBody(body.join('')));
  expect((await packIn(out)).texts['en-GB']).toBe('Use the school’s sticks, dŵr a thŷ alike.\n');
  expect(printed.filter((line) => line.includes('Struck out'))).toHaveLength(2);
});

test('a PDF: headings by size, paragraphs over several lines, headers and footers taken out', async () => {
  const { exitCode, out, printed } = await importBytes('policy.pdf', await makePdfPolicy());
  expect(exitCode).toBe(0);
  const { manifest, texts } = await packIn(out);
  const text = texts['en-GB'];
  expect(manifest.title['en-GB']).toBe('Using computers at Ysgol y Bryn');
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '## 1. Equipment',
    '## 2. Information about people',
  ]);
  expect(text).toContain(
    'Before you connect something of your own:\n\n- ask the technician\n- have it checked for viruses\n- say what it is for\n',
  );
  expect(text, 'a list after a full stop').toContain(
    'asked to.\n\n- names of pupils\n- addresses\n- photographs\n',
  );
  expect(text).toMatch(/^Equipment of the school is lent to you.*when you are asked to\.$/mu);
  expect(text).not.toMatch(/Page \d|acceptable use/u);
  expect(manifest.statements.map((statement) => statement.text['en-GB'])).toEqual([
    'I will look after what is lent to me and bring it back when I leave the school or when I am asked to bring it.',
    'I will not open what I did not expect.',
    'I understand that the school records what I do.',
  ]);
  expect(manifest.fields).toEqual({ fullName: 'required', jobRole: 'hidden' });
  expect(printed.join('\n')).toMatch(/3 page numbers were taken out/u);
});

test('a second language goes into the same pack, statement by statement', async () => {
  const { out } = await importBytes(
    'en.md',
    '# Policy\n\n## One\n\nText.\n\n## Agreement\n\nI will do it.\n\nI agree.\n',
  );
  const welsh = join(folder, 'cy.md');
  await writeFile(
    welsh,
    "# Polisi\n\n## Un\n\nTestun.\n\n## Cytundeb\n\nByddaf yn ei wneud.\n\nRwy'n cytuno.\n",
  );
  const into = ['--audience', 'staff', '--lang', 'cy-GB', '--into', out];
  expect((await run('import', welsh, ...into)).exitCode).toBe(0);
  const { manifest, texts } = await packIn(out);
  expect(manifest.title).toEqual({ 'en-GB': 'Policy', 'cy-GB': 'Polisi' });
  expect(manifest.statements.map(({ text }) => text)).toEqual([
    { 'en-GB': 'I will do it.', 'cy-GB': 'Byddaf yn ei wneud.' },
    { 'en-GB': 'I agree.', 'cy-GB': "Rwy'n cytuno." },
  ]);
  expect(texts).toEqual({ 'en-GB': '## One\n\nText.\n', 'cy-GB': '## Un\n\nTestun.\n' });
  expect((await run('lint', out)).printed.at(-1)).toBe('1 pack, 0 errors, 0 warnings');

  await writeFile(welsh, '# Polisi\n\n## Un\n\nTestun arall.\n');
  const { printed } = await run('import', welsh, ...into);
  expect(printed.join('\n')).toContain('The pack has 2 statements and this document 0');
  expect(printed.join('\n')).toContain(
    'This English statement has no partner in this document, and its Welsh stays as it was: “I will do it.”',
  );
  expect((await packIn(out)).manifest.statements).toEqual(manifest.statements);
});

test('the import reports the progress of a long document', async () => {
  const { reported, exitCode } = await importBytes('long.pdf', await makeLongPdf(45));
  expect(exitCode).toBe(0);
  expect(reported).toEqual(Array.from({ length: 45 }, (_, index) => `long.pdf: page ${index + 1} of 45`));
});

describe('a document that cannot be imported leaves no files behind, and the error says what to do', () => {
  const oldWord = Uint8Array.of(
    0xd0,
    0xcf,
    0x11,
    0xe0,
    0xa1,
    0xb1,
    0x1a,
    0xe1,
    ...new Array<number>(600).fill(0),
  );
  test.each<[string, string, () => Promise<Uint8Array | string> | Uint8Array | string, RegExp]>([
    ['locked PDF', 'a.pdf', makeLockedPdf, /locked with a password: save it without/u],
    ['pictures of pages', 'a.pdf', makeScannedPdf, /holds no text, only pictures .*OCR/u],
    ['half a PDF', 'a.pdf', async () => (await makePdfPolicy()).slice(0, 700), /damaged, or not a PDF/u],
    ['empty file', 'a.txt', () => '', /it is empty/u],
    ['blank text', 'a.txt', () => ' \n\f\n ', /holds no words/u],
    ['old or locked Word', 'a.docx', () => oldWord, /locked with a password, or of the kind before 2007/u],
    [
      'zip of something else',
      'a.docx',
      async () => (await withBody('')).slice(0, 200),
      /damaged, or not a Word/u,
    ],
    ['rich text', 'a.rtf', () => '{\\rtf1 hello}', /rich text/u],
    ['program', 'a.txt', () => new Uint8Array(4096), /neither a Word document nor a PDF nor text/u],
    ['Word document without words', 'a.docx', () => withBody('<w:p/>'), /holds no text/u],
    [
      'Word document with a broken inside',
      'a.docx',
      () => withBody('<w:p><w:r>'),
      /not that of a Word document/u,
    ],
    ['zip bomb', 'a.docx', makeWordBomb, /unpacks to far more than any policy/u],
    ['endless text', 'a.txt', () => 'word '.repeat(300_000), /no policy has more than/u],
  ])('%s', async (_what, name, make, words) => {
    const { exitCode, complained, printed } = await importBytes(name, await make());
    expect(exitCode).toBe(1);
    expect(complained.join('\n')).toMatch(words);
    expect(printed).toEqual([]);
    expect(await readdir(folder)).toEqual([name]);
  });

  test('50 MB', async () => {
    const file = join(folder, 'large.pdf');
    await writeFile(file, '%PDF-1.7');
    await truncate(file, 50 * 1024 * 1024);
    const { exitCode, complained } = await run(
      'import',
      file,
      '--audience',
      'staff',
      '--lang',
      'en-GB',
      '--out',
      join(folder, 'x'),
    );
    expect(exitCode).toBe(1);
    expect(complained).toEqual([
      expect.stringMatching(/large\.pdf: it has 50 MB; at most 25 MB are read: take pictures out/u),
    ]);
  });

  test('the import refuses a missing document, an existing pack, and a command without its options', async () => {
    const options = ['--audience', 'staff', '--lang', 'en-GB'];
    expect(await run('import', join(folder, 'none.pdf'), ...options)).toMatchObject({
      exitCode: 1,
      complained: [expect.stringContaining('there is no such file')],
    });
    const { out } = await importBytes('a.md', '# A\n\nText.\n');
    expect(await run('import', join(folder, 'a.md'), ...options, '--out', out)).toMatchObject({
      exitCode: 1,
      complained: [expect.stringContaining('exists already')],
    });
    expect((await run('import', join(folder, 'a.md'))).exitCode).toBe(64);
    expect((await run('import', join(folder, 'a.md'), '--audience', 'staff')).exitCode).toBe(64);
    expect((await run('import', join(folder, 'a.md'), ...options, '--into', folder)).complained[0]).toContain(
      'is no pack',
    );
  });
});

test('an agreement for another audience and nothing else is refused, and the error names the audience', async () => {
  const { exitCode, complained } = await importBytes(
    'form.txt',
    'Pupil agreement\n\n• I will ask my teacher first.\n• I will tell my teacher when it is lost.\n',
  );
  expect(exitCode).toBe(1);
  expect(complained).toEqual([
    'form.txt: it is an agreement for pupil and holds nothing for staff: import it with --audience pupil',
  ]);
  expect(await readdir(folder)).toEqual(['form.txt']);
});
