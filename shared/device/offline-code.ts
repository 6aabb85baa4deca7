/**
 * The code with which a technician approves one device on one PC by telephone, while the PC cannot reach the collector.
 *
 * The collector gives each agent the hashes of secrets that it will issue only to that agent. A code carries one secret, the
 * last day, and a tag that ties both to the device. So a PC holds nothing from which its user could make a code, and a
 * code fits one PC (the hash), one device and one day (the tag), and once (the slot).
 */
import { groupSpoken, normaliseSpoken, spokenAlphabet } from '../lib/spoken-code.ts';
import { normaliseSerial } from './serial-number.ts';

/** 14 of 20 signs are 60 bits. */
const secretSigns = 14;
/** Days are counted modulo 400. */
const daySigns = 2;
const dayCycle = spokenAlphabet.length ** daySigns;
/** One in 8000 mistakes is not noticed. */
const tagSigns = 3;
const deviceSigns = 7;
const dayMs = 86_400_000;
/** A code is for the coming days. */
export const mostOfflineDays = 31;

/** Node's hashes, so that this file also runs in a browser. */
export interface OfflineHashes {
  sha256(text: string): Uint8Array;
  hmacSha256(key: string, text: string): Uint8Array;
}

export interface NumberedDevice {
  readonly vendorId: string;
  readonly productId: string;
  readonly serial: string;
}

/** Signs that follow from bytes, each equally often. */
function toSigns(bytes: Uint8Array, count: number): string {
  const most = 256 - (256 % spokenAlphabet.length);
  const signs = [...bytes]
    .filter((byte) => byte < most)
    .map((byte) => spokenAlphabet[byte % spokenAlphabet.length]);
  return signs.slice(0, count).join('');
}

/** Luhn's check for any even number of signs: finds each wrong sign, and nearly each pair that was swapped. */
function checkSign(signs: string): string {
  const size = spokenAlphabet.length;
  let sum = 0;
  for (const [place, sign] of [...signs].reverse().entries()) {
    const value = spokenAlphabet.indexOf(sign) * (place % 2 === 0 ? 2 : 1);
    sum += Math.floor(value / size) + (value % size);
  }
  return spokenAlphabet.charAt((size - (sum % size)) % size);
}

/** The signs without the check sign; undefined where something was mistyped. */
function readChecked(text: string, count: number): string | undefined {
  const signs = normaliseSpoken(text);
  const isWhole = signs.length === count + 1 && [...signs].every((sign) => spokenAlphabet.includes(sign));
  const body = signs.slice(0, count);
  return isWhole && checkSign(body) === signs.at(-1) ? body : undefined;
}

/** What a user reads to the technician in place of a serial number: 8 signs, which also hold for hidden numbers. */
export function deviceNumber(device: NumberedDevice, { sha256 }: Pick<OfflineHashes, 'sha256'>): string {
  const { vendorId, productId, serial } = device;
  const text = `porthor-device-1 ${vendorId}:${productId}:${normaliseSerial(serial)}`;
  const signs = toSigns(sha256(text), deviceSigns);
  return groupSpoken(signs + checkSign(signs));
}

/** Undefined for a number that was mistyped. */
export function readDeviceNumber(text: string): string | undefined {
  const signs = readChecked(text, deviceSigns);
  return signs === undefined ? undefined : groupSpoken(signs + checkSign(signs));
}

function tagOf(secret: string, number: string, day: number, { hmacSha256 }: OfflineHashes): string {
  return toSigns(hmacSha256(secret, `porthor-offline-approval-1 ${number} ${day}`), tagSigns);
}

export function dayOf(at: Date): number {
  return Math.floor(at.getTime() / dayMs);
}

/** The last second of a day, in UTC. */
export function endOfDay(day: number): Date {
  return new Date((day + 1) * dayMs - 1000);
}

export function makeSecret(
  key: string,
  agentId: string,
  slot: number,
  { hmacSha256 }: OfflineHashes,
): string {
  return toSigns(hmacSha256(key, `porthor-offline-secret-1 ${agentId} ${slot}`), secretSigns);
}

/** What an agent gets of a secret, in hex. */
export function verifierOf(secret: string, { sha256 }: Pick<OfflineHashes, 'sha256'>): string {
  const bytes = sha256(`porthor-offline-verifier-1 ${secret}`);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function makeOfflineCode(
  secret: string,
  { number, day }: { readonly number: string; readonly day: number },
  hashes: OfflineHashes,
): string {
  const field = day % dayCycle;
  const size = spokenAlphabet.length;
  const daysOf = spokenAlphabet.charAt(Math.floor(field / size)) + spokenAlphabet.charAt(field % size);
  const body = secret + daysOf + tagOf(secret, number, day, hashes);
  return groupSpoken(body + checkSign(body));
}

/** `clock-back`: this PC's clock is behind a time that it has seen, so it cannot say whether the code is still good. */
export type OfflineCodeProblem = 'mistyped' | 'clock-back' | 'other-pc' | 'used' | 'other-device' | 'late';

export interface OfferedCode {
  readonly slot: number;
  readonly sha256: string;
}

/** Clocks are corrected by a few minutes now and then. */
const clockToleranceMs = 5 * 60_000;

/** Reads a code as the agent does. Every input is plain data, so that each misuse has a test. */
export function readOfflineCode(
  text: string,
  facts: {
    readonly number: string;
    readonly offered: readonly OfferedCode[];
    readonly used: readonly number[];
    readonly now: Date;
    /** The latest time that this PC has seen. */
    readonly latest: Date;
  },
  hashes: OfflineHashes,
): { readonly problem: OfflineCodeProblem } | { readonly slot: number; readonly expiresAt: Date } {
  const body = readChecked(text, secretSigns + daySigns + tagSigns);
  if (body === undefined) return { problem: 'mistyped' };
  if (facts.now.getTime() < facts.latest.getTime() - clockToleranceMs) return { problem: 'clock-back' };
  const secret = body.slice(0, secretSigns);
  const verifier = verifierOf(secret, hashes);
  const slot = facts.offered.find(({ sha256 }) => sha256 === verifier)?.slot;
  if (slot === undefined) return { problem: 'other-pc' };
  if (facts.used.includes(slot)) return { problem: 'used' };
  const [high = '', low = ''] = body.slice(secretSigns, secretSigns + daySigns);
  const field = spokenAlphabet.indexOf(high) * spokenAlphabet.length + spokenAlphabet.indexOf(low);
  const today = dayOf(facts.now);
  const ahead = (((field - today) % dayCycle) + dayCycle) % dayCycle;
  const day = today + ahead;
  const tag = body.slice(secretSigns + daySigns);
  const fits = (one: number): boolean => tagOf(secret, facts.number, one, hashes) === tag;
  if (ahead <= mostOfflineDays && fits(day)) return { slot, expiresAt: endOfDay(day) };
  return { problem: fits(day - dayCycle) ? 'late' : 'other-device' };
}
