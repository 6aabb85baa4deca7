/** The signed-in account on Windows, from the access token of our own process. */
import os from 'node:os';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { withDeadline } from '../deadline.ts';
import { describeError } from '../describe-error.ts';
import { callInBackground, decodeText, loadNative, type Native } from '../native/native.win32.ts';
import { readOwnToken } from '../native/own-token.win32.ts';
import { createLine, poolThreads } from '../native/pool-threads.ts';
import { createRegistry } from '../native/registry.win32.ts';
import { windows } from '../native/windows-numbers.ts';
import { runProgram } from '../run-tool.ts';
import type { AccountPort, AccountProblem, SignedInAccount } from './account-port.ts';
import { parseFileTime, splitSamName, type TokenGroup } from './parse-token.ts';

/** All questions that may go to a domain controller. */
const directory = createLine(poolThreads);

/** A domain controller out of reach is waited for by Windows much longer than a person should be. */
const directoryDeadlineMs = 4000;

/** SECURITY_LOGON_SESSION_DATA in a 64-bit and in a 32-bit process: where the time of logon and the UPN stand. */
const logonSession = {
  8: windows.logonSession,
  4: { logonTime: 48, upn: 72, bytes: 80 },
} as const;

interface Options {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly load?: () => Promise<Result<Native, string>>;
}

export function createWindowsAccountPort({ environment, load = loadNative }: Options): AccountPort {
  let capability: Capability = { name: 'account', level: 'full', reason: '' };

  /** Windows cannot be called, for the given reason. */
  const readWithout = async (reason: string): Promise<Result<SignedInAccount, AccountProblem>> => {
    const { readAccountWithoutNative, findSystemRoot } = await import('./account-without-native.win32.ts');
    const read = await readAccountWithoutNative({
      environment,
      systemRoot: findSystemRoot(environment),
      run: runProgram,
      userName: () => os.userInfo().username,
    });
    if (!read.ok) {
      capability = { name: 'account', level: 'none', reason: `${reason}; ${read.error}` };
      return fail({ kind: 'none', reason: capability.reason });
    }
    const { account, shortfall } = read.value;
    capability = { name: 'account', level: 'degraded', reason: `${reason}${shortfall}` };
    return succeed(account);
  };

  const read = async (): Promise<Result<SignedInAccount, AccountProblem>> => {
    const native = await load();
    if (!native.ok) return readWithout(native.error);
    try {
      const { account, shortfall } = await readAccount(native.value);
      capability =
        shortfall === ''
          ? { name: 'account', level: 'full', reason: '' }
          : { name: 'account', level: 'degraded', reason: shortfall };
      return succeed(account);
    } catch (error) {
      const reason = describeError(error);
      capability = { name: 'account', level: 'none', reason };
      return fail({ kind: 'unreadable', reason });
    }
  };

  return { capability: () => capability, read };
}

async function readAccount(
  native: Native,
): Promise<{ readonly account: SignedInAccount; readonly shortfall: string }> {
  const token = readOwnToken(native);
  const names = createNameReader(native);
  const logon = readLogonSession(native, token.logon.luid);
  const [groups, displayName, upn] = await Promise.all([
    nameGroups(native, token.groups),
    names.ask(windows.name.display),
    logon.upn === '' ? names.ask(windows.name.userPrincipal) : Promise.resolve(logon.upn),
  ]);
  const sam = splitSamName(names.askLocally(windows.name.samCompatible));
  if (sam.name === '') throw new Error('Windows gave no account name');
  const begin = logon.startedAt === '' ? readBootId(native) : logon.startedAt;
  return {
    account: {
      account: {
        name: sam.name.slice(0, 256),
        domain: sam.domain.slice(0, 256),
        sid: token.user.sid,
        upn: upn.slice(0, 1024),
        displayName: displayName.slice(0, 1024),
      },
      groups: groups.names,
      loginId: `windows:${token.logon.text}:${begin ?? 'unknown'}`,
      ...(logon.startedAt === '' ? {} : { signedInAt: parseFileTime(BigInt(`0x${logon.startedAt}`)) }),
    },
    shortfall:
      begin === undefined
        ? 'Windows does not say when this login began; one after a restart of the PC may look the same'
        : groups.shortfall,
  };
}

/** Empty where Windows has no such name: a local account has no UPN and often no display name. */
function createNameReader(native: Native) {
  const getUserName = native.define<(format: number, into: Buffer, length: Buffer) => number>(
    'secur32.dll',
    'GetUserNameExW',
    // A BOOLEAN, which is one byte: what the register holds above it is left over from other work.
    'uint8_t',
    ['uint32_t', 'void *', 'void *'],
  );
  const characters = 1025;
  const allocate = () => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(characters, 0);
    return { into: Buffer.alloc(characters * 2), length };
  };
  return {
    /** Known on the PC itself. */
    askLocally: (format: number): string => {
      const { into, length } = allocate();
      return getUserName(format, into, length) !== 0 ? decodeText(into) : '';
    },
    /** May ask a domain controller. */
    ask: async (format: number): Promise<string> => {
      const { into, length } = allocate();
      let isLate = false;
      const asked = directory.run(() =>
        isLate ? Promise.resolve(0) : callInBackground(getUserName, format, into, length),
      );
      const answer = await withDeadline(asked, directoryDeadlineMs);
      isLate = true;
      return answer.ok && answer.value !== 0 ? decodeText(into) : '';
    },
  };
}

/** Every group by its name and by its SID: names are translated in some editions of Windows, SIDs are not. */
async function nameGroups(native: Native, groups: readonly TokenGroup[]) {
  const lookUp = native.define<
    (
      system: null,
      sid: Buffer,
      name: Buffer,
      nameLength: Buffer,
      domain: Buffer,
      domainLength: Buffer,
      use: Buffer,
    ) => number
  >('advapi32.dll', 'LookupAccountSidW', 'int32_t', [
    'void *',
    'void *',
    'void *',
    'void *',
    'void *',
    'void *',
    'void *',
  ]);
  const names = new Set<string>();
  for (const { sid } of groups) names.add(sid);
  let stopped = false;
  const nameAll = async () => {
    for (const { sidBytes } of groups) {
      const name = Buffer.alloc(257 * 2);
      const domain = Buffer.alloc(257 * 2);
      const nameLength = Buffer.alloc(4);
      const domainLength = Buffer.alloc(4);
      nameLength.writeUInt32LE(257, 0);
      domainLength.writeUInt32LE(257, 0);
      const found = await directory.run(() =>
        stopped
          ? Promise.resolve(0)
          : callInBackground(lookUp, null, sidBytes, name, nameLength, domain, domainLength, Buffer.alloc(4)),
      );
      if (stopped) return;
      if (found === 0) continue;
      const domainText = decodeText(domain);
      names.add(domainText === '' ? decodeText(name) : `${domainText}\\${decodeText(name)}`);
    }
  };
  const inTime = await withDeadline(nameAll(), directoryDeadlineMs);
  stopped = true;
  return {
    names: [...names],
    shortfall: inTime.ok
      ? ''
      : 'not every group could be named in time; rules that name them by SID still hold',
  };
}

/** When this logon session began, and its UPN, from the PC's own records; empty texts where Windows gives none. */
function readLogonSession(
  native: Native,
  luid: Buffer,
): { readonly startedAt: string; readonly upn: string } {
  const getData = native.define<(luid: Buffer, data: Buffer) => number>(
    'secur32.dll',
    'LsaGetLogonSessionData',
    'int32_t',
    ['void *', 'void *'],
  );
  const release = native.define<(data: bigint) => number>('secur32.dll', 'LsaFreeReturnBuffer', 'int32_t', [
    'void *',
  ]);
  const pointer = Buffer.alloc(native.pointerBytes);
  if (getData(luid, pointer) !== 0) return { startedAt: '', upn: '' };
  const address = native.readPointer(pointer, 0);
  if (address === 0n) return { startedAt: '', upn: '' };
  try {
    const layout = logonSession[native.pointerBytes === 8 ? 8 : 4];
    const declaredBytes = native.copyBytes(address, 4).readUInt32LE(0);
    if (declaredBytes < layout.bytes) return { startedAt: '', upn: '' };
    const data = native.copyBytes(address, layout.bytes);
    const startedAt = data.readBigUInt64LE(layout.logonTime);
    const upnBytes = data.readUInt16LE(layout.upn);
    const upnAddress = native.readPointer(data, layout.upn + native.pointerBytes);
    return {
      startedAt: startedAt === 0n ? '' : startedAt.toString(16),
      upn:
        upnBytes === 0 || upnAddress === 0n ? '' : native.copyBytes(upnAddress, upnBytes).toString('utf16le'),
    };
  } finally {
    release(address);
  }
}

/** Logon numbers start again with every boot; Windows counts its boots here. */
function readBootId(native: Native): string | undefined {
  const values = createRegistry(native).readValues(
    'SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters',
  );
  const bootId = values.ok ? values.value.get('BootId') : undefined;
  return bootId?.kind === 'number' ? `boot-${bootId.number}` : undefined;
}
