/** The code that approves one device on one PC by telephone: each misuse is refused, and said for what it is. */
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayOf,
  deviceNumber,
  endOfDay,
  makeOfflineCode,
  makeSecret,
  type OfflineHashes,
  readDeviceNumber,
  readOfflineCode,
  verifierOf,
} from '../../../../shared/device/offline-code.ts';
import { spokenAlphabet } from '../../../../shared/lib/spoken-code.ts';

const hashes: OfflineHashes = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest(),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text, 'utf8').digest(),
};
const stick = { vendorId: '0781', productId: '5567', serial: '4C530001230815117284' };
const other = { ...stick, serial: '4C530001230815117285' };
const now = new Date('2026-11-30T13:00:00Z');
const number = deviceNumber(stick, hashes);
const offer = (agentId: string, slots = 8) =>
  Array.from({ length: slots }, (_, slot) => ({
    slot,
    sha256: verifierOf(makeSecret('key', agentId, slot, hashes), hashes),
  }));
const offered = offer('agent-1');
const issue = (slot = 0, days = 7, agentId = 'agent-1') =>
  makeOfflineCode(makeSecret('key', agentId, slot, hashes), { number, day: dayOf(now) + days }, hashes);
const facts = { number, offered, used: [], now, latest: now };
const read = (code: string, changes: Partial<Parameters<typeof readOfflineCode>[1]> = {}) =>
  readOfflineCode(code, { ...facts, ...changes }, hashes);

describe('an offline approval code', () => {
  it('is five groups of four signs, none of which look alike, and good until the end of its last day', () => {
    expect(issue()).toMatch(new RegExp(`^(?:[${spokenAlphabet}]{4}-){4}[${spokenAlphabet}]{4}$`, 'u'));
    expect(read(issue(3, 7))).toEqual({ slot: 3, expiresAt: endOfDay(dayOf(now) + 7) });
    expect(endOfDay(dayOf(now)).toISOString()).toBe('2026-11-30T23:59:59.000Z');
  });

  it('is read in small letters, without hyphens, and with letters that were meant as digits', () => {
    const code = issue();
    const typed = code
      .toLowerCase()
      .replaceAll('-', ' ')
      .replaceAll('0', 'o')
      .replaceAll('5', 's')
      .replaceAll('1', 'l');
    expect(read(typed)).toMatchObject({ slot: 0 });
  });

  it('is refused on another device', () => {
    expect(read(issue(), { number: deviceNumber(other, hashes) })).toEqual({ problem: 'other-device' });
  });

  it('is refused on another PC', () => {
    expect(read(issue(), { offered: offer('agent-2') })).toEqual({ problem: 'other-pc' });
  });

  it('is refused the second time', () => {
    expect(read(issue(2), { used: [0, 2] })).toEqual({ problem: 'used' });
  });

  it('is refused after its last day, however long after', () => {
    for (const days of [8, 40, 300]) {
      const later = new Date(now.getTime() + days * 86_400_000);
      expect([days, read(issue(0, 7), { now: later, latest: later })]).toEqual([days, { problem: 'late' }]);
    }
  });

  it('is refused while the clock is behind a time that the PC has seen', () => {
    const later = new Date(now.getTime() + 8 * 86_400_000);
    expect(read(issue(0, 7), { now, latest: later })).toEqual({ problem: 'clock-back' });
    expect(read(issue(), { latest: new Date(now.getTime() + 60_000) })).toMatchObject({ slot: 0 });
  });

  it('says of every single wrong sign that it was mistyped', () => {
    const sign = fc.constantFrom(...spokenAlphabet);
    fc.assert(
      fc.property(fc.nat({ max: 19 }), sign, fc.nat({ max: 7 }), (place, wrong, slot) => {
        const code = issue(slot).replaceAll('-', '');
        fc.pre(code[place] !== wrong);
        const typed = code.slice(0, place) + wrong + code.slice(place + 1);
        expect(read(typed)).toEqual({ problem: 'mistyped' });
      }),
    );
    for (const typed of ['', issue().slice(0, -1), `${issue()}0`, issue().replace(/^./u, 'E')]) {
      expect(read(typed)).toEqual({ problem: 'mistyped' });
    }
  });

  it('cannot be made for another day by a change of its signs', () => {
    const today = issue(0, 0).replaceAll('-', '');
    const week = issue(0, 7).replaceAll('-', '');
    expect(today.slice(0, 14)).toBe(week.slice(0, 14));
    expect(today.slice(14)).not.toBe(week.slice(14));
  });
});

describe('the number of a device', () => {
  it('has two groups of four signs, the same for both spellings of a serial number', () => {
    expect(number).toMatch(/^.{4}-.{4}$/u);
    expect(deviceNumber({ ...stick, serial: stick.serial.toLowerCase() }, hashes)).toBe(number);
    expect(deviceNumber(other, hashes)).not.toBe(number);
  });

  it('is read back as it was written, and refused when one sign is wrong', () => {
    expect(readDeviceNumber(number.replace('-', ' ').toLowerCase())).toBe(number);
    const wrong = number.startsWith('0') ? `1${number.slice(1)}` : `0${number.slice(1)}`;
    expect(readDeviceNumber(wrong)).toBeUndefined();
  });
});
