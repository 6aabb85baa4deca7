/** The packs that the project ships are valid, and complete in both languages. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadPack, loadPacks } from '../../../../electron/storage/packs/load-packs.ts';
import { languages } from '../../../../shared/lib/language.ts';
import { currentPacks } from '../../../../shared/policy/current-packs.ts';
import { lintPack } from '../../../../shared/policy/lint-pack.ts';

const directory = fileURLToPath(new URL('../../../../assets/policies/', import.meta.url));
const today = { year: 2026, month: 11, day: 22 };

test('all three packs load without a finding', async () => {
  const { packs, refused } = await loadPacks(directory);
  expect(refused).toEqual([]);
  expect(packs.map(({ manifest }) => manifest.id)).toEqual(['pupil', 'staff', 'visitor']);
  expect(packs.flatMap((pack) => lintPack(pack))).toEqual([]);
});

test.each([
  ['staff', 'staff', 'required'],
  ['governor', 'staff', 'required'],
  ['pupil', 'pupil', 'hidden'],
  ['visitor', 'visitor', 'optional'],
  ['supply', 'visitor', 'optional'],
  ['contractor', 'visitor', 'optional'],
])('a %s is given the policy "%s" alone, with the job role %s', async (audience, id, jobRole) => {
  const { packs } = await loadPacks(directory);
  const given = currentPacks(packs, audience, today);
  expect(given.map(({ manifest }) => [manifest.id, manifest.fields])).toEqual([
    [id, { fullName: 'required', jobRole }],
  ]);
});

describe.each(['staff', 'pupil', 'visitor'])('%s', (name) => {
  test('asks for monitoring as a separate promise, and every promise is short and required', async () => {
    const pack = await loadPack(`${directory}${name}`);
    if (!pack.ok) throw new Error(pack.error.reason);
    const { statements } = pack.value.manifest;
    expect(statements.at(-1)?.id).toMatch(/^monitoring/u);
    expect(statements.length).toBeGreaterThanOrEqual(6);
    expect(statements.length).toBeLessThanOrEqual(9);
    for (const { required, text } of statements) {
      expect(required).toBe(true);
      for (const language of languages) expect(text[language].length).toBeLessThanOrEqual(210);
    }
  });

  test('can be read in a few minutes', async () => {
    const pack = await loadPack(`${directory}${name}`);
    if (!pack.ok) throw new Error(pack.error.reason);
    const words = pack.value.texts['en-GB'].match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
    expect(words).toBeGreaterThan(400);
    expect(words).toBeLessThan(1300);
  });
});

test('no pack names a school or an authority', async () => {
  const { packs } = await loadPacks(directory);
  for (const pack of packs) {
    expect(JSON.stringify(pack)).not.toMatch(
      /wrexham|wrecsam|cheshire|council|cyngor sir|\bWCBC\b|\bCWAC\b/iu,
    );
  }
});
