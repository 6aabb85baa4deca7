/** Reading a pack: the content of a good one, and one answer for each possible fault. */
import { describe, expect, test } from 'vitest';
import { nodePackTools } from '../../../../electron/storage/packs/node-tools.ts';
import type { PolicyPack } from '../../../../shared/policy/pack.ts';
import { type PackProblemKind, packProblem } from '../../../../shared/policy/pack-problem.ts';
import { checkPack, readFrom, readPack } from '../../../../shared/policy/read-pack.ts';
import {
  bytesOf,
  goodManifest,
  goodTexts,
  packFiles,
  packWithManifest,
} from '../../../fixtures/packs/pack-files.ts';

function read(files: ReadonlyMap<string, Uint8Array>) {
  return readPack(readFrom(files), nodePackTools);
}

async function readGood(files = packFiles()): Promise<PolicyPack> {
  const result = await read(files);
  if (!result.ok) throw new Error(`refused: ${result.error.reason}`);
  return result.value;
}

function statement(id: string, text: string) {
  return { id, required: true, text: { 'en-GB': text, 'cy-GB': text } };
}

describe('a good pack', () => {
  test('has its manifest, both texts and a hash that anyone can check with sha256sum', async () => {
    const pack = await readGood();
    expect(pack.manifest).toEqual(goodManifest);
    expect(pack.texts).toEqual({ 'en-GB': goodTexts.en, 'cy-GB': goodTexts.cy });
    expect(pack.textSha256).toEqual({
      'en-GB': '67f4df09b670c42c0bbebe24b1fbe06cfce050674b9153417d94d78fb63ca12a',
      'cy-GB': '76a97f5f57f87c119f129dda69d413732fc22567010b897c2fd6237e0aa96429',
    });
  });

  test.each([
    ['CRLF line ends', goodTexts.en.replaceAll('\n', '\r\n')],
    ['old Mac line ends', goodTexts.en.replaceAll('\n', '\r')],
    ['a byte-order mark', `\uFEFF${goodTexts.en}`],
    ['decomposed accents', goodTexts.en.normalize('NFD')],
  ])('is the same pack when an editor saved it with %s', async (_what, text) => {
    expect(text).not.toBe(goodTexts.en);
    expect(await readGood(packFiles({ 'en.md': text }))).toEqual(await readGood());
  });

  test('has another hash when one letter differs', async () => {
    const changed = await readGood(packFiles({ 'en.md': goodTexts.en.replace('Lock', 'lock') }));
    const original = await readGood();
    expect(changed.textSha256['en-GB']).not.toBe(original.textSha256['en-GB']);
    expect(changed.textSha256['cy-GB']).toBe(original.textSha256['cy-GB']);
  });

  test('may carry files that are not part of the policy', async () => {
    expect(await readGood(packFiles({ 'source.docx': 'x' }))).toEqual(await readGood());
  });
});

const bad: readonly (readonly [string, ReadonlyMap<string, Uint8Array>, PackProblemKind, string])[] = [
  ['no manifest', packFiles({ 'policy.json': undefined }), 'not-a-pack', 'policy.json'],
  ['a huge manifest', packFiles({ 'policy.json': ' '.repeat(256 * 1024 + 1) }), 'too-large', 'policy.json'],
  [
    'a manifest in Latin-1',
    packFiles({ 'policy.json': Uint8Array.of(0x22, 0xe9, 0x22) }),
    'not-utf8',
    'policy.json',
  ],
  [
    'a manifest that is cut off',
    packFiles({ 'policy.json': '{"id": "staff",' }),
    'invalid-json',
    'policy.json',
  ],
  ['an empty manifest', packFiles({ 'policy.json': '' }), 'invalid-json', 'policy.json'],
  ['brackets 100,000 deep', packFiles({ 'policy.json': '['.repeat(100_000) }), 'invalid-json', 'policy.json'],
  ['a list for a manifest', packFiles({ 'policy.json': '[]' }), 'invalid-manifest', 'policy.json'],
  [
    'a pack of the future',
    packWithManifest({ format: 2, newKey: 1 }),
    'unsupported-format',
    'policy.json: format',
  ],
  ['an unknown key', packWithManifest({ colour: 'teal' }), 'invalid-manifest', 'policy.json'],
  [
    'a hostile key',
    packFiles({ 'policy.json': '{"__proto__": {"id": "staff"}}' }),
    'invalid-manifest',
    'policy.json',
  ],
  ['a version in words', packWithManifest({ version: 'two' }), 'invalid-manifest', 'policy.json'],
  [
    'a document elsewhere',
    packWithManifest({ documents: { 'en-GB': '../en.md', 'cy-GB': 'cy.md' } }),
    'invalid-manifest',
    'policy.json',
  ],
  [
    'a renewal after nothing',
    packWithManifest({ renewal: { rule: 'rolling', period: 'P0D' } }),
    'invalid-manifest',
    'policy.json',
  ],
  [
    'a leap day each year',
    packWithManifest({ renewal: { rule: 'fixed-date', date: '02-29' } }),
    'invalid-manifest',
    'policy.json',
  ],
  [
    'a day that is none',
    packWithManifest({ effectiveFrom: '2026-02-30' }),
    'invalid-manifest',
    'policy.json',
  ],
  [
    'a future material version',
    packWithManifest({ materialSince: '2.1' }),
    'invalid-manifest',
    'policy.json: materialSince',
  ],
  [
    'a material version that is not',
    packWithManifest({ material: true }),
    'invalid-manifest',
    'policy.json: materialSince',
  ],
  [
    'an immaterial version that is',
    packWithManifest({ materialSince: '2.0' }),
    'invalid-manifest',
    'policy.json: materialSince',
  ],
  [
    'half a character',
    packWithManifest({ title: { 'en-GB': 'A\uD800', 'cy-GB': 'B' } }),
    'invalid-manifest',
    'policy.json: title.en-GB',
  ],
  ['no Welsh title', packWithManifest({ title: { 'en-GB': 'Staff' } }), 'missing-language', 'policy.json'],
  [
    'changes in one language',
    packWithManifest({ changes: { 'cy-GB': 'Adran' } }),
    'missing-language',
    'policy.json',
  ],
  [
    'an empty Welsh statement',
    packWithManifest({ statements: [{ id: 'a', required: true, text: { 'en-GB': 'I do', 'cy-GB': '' } }] }),
    'missing-language',
    'policy.json',
  ],
  [
    'a blank Welsh title',
    packWithManifest({ title: { 'en-GB': 'Staff', 'cy-GB': ' ' } }),
    'missing-language',
    'policy.json: title.cy-GB',
  ],
  [
    'no Welsh document named',
    packWithManifest({ documents: { 'en-GB': 'en.md' } }),
    'missing-language',
    'policy.json',
  ],
  [
    'one id twice',
    packWithManifest({ statements: [statement('a', 'x'), statement('a', 'y')] }),
    'duplicate-statement',
    'policy.json: statements',
  ],
  [
    'an endless statement',
    packWithManifest({ statements: [statement('a', 'x'.repeat(4001))] }),
    'too-large',
    'policy.json: statements',
  ],
  [
    'more statements than an event holds',
    packWithManifest({
      statements: Array.from({ length: 10 }, (_, index) => statement(`s${index}`, '\u0175'.repeat(900))),
    }),
    'too-large',
    'policy.json: statements',
  ],
  ['no Welsh document', packFiles({ 'cy.md': undefined }), 'missing-document', 'cy.md'],
  ['an empty document', packFiles({ 'cy.md': '' }), 'empty-document', 'cy.md'],
  ['a blank document', packFiles({ 'en.md': '\uFEFF \r\n\t\n' }), 'empty-document', 'en.md'],
  [
    'a document in UTF-16',
    packFiles({ 'en.md': new Uint8Array(Buffer.from('\uFEFFHi', 'utf16le')) }),
    'not-utf8',
    'en.md',
  ],
  ['a huge document', packFiles({ 'en.md': 'x'.repeat(512 * 1024 + 1) }), 'too-large', 'en.md'],
];

describe('a bad pack', () => {
  test.each(bad)('%s', async (_what, files, kind, subject) => {
    const result = await read(files);
    expect(result.ok ? 'taken' : [result.error.kind, result.error.subject]).toEqual([kind, subject]);
    if (!result.ok) {
      expect(result.error.reason).not.toBe('');
      expect(result.error.remedy).not.toBe('');
    }
  });

  test('is refused with the name of the wrong manifest entry', async () => {
    const result = await read(
      packWithManifest({ statements: [statement('a', 'x'), { id: 'B!', required: 1 }] }),
    );
    expect(result.ok ? '' : result.error.reason).toMatch(
      /statements\[1\]\.id: .*statements\[1\]\.required: /u,
    );
  });

  test('is refused with the reason why a file could not be read', async () => {
    const refuse = () =>
      Promise.resolve({ ok: false, error: { kind: 'unreadable', reason: 'access denied' } } as const);
    const result = await readPack(refuse, nodePackTools);
    expect(result).toMatchObject({ ok: false, error: { kind: 'unreadable', reason: 'access denied' } });
  });

  test('is reported in one printable line, whatever its name', () => {
    const problem = packProblem('unsafe-entry', `a\u001B[31m\u202E\n${'x'.repeat(500)}`, 'y'.repeat(5000));
    expect(problem.subject).toMatch(/^a \[31m x+\u2026$/u);
    expect(problem.subject).toHaveLength(200);
    expect(problem.reason).toHaveLength(900);
  });
});

describe('a pack from the network', () => {
  test('is accepted when every hash matches its text', async () => {
    const pack = await readGood();
    expect(checkPack(JSON.parse(JSON.stringify(pack)), nodePackTools)).toEqual({ ok: true, value: pack });
  });

  test.each([
    [
      'a changed text',
      (pack: PolicyPack) => ({ ...pack, texts: { ...pack.texts, 'cy-GB': 'Arall' } }),
      'hash-mismatch',
    ],
    [
      'a changed hash',
      (pack: PolicyPack) => ({ ...pack, textSha256: { ...pack.textSha256, 'en-GB': '0'.repeat(64) } }),
      'hash-mismatch',
    ],
    [
      'texts that are swapped',
      (pack: PolicyPack) => ({
        ...pack,
        texts: { 'en-GB': pack.texts['cy-GB'], 'cy-GB': pack.texts['en-GB'] },
      }),
      'hash-mismatch',
    ],
    [
      'a missing text',
      (pack: PolicyPack) => ({ ...pack, texts: { 'en-GB': pack.texts['en-GB'] } }),
      'missing-language',
    ],
    [
      'a manifest of the future',
      (pack: PolicyPack) => ({ ...pack, manifest: { ...pack.manifest, format: 9 } }),
      'unsupported-format',
    ],
    [
      'contradicting versions',
      (pack: PolicyPack) => ({ ...pack, manifest: { ...pack.manifest, materialSince: '3' } }),
      'invalid-manifest',
    ],
    ['nothing at all', () => null, 'invalid-manifest'],
  ])('is refused with %s', async (_what, spoil, kind) => {
    const result = checkPack(spoil(await readGood()), nodePackTools);
    expect(result.ok ? 'taken' : result.error.kind).toBe(kind);
  });

  test('is refused when its text is not in canonical form, even with a hash of that text', async () => {
    const pack = await readGood();
    const text = goodTexts.en.replaceAll('\n', '\r\n');
    const texts = { ...pack.texts, 'en-GB': text };
    const textSha256 = { ...pack.textSha256, 'en-GB': nodePackTools.sha256Hex(text) };
    const result = checkPack({ ...pack, texts, textSha256 }, nodePackTools);
    expect(result.ok ? 'taken' : result.error.kind).toBe('hash-mismatch');
  });

  test('is refused when its text is blank', async () => {
    const pack = await readGood();
    const blank = {
      ...pack,
      texts: { ...pack.texts, 'en-GB': ' \n' },
      textSha256: { ...pack.textSha256, 'en-GB': nodePackTools.sha256Hex(' \n') },
    };
    const result = checkPack(blank, nodePackTools);
    expect(result.ok ? 'taken' : result.error.kind).toBe('empty-document');
  });
});

test('the strict decoder keeps a byte-order mark and refuses invalid UTF-8', () => {
  expect(nodePackTools.decodeUtf8(bytesOf('\uFEFFa'))).toBe('\uFEFFa');
  expect(nodePackTools.decodeUtf8(Uint8Array.of(0xc0, 0x80))).toBeUndefined();
});
