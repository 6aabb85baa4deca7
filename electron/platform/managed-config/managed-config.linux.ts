/** The managed config on Linux: one file that only the administrator can have written. */
import { type FileHandle, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Capability } from '../../../shared/wire/events.ts';
import type { Clock } from '../time/clock.ts';
import { readConfigFile } from './config-file.ts';
import type { ManagedConfigPort } from './managed-config-port.ts';
import { watchConfigFile } from './watch-config.ts';

const writableByOthers = 0o022;

export interface LinuxManagedConfigOptions {
  readonly clock: Clock;
  /** Named on the command line of an unpackaged build; read instead of the system's file, and not asked who owns it. */
  readonly developmentFile: string | undefined;
  readonly systemFile: string;
  /** Who must own the system's file: root, except in tests. */
  readonly ownerUid: number;
}

export function createLinuxManagedConfigPort(options: LinuxManagedConfigOptions): ManagedConfigPort {
  const { clock, developmentFile, systemFile, ownerUid } = options;
  const capability: Capability = { name: 'managed-config', level: 'full', reason: '' };

  /** A person who may change the file or swap it in its folder could switch the gate off. */
  const distrust = async (handle: FileHandle): Promise<string | undefined> => {
    const folder = path.dirname(systemFile);
    for (const [what, status] of [
      ['the file', await handle.stat()],
      ['its folder', await stat(folder)],
    ] as const) {
      if (status.uid !== ownerUid)
        return `${what} does not belong to ${ownerUid === 0 ? 'root' : `user ${ownerUid}`}`;
      if ((status.mode & writableByOthers) !== 0) return `${what} may be written to by others than its owner`;
    }
    return undefined;
  };

  return {
    capability: () => capability,
    read: () =>
      developmentFile === undefined
        ? readConfigFile({ path: systemFile, whenMissing: 'absent', distrust })
        : readConfigFile({ path: developmentFile, whenMissing: 'unreadable' }),
    watch: (onChange) => watchConfigFile(developmentFile ?? systemFile, clock, onChange),
  };
}
