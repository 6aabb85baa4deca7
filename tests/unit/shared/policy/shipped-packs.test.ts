/** The packs that the project ships are valid, and complete in both languages. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadPack, loadPacks } from '../../../../electron/storage/packs/load-packs.ts';
import { type Language, languages } from '../../../../shared/lib/language.ts';
import { currentPacks } from '../../../../shared/policy/current-packs.ts';
import { lintPack } from '../../../../shared/policy/lint-pack.ts';
import { countWords, measureReadability, pageText } from '../../../../shared/policy/reading.ts';

const directory = fileURLToPath(new URL('../../../../assets/policies/', import.meta.url));
const today = { year: 2026, month: 11, day: 22 };

test('all packs load without a finding', async () => {
  const { packs, refused } = await loadPacks(directory);
  expect(refused).toEqual([]);
  expect(packs.map(({ manifest }) => manifest.id)).toEqual(['pupil', 'staff', 'visitor', 'young-pupil']);
  expect(packs.flatMap((pack) => lintPack(pack))).toEqual([]);
});

test.each([
  ['staff', 'staff', 'required'],
  ['governor', 'staff', 'required'],
  ['pupil', 'pupil', 'hidden'],
  ['young-pupil', 'young-pupil', 'hidden'],
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

/** Words of title, text and statements. */
const lengths = [
  { name: 'staff', atMost: 700 },
  { name: 'visitor', atMost: 300 },
  { name: 'pupil', atMost: 450 },
  { name: 'young-pupil', atMost: 200 },
] as const;

describe.each(lengths)('$name', ({ name, atMost }) => {
  const load = async () => {
    const pack = await loadPack(`${directory}${name}`);
    if (!pack.ok) throw new Error(pack.error.reason);
    return pack.value;
  };

  test('asks for knowledge of monitoring as a separate statement, never for consent', async () => {
    const pack = await load();
    const { statements } = pack.manifest;
    expect(statements.at(-1)?.id).toBe('monitoring');
    expect(statements.at(-1)?.text['en-GB']).toMatch(/^I know that /u);
    expect(statements.at(-1)?.text['cy-GB']).toMatch(/^(?:Gwn fod|Rwy'n gwybod bod) /u);
    expect(JSON.stringify([statements, pack.texts])).not.toMatch(/consent|cydsyni/iu);
  });

  test('has two or three statements, each short and required', async () => {
    const { statements } = (await load()).manifest;
    expect(statements.length).toBeGreaterThanOrEqual(2);
    expect(statements.length).toBeLessThanOrEqual(3);
    for (const { required, text } of statements) {
      expect(required).toBe(true);
      for (const language of languages) expect(countWords(text[language])).toBeLessThanOrEqual(25);
    }
  });

  test(`has at most ${atMost} words of English, and Welsh says no less`, async () => {
    const { manifest, texts } = await load();
    const words = (language: Language) => countWords(pageText(manifest, texts[language], language));
    expect(words('en-GB')).toBeLessThanOrEqual(atMost);
    expect(words('en-GB')).toBeGreaterThan(atMost / 2);
    expect(words('cy-GB')).toBeGreaterThanOrEqual(words('en-GB'));
  });

  test('marks the decisions that only a school can take', async () => {
    expect((await load()).manifest.schoolDecides?.length).toBeGreaterThanOrEqual(2);
  });
});

test('the younger pupils’ rules are for a reading age of seven, and both pupils’ texts are called rules', async () => {
  const { packs } = await loadPacks(directory);
  const rules = packs.filter(({ manifest }) => manifest.wording !== undefined);
  expect(rules.map(({ manifest }) => [manifest.id, manifest.wording, manifest.readingAge])).toEqual([
    ['pupil', 'rules', 11],
    ['young-pupil', 'young', 7],
  ]);
  for (const { manifest, texts } of rules) {
    const { readingAge } = measureReadability(pageText(manifest, texts['en-GB'], 'en-GB'));
    expect(readingAge).toBeLessThanOrEqual(manifest.readingAge ?? 0);
  }
});

test('no pack names a school or an authority', async () => {
  const { packs } = await loadPacks(directory);
  for (const pack of packs) {
    expect(JSON.stringify(pack)).not.toMatch(
      /wrexham|wrecsam|cheshire|council|cyngor sir|\bWCBC\b|\bCWAC\b/iu,
    );
  }
});
