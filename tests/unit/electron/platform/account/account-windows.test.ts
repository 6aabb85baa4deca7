import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseFileTime,
  parseLogonId,
  parseTokenGroups,
  parseTokenUser,
  splitSamName,
} from '../../../../../electron/platform/account/parse-token.ts';
import { parseSid } from '../../../../../electron/platform/native/parse-sid.ts';

function sidBytes(authority: number, ...parts: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + parts.length * 4);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + index * 4);
  return bytes;
}

const person = sidBytes(5, 21, 1_004_336_348, 1_177_238_915, 682_003_330, 1107);
const administrators = sidBytes(5, 32, 544);
const everyone = sidBytes(1, 0);
const logonSession = sidBytes(5, 5, 0, 123_456);
const mediumIntegrity = sidBytes(16, 8192);

const address = 0x1f0_0000_1000n;

/** TOKEN_GROUPS in the layout of Windows: count, pairs of pointer and attributes, then the SIDs themselves. */
function tokenGroups(pointerBytes: 4 | 8, at: bigint, groups: readonly (readonly [Buffer, number])[]) {
  const head = Buffer.alloc(pointerBytes + groups.length * pointerBytes * 2);
  head.writeUInt32LE(groups.length, 0);
  let end = head.length;
  for (const [index, [sid, attributes]] of groups.entries()) {
    const offset = pointerBytes + index * pointerBytes * 2;
    const pointer = at + BigInt(end);
    if (pointerBytes === 8) head.writeBigUInt64LE(pointer, offset);
    else head.writeUInt32LE(Number(pointer), offset);
    head.writeUInt32LE(attributes, offset + pointerBytes);
    end += sid.length;
  }
  return { bytes: Buffer.concat([head, ...groups.map(([sid]) => sid)]), address: at, pointerBytes };
}

describe('a security identifier', () => {
  it.each([
    [person, 'S-1-5-21-1004336348-1177238915-682003330-1107'],
    [administrators, 'S-1-5-32-544'],
    [everyone, 'S-1-1-0'],
    [sidBytes(2 ** 32, 7), 'S-1-0x000100000000-7'],
    [sidBytes(5, 0xffff_ffff), 'S-1-5-4294967295'],
  ])('%# is written as Windows writes it', (bytes, text) => {
    expect(parseSid(bytes)).toEqual({ text, length: bytes.length });
  });

  it('is undefined where bytes are missing or of another kind', () => {
    for (let length = 0; length < person.length; length += 1) {
      expect(parseSid(person.subarray(0, length))).toBeUndefined();
    }
    expect(parseSid(Buffer.from([2, 0, 0, 0, 0, 0, 0, 5]))).toBeUndefined();
    expect(parseSid(person, -1)).toBeUndefined();
  });
});

describe('the token of a process', () => {
  it.each([8, 4] as const)('names its user and groups with pointers of %i bytes', (pointerBytes) => {
    const at = pointerBytes === 8 ? address : 0x00a0_1000n;
    const groups = tokenGroups(pointerBytes, at, [
      [everyone, 0x7],
      [administrators, 0x10],
      [mediumIntegrity, 0x60],
      [logonSession, 0xc000_0007],
    ]);
    expect(parseTokenGroups(groups).map(({ sid }) => sid)).toEqual(['S-1-1-0', 'S-1-5-32-544']);
    const head = Buffer.alloc(pointerBytes * 2);
    if (pointerBytes === 8) head.writeBigUInt64LE(at + BigInt(head.length), 0);
    else head.writeUInt32LE(Number(at) + head.length, 0);
    const user = parseTokenUser({ bytes: Buffer.concat([head, person]), address: at, pointerBytes });
    expect(user).toEqual({ sid: 'S-1-5-21-1004336348-1177238915-682003330-1107', sidBytes: person });
  });

  it('is never read beyond its own bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 128 }),
        fc.constantFrom(4, 8),
        fc.bigInt({ min: 0n, max: 2n ** 40n }),
        (bytes, pointerBytes, at) => {
          const token = { bytes: Buffer.from(bytes), address: at, pointerBytes };
          parseTokenGroups(token);
          parseTokenUser(token);
          parseLogonId(token.bytes);
        },
      ),
    );
    const outside = tokenGroups(8, address, [[everyone, 7]]);
    expect(parseTokenGroups({ ...outside, address: address + 64n })).toEqual([]);
    const tooMany = tokenGroups(8, address, [[everyone, 7]]);
    tooMany.bytes.writeUInt32LE(1_000_000, 0);
    expect(parseTokenGroups(tooMany).length).toBeLessThanOrEqual(2);
  });

  it('names the logon session by the second number of its statistics', () => {
    const statistics = Buffer.alloc(56);
    statistics.writeBigUInt64LE(0x1111n, 0);
    statistics.writeBigUInt64LE(0x3_a2b4cn, 8);
    expect(parseLogonId(statistics)?.text).toBe('3a2b4c');
    expect(parseLogonId(statistics.subarray(0, 15))).toBeUndefined();
  });

  it.each([
    ['YSGOL\\sprys', 'YSGOL', 'sprys'],
    ['AzureAD\\SiânPrys', 'AzureAD', 'SiânPrys'],
    ['sprys', '', 'sprys'],
    ['', '', ''],
  ])('splits %j', (text, domain, name) => {
    expect(splitSamName(text)).toEqual({ domain, name });
  });
});

it('reads the time of a logon to the millisecond', () => {
  expect(parseFileTime(116_444_736_000_000_000n).getTime()).toBe(0);
  expect(parseFileTime(133_800_000_001_234_567n).toISOString()).toBe('2024-12-30T02:40:00.123Z');
});
