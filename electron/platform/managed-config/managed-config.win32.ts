/** The managed config on Windows: Group Policy, otherwise the technician's file, otherwise the installer's properties. */
import path from 'node:path';
import { parseManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { readKnownFolder } from '../native/known-folder.win32.ts';
import { loadNative, type Native } from '../native/native.win32.ts';
import type { RegistryKey } from '../native/parse-registry-value.ts';
import { parseSid } from '../native/parse-sid.ts';
import { createRegistry } from '../native/registry.win32.ts';
import { windows } from '../native/windows-numbers.ts';
import type { Clock } from '../time/clock.ts';
import { readConfigFile } from './config-file.ts';
import type { ManagedConfigAnswer, ManagedConfigPort } from './managed-config-port.ts';
import { parseInstallerConfig } from './parse-installer-config.ts';
import { isEmptyKey, parseRegistryConfig } from './parse-registry-config.ts';
import { readFileElseInstaller } from './read-file-else-installer.ts';
import { pollConfig, watchConfigFile } from './watch-config.ts';

const policyKey = 'SOFTWARE\\Policies\\Porthor';
const policyKeyName = `HKLM\\${policyKey}`;

/**
 * Not under Policies: an installer that wrote there would compete with Group Policy, which replaces what it finds.
 * Only administrators may write below SOFTWARE, so its owner needs no check.
 */
const installerKey = 'SOFTWARE\\Porthor\\Setup';

/** SYSTEM, the administrators of the PC, and Windows' own installer. */
const trustedOwners: readonly string[] = [
  'S-1-5-18',
  'S-1-5-32-544',
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
];

export function createWindowsManagedConfigPort(
  developmentFile: string | undefined,
  clock: Clock,
): ManagedConfigPort {
  const full: Capability = { name: 'managed-config', level: 'full', reason: '' };
  let capability = full;

  const read = async (): Promise<ManagedConfigAnswer> => {
    const native = await loadNative();
    if (!native.ok) {
      capability = { name: 'managed-config', level: 'none', reason: native.error };
      return { kind: 'unreadable', from: policyKeyName, reason: native.error };
    }
    try {
      const policy = readKey(native.value, policyKey, parseRegistryConfig);
      if (policy.kind !== 'absent') {
        capability = full;
        return policy;
      }
      const folder = readKnownFolder(native.value, 'ProgramData');
      if (!folder.ok)
        return { kind: 'unreadable', from: '%ProgramData%\\Porthor\\config.json', reason: folder.error };
      const file = path.join(folder.value, 'Porthor', 'config.json');
      const { answer, passedOver } = await readFileElseInstaller({
        file,
        // Anybody may make folders in ProgramData, so the name of the file alone proves nothing.
        distrust: () => distrustOwner(native.value, file),
        readInstaller: () => readKey(native.value, installerKey, parseInstallerConfig),
      });
      capability = passedOver === '' ? full : { ...full, level: 'degraded', reason: passedOver };
      return answer;
    } catch (error) {
      return { kind: 'unreadable', from: policyKeyName, reason: describeError(error) };
    }
  };

  return {
    capability: () => capability,
    read: () =>
      developmentFile === undefined
        ? read()
        : readConfigFile({ path: developmentFile, whenMissing: 'unreadable' }),
    // Not RegNotifyChangeKeyValue: the key may not be there yet, two more places count, and a thread would have to wait
    // for its event all day. Reading all three again takes a millisecond.
    watch: (onChange) =>
      developmentFile === undefined
        ? pollConfig(clock, onChange)
        : watchConfigFile(developmentFile, clock, onChange),
  };
}

function readKey(native: Native, path: string, parse: (key: RegistryKey) => unknown): ManagedConfigAnswer {
  const from = `HKLM\\${path}`;
  const key = createRegistry(native).readTree(path);
  if (!key.ok) {
    return key.error.kind === 'absent'
      ? { kind: 'absent' }
      : { kind: 'unreadable', from, reason: key.error.reason };
  }
  if (isEmptyKey(key.value)) return { kind: 'absent' };
  const parsed = parseManagedConfig(parse(key.value));
  return parsed.ok
    ? { kind: 'loaded', from, config: parsed.value }
    : { kind: 'invalid', from, problems: parsed.error };
}

function distrustOwner(native: Native, file: string): string | undefined {
  const getSecurity = native.define<
    (
      file: string,
      type: number,
      what: number,
      owner: Buffer,
      group: null,
      access: null,
      audit: null,
      descriptor: Buffer,
    ) => number
  >('advapi32.dll', 'GetNamedSecurityInfoW', 'uint32_t', [
    'str16',
    'uint32_t',
    'uint32_t',
    'void *',
    'void *',
    'void *',
    'void *',
    'void *',
  ]);
  const release = native.define<(memory: bigint) => bigint>('kernel32.dll', 'LocalFree', 'void *', [
    'void *',
  ]);
  const { fileObject, ownerInformation } = windows.security;
  const owner = Buffer.alloc(native.pointerBytes);
  const descriptor = Buffer.alloc(native.pointerBytes);
  const code = getSecurity(file, fileObject, ownerInformation, owner, null, null, null, descriptor);
  if (code !== 0) return `Windows did not say who owns the file: error ${code}`;
  const descriptorAddress = native.readPointer(descriptor, 0);
  try {
    const ownerAddress = native.readPointer(owner, 0);
    if (ownerAddress === 0n) return 'the file belongs to nobody';
    const count = native.copyBytes(ownerAddress, 2).readUInt8(1);
    const sid = parseSid(native.copyBytes(ownerAddress, 8 + count * 4));
    if (sid !== undefined && trustedOwners.includes(sid.text)) return undefined;
    return `the file does not belong to the administrators or to the system but to ${sid?.text ?? 'an unreadable owner'}`;
  } finally {
    release(descriptorAddress);
  }
}
