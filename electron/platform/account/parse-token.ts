/** Reads what Windows tells of an access token: structures with pointers into their own bytes. */
import { parseSid } from '../native/parse-sid.ts';
import { windows } from '../native/windows-numbers.ts';

/** A structure together with the address it was written to, which its pointers refer to. */
export interface TokenBytes {
  readonly bytes: Buffer;
  readonly address: bigint;
  readonly pointerBytes: number;
}

export interface TokenGroup {
  readonly sid: string;
  readonly sidBytes: Buffer;
}

const {
  isIntegrityLevel: groupIsIntegrityLevel,
  isLogonSession: groupIsLogonSession,
  logonId,
} = windows.token;

/** TOKEN_USER: one pointer to a SID, then its attributes. */
export function parseTokenUser(token: TokenBytes): TokenGroup | undefined {
  return readSidAt(token, 0);
}

/**
 * TOKEN_GROUPS: a count, then pairs of pointer and attributes. The integrity level and the logon session are not
 * groups of a person; a group for denying only (an administrator without elevation) is one all the same.
 */
export function parseTokenGroups(token: TokenBytes): readonly TokenGroup[] {
  const { bytes, pointerBytes } = token;
  if (bytes.length < 4) return [];
  const count = bytes.readUInt32LE(0);
  const groups: TokenGroup[] = [];
  for (let index = 0; index < count; index += 1) {
    const offset = pointerBytes + index * pointerBytes * 2;
    if (offset + pointerBytes + 4 > bytes.length) break;
    const attributes = bytes.readUInt32LE(offset + pointerBytes);
    if (
      (attributes & groupIsIntegrityLevel) !== 0 ||
      (attributes & groupIsLogonSession) >>> 0 === groupIsLogonSession
    ) {
      continue;
    }
    const group = readSidAt(token, offset);
    if (group !== undefined) groups.push(group);
  }
  return groups;
}

/** The id of the logon session in TOKEN_STATISTICS: its second member, 8 bytes, as lower-case hexadecimal. */
export function parseLogonId(bytes: Buffer): { readonly text: string; readonly luid: Buffer } | undefined {
  if (bytes.length < logonId + 8) return undefined;
  return {
    text: bytes.readBigUInt64LE(logonId).toString(16),
    luid: Buffer.from(bytes.subarray(logonId, logonId + 8)),
  };
}

function readSidAt({ bytes, address, pointerBytes }: TokenBytes, offset: number): TokenGroup | undefined {
  if (offset + pointerBytes > bytes.length) return undefined;
  const pointer = pointerBytes === 8 ? bytes.readBigUInt64LE(offset) : BigInt(bytes.readUInt32LE(offset));
  const distance = pointer - address;
  if (distance < 0n || distance >= BigInt(bytes.length)) return undefined;
  const start = Number(distance);
  const sid = parseSid(bytes, start);
  if (sid === undefined) return undefined;
  return { sid: sid.text, sidBytes: Buffer.from(bytes.subarray(start, start + sid.length)) };
}

/** `DOMAIN\name`, as GetUserNameExW gives it; a text without a backslash is a name alone. */
export function splitSamName(text: string): { readonly domain: string; readonly name: string } {
  const backslash = text.indexOf('\\');
  return backslash === -1
    ? { domain: '', name: text }
    : { domain: text.slice(0, backslash), name: text.slice(backslash + 1) };
}

/** Milliseconds from the start of 1601 to the start of 1970. */
const unixEpochMs = 11_644_473_600_000n;

/** A FILETIME: steps of 100 ns since the start of 1601, in UTC. */
export function parseFileTime(ticks: bigint): Date {
  return new Date(Number(ticks / 10_000n - unixEpochMs));
}
