/**
 * Thousands of corrupted packs: reading one never throws, and never returns a text that does not match its hash.
 * PORTHOR_FUZZ_RUNS sets how many, PORTHOR_FUZZ_SEED which.
 */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodePackTools } from '../../../../electron/storage/packs/node-tools.ts';
import { languages } from '../../../../shared/lib/language.ts';
import type { Result } from '../../../../shared/lib/result.ts';
import { lintPack } from '../../../../shared/policy/lint-pack.ts';
import type { PolicyPack } from '../../../../shared/policy/pack.ts';
import { type PackProblem, packProblemKinds } from '../../../../shared/policy/pack-problem.ts';
import { checkPack, readFrom, readPack } from '../../../../shared/policy/read-pack.ts';
import { readZip } from '../../../../shared/policy/read-zip.ts';
import { zipFiles } from '../../../fixtures/packs/build-zip.ts';
import { bytesOf, packFiles } from '../../../fixtures/packs/pack-files.ts';

const runs = Number(process.env['PORTHOR_FUZZ_RUNS'] ?? 12_000);
const seed = Number(process.env['PORTHOR_FUZZ_SEED'] ?? 20_261_122);
const deadlineMs = 20_000 + runs * 5;

/** Mulberry32: small, and the same sequence for a seed everywhere. */
function makeRandom(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
const random = makeRandom(seed);

function pick<Value>(values: readonly [Value, ...Value[]]): Value {
  return values[random(values.length)] ?? values[0];
}

/** Changes a few bytes: flips, interesting values, insertions, deletions, repetitions, a cut. */
function spoilBytes(original: Uint8Array): Uint8Array {
  let bytes = [...original];
  for (let count = 1 + random(3); count > 0; count -= 1) {
    const at = random(bytes.length + 1);
    const length = 1 + random(pick([1, 4, 16, 64]));
    switch (random(7)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        bytes[at] = pick([0, 1, 0x0d, 0x22, 0x3c, 0x5c, 0x7f, 0x80, 0xc0, 0xed, 0xef, 0xfe, 0xff]);
        break;
      case 2:
        bytes.splice(at, 0, ...Array.from({ length }, () => random(256)));
        break;
      case 3:
        bytes.splice(at, length);
        break;
      case 4:
        bytes.splice(random(bytes.length + 1), 0, ...bytes.slice(at, at + length));
        break;
      case 5:
        bytes.splice(at, 4, 0xff, 0xff, 0xff, random(256));
        break;
      default:
        bytes = random(4) === 0 ? bytes.slice(0, at) : bytes;
    }
  }
  return Uint8Array.from(bytes, (byte) => byte ?? 0);
}

const hostileJson = [
  'null',
  'true',
  '-1',
  '1e999',
  '9007199254740993',
  '""',
  '" "',
  '"\\ud800"',
  '"\\u0000"',
  '[]',
  '{}',
  '[[[[]]]]',
  '{"__proto__":null}',
  '{"constructor":{}}',
  '{"toString":1}',
  '"../../x.md"',
  '"policy.json"',
  '"P0D"',
  '"2"',
  '1',
] as const;

/** Replaces one value or key of the JSON by another that is well-formed but may be hostile. */
function spoilJson(original: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(original);
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|\d+|true|false/gu)];
  const token = tokens[random(tokens.length)];
  if (token === undefined) return original;
  const after = text.slice(token.index + token[0].length);
  return bytesOf(text.slice(0, token.index) + pick(hostileJson) + after);
}

function isTrue(result: Result<PolicyPack, PackProblem>): void {
  if (!result.ok) {
    expect(packProblemKinds).toContain(result.error.kind);
    expect(`${result.error.subject}${result.error.reason}`).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    return;
  }
  const pack = result.value;
  for (const language of languages) {
    const hash = createHash('sha256').update(pack.texts[language], 'utf8').digest('hex');
    expect(pack.textSha256[language]).toBe(hash);
    expect(pack.texts[language].trim()).not.toBe('');
  }
  expect(checkPack(JSON.parse(JSON.stringify(pack)), nodePackTools)).toEqual(result);
  expect(() => lintPack(pack)).not.toThrow();
}

describe('corrupted packs', () => {
  const files = packFiles();
  const manifest = files.get('policy.json') ?? new Uint8Array();
  const text = files.get('en.md') ?? new Uint8Array();
  let good: PolicyPack;
  let taken = 0;

  beforeAll(async () => {
    const result = await readPack(readFrom(files), nodePackTools);
    if (!result.ok) throw new Error(result.error.reason);
    good = result.value;
  });

  async function readSpoilt(spoilt: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const result = await readPack(readFrom(spoilt), nodePackTools);
    isTrue(result);
    if (!result.ok) return;
    taken += 1;
    const isSameText = result.value.texts['en-GB'] === good.texts['en-GB'];
    expect(result.value.textSha256['en-GB'] === good.textSha256['en-GB']).toBe(isSameText);
  }

  test('manifests', { timeout: deadlineMs }, async () => {
    for (let run = 0; run < runs * 0.4; run += 1) {
      const spoilt = run % 2 === 0 ? spoilBytes(manifest) : spoilJson(manifest);
      await readSpoilt(new Map(files).set('policy.json', spoilt));
    }
    // If all packs were refused or all accepted, this would test only one case.
    expect(taken).toBeGreaterThan(runs * 0.01);
    expect(taken).toBeLessThan(runs * 0.3);
  });

  test('texts', { timeout: deadlineMs }, async () => {
    taken = 0;
    for (let run = 0; run < runs * 0.2; run += 1) {
      await readSpoilt(new Map(files).set('en.md', spoilBytes(text)));
    }
    expect(taken).toBeGreaterThan(runs * 0.02);
  });

  test('zips', { timeout: deadlineMs }, async () => {
    const zip = zipFiles(files, 'staff/');
    let unpacked = 0;
    for (let run = 0; run < runs * 0.3; run += 1) {
      const result = readZip(spoilBytes(zip), nodePackTools);
      if (result.ok) {
        unpacked += 1;
        await readSpoilt(result.value);
      } else isTrue(result);
    }
    expect(unpacked).toBeGreaterThan(0);
    expect(unpacked).toBeLessThan(runs * 0.1);
  });

  test('packs from the network', { timeout: deadlineMs }, () => {
    const whole = bytesOf(JSON.stringify(good));
    for (let run = 0; run < runs * 0.1; run += 1) {
      let value: unknown;
      try {
        value = JSON.parse(new TextDecoder().decode(run % 2 === 0 ? spoilBytes(whole) : spoilJson(whole)));
      } catch {
        // Without valid JSON the pack does not get as far as the check.
        continue;
      }
      isTrue(checkPack(value, nodePackTools));
    }
    for (const language of languages) {
      for (let at = 0; at < good.texts[language].length; at += 1) {
        const spoilt = `${good.texts[language].slice(0, at)}#${good.texts[language].slice(at + 1)}`;
        if (spoilt === good.texts[language]) continue;
        const texts = { ...good.texts, [language]: spoilt };
        expect(checkPack({ ...good, texts }, nodePackTools).ok).toBe(false);
      }
    }
  });
});
