/** Two real policies, one scanned and one numbered, become packs that their authors would recognise. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPolicyTool } from '../../../../../build/policy/policy-tool.ts';
import { loadPack } from '../../../../../electron/storage/packs/load-packs.ts';
import { hasSeeds, seedDocuments, seedsMissing } from '../../../../support/seed-documents.ts';

if (!hasSeeds) console.warn(`SKIPPED: ${seedsMissing}`);

describe.skipIf(!hasSeeds)(`the real policies${hasSeeds ? '' : ` (${seedsMissing})`}`, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthor-seeds-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function imported(file: string, audience: string) {
    const out = join(folder, 'draft');
    const console = { print: () => undefined, complain: (line: string) => complained.push(line) };
    const complained: string[] = [];
    const options = ['--audience', audience, '--lang', 'en-GB', '--out', out];
    expect(await runPolicyTool(['import', file, ...options], console)).toBe(0);
    // No policy of the project is for parents, and the tool says so.
    const warnings = complained.splice(0);
    expect(warnings).toEqual(audience === 'parent' ? [expect.stringContaining('is for "parent"')] : []);
    expect([await runPolicyTool(['lint', out], console), complained]).toEqual([0, []]);
    const pack = await loadPack(out);
    if (!pack.ok) throw new Error(pack.error.reason);
    const text = pack.value.texts['en-GB'];
    const { manifest } = pack.value;
    return {
      manifest,
      text,
      headings: text.split('\n').filter((line) => line.startsWith('#')),
      statements: manifest.statements.map((statement) => statement.text['en-GB']),
    };
  }

  test('the scanned one, for staff', async () => {
    const { manifest, text, headings, statements } = await imported(seedDocuments.english, 'staff');
    expect(headings).toEqual(
      expect.arrayContaining([
        '## Scope',
        '## Monitoring',
        '## Use of Social Media',
        '## Retention of Data',
        '## Acceptable ICT Use Agreement: All Staff and Governors',
      ]),
    );
    expect(headings).toHaveLength(16);
    expect(statements).toHaveLength(31);
    expect(statements.every((statement) => /^(?:I |Staff that )/u.test(statement))).toBe(true);
    expect(statements.filter((statement) => /password/u.test(statement))).toHaveLength(2);
    expect(`${text}${statements.join('\n')}`, 'no stroke is left where I was read').not.toMatch(
      /(?:^|\s)\|(?:\s|$)/mu,
    );
    expect(text, 'no bullet is left as a letter').not.toMatch(/^(?:[eo¢] )/mu);
    expect(text, 'the agreements of parents and pupils are theirs').not.toMatch(/my (?:child|son|logins)/u);
    expect(manifest.fields).toEqual({ fullName: 'required', jobRole: 'required' });
    expect(manifest.renewal).toEqual({ rule: 'rolling', period: 'P1Y' });
    expect(manifest.statements.filter(({ required }) => !required)).toHaveLength(1);
  });

  test('the scanned one, for pupils and for parents', async () => {
    const pupils = await imported(seedDocuments.english, 'pupil');
    expect(pupils.statements).toHaveLength(12);
    expect(pupils.statements).toContain(
      'The messages I send, or information I upload, will always be polite and sensible.',
    );
    expect(pupils.manifest.renewal).toEqual({ rule: 'fixed-date', date: '09-01' });
    expect(pupils.manifest.fields.jobRole).toBe('hidden');
    await rm(join(folder, 'draft'), { recursive: true });
    expect((await imported(seedDocuments.english, 'parent')).statements).toHaveLength(6);
  });

  test('the words of the numbered one are complete, except for its contents and struck-out text', async () => {
    const { manifest, text, statements } = await imported(seedDocuments.numbered, 'staff');
    const wordsOf = (words: string) => words.replaceAll('\\', '').match(/[\p{L}\p{N}]+/gu) ?? [];
    const left = new Map<string, number>();
    for (const word of wordsOf([manifest.title['en-GB'], text, ...statements].join(' '))) {
      left.set(word, (left.get(word) ?? 0) + 1);
    }
    const source = (await readFile(seedDocuments.numbered, 'utf8'))
      .replace(/^CONTENTS$.*?(?=^1\. INTRODUCTION$\s+^1\.1 )/msu, '')
      .replaceAll(/~~.+?~~/gu, '')
      .replace(/^Use of ICT systems:$/mu, '')
      .replace(/^Full name:.*/msu, '');
    const missing = wordsOf(source).filter((word) => {
      const count = left.get(word) ?? 0;
      left.set(word, count - 1);
      return count <= 0;
    });
    expect(missing).toEqual([]);
  });

  test('the numbered one', async () => {
    const { manifest, text, headings, statements } = await imported(seedDocuments.numbered, 'staff');
    expect(manifest.title['en-GB']).toMatch(/^Staff Acceptable Use/u);
    expect(headings.filter((heading) => heading.startsWith('## '))).toHaveLength(8);
    expect(headings.filter((heading) => /^### \d\.\d/u.test(heading)).length).toBeGreaterThan(20);
    for (let section = 1; section <= 10; section += 1) {
      expect(headings).toContainEqual(expect.stringMatching(new RegExp(`^### 3\\.${section} \\p{Lu}`, 'u')));
    }
    expect(text, 'nothing that was struck out, and no mark of a link').not.toMatch(/~~|\]\(/u);
    expect(text.match(/^\d\.\d{1,2}\.\d{1,2} \S/gmu)?.length, 'numbered paragraphs').toBeGreaterThan(40);
    expect(text.match(/^ *- \S/gmu)?.length, 'list items').toBeGreaterThan(100);
    expect(text, 'nested lists').toMatch(/^ {4}- \S/mu);
    expect(text, 'the list of contents is left out').not.toMatch(/^#* ?contents/imu);
    expect(statements).toHaveLength(16);
    expect(statements.every((statement) => statement.startsWith('I '))).toBe(true);
    expect(manifest.fields).toEqual({ fullName: 'required', jobRole: 'hidden' });
  });
});
