/**
 * This PC's id on Linux: a hash of the machine id that the system made at its installation (machine-id(5)).
 *
 * The value is the one that node-machine-id gives, read in-process: that package starts a shell, and to start a program
 * stops a large process for longer than anything else that a person waits for at login.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { MachinePort, MachineProblem } from './machine-port.ts';
import { parseOsRelease } from './parse-os-release.ts';

/** In the order in which node-machine-id reads them. */
const machineIdFiles = ['/var/lib/dbus/machine-id', '/etc/machine-id'];

export function createLinuxMachinePort(): MachinePort {
  let capability: Capability = { name: 'machine', level: 'full', reason: '' };

  const read = async (): Promise<Result<Machine, MachineProblem>> => {
    const [osName, machineId] = await Promise.all([readOsName(), readMachineId()]);
    const known = { hostname: os.hostname().slice(0, 256), os: osName };
    if (machineId === undefined) {
      const reason = 'this system keeps no machine id';
      capability = { name: 'machine', level: 'degraded', reason };
      return fail({ kind: 'none', reason, known });
    }
    capability = { name: 'machine', level: 'full', reason: '' };
    return succeed({ id: createHash('sha256').update(machineId).digest('hex'), ...known });
  };

  return { capability: () => capability, read };
}

/** The first file that exists decides; an image that has never been started holds `uninitialized` in it. */
async function readMachineId(): Promise<string | undefined> {
  for (const file of machineIdFiles) {
    try {
      return /^([0-9a-f]{32})\s*$/iu.exec(await readFile(file, 'utf8'))?.[1]?.toLowerCase();
    } catch {
      // The next file may be there.
    }
  }
  return undefined;
}

async function readOsName(): Promise<string> {
  let name = 'Linux';
  try {
    name = parseOsRelease(await readFile('/etc/os-release', 'utf8'));
  } catch {
    // A system without the file is still a Linux.
  }
  return `${name} (${os.release()})`.slice(0, 256);
}
