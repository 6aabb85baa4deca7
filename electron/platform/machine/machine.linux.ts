/** This PC's id on Linux: a hash of the machine id that the system made at its installation (machine-id(5)). */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import nodeMachineId from 'node-machine-id';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { withDeadline } from '../deadline.ts';
import { describeError } from '../describe-error.ts';
import type { MachinePort, MachineProblem } from './machine-port.ts';
import { parseOsRelease } from './parse-os-release.ts';

const deadlineMs = 4000;

/** In the order in which node-machine-id reads them. */
const machineIdFiles = ['/var/lib/dbus/machine-id', '/etc/machine-id'];

export function createLinuxMachinePort(): MachinePort {
  let capability: Capability = { name: 'machine', level: 'full', reason: '' };

  const read = async (): Promise<Result<Machine, MachineProblem>> => {
    const known = { hostname: os.hostname().slice(0, 256), os: await readOsName() };
    const problem = (kind: MachineProblem['kind'], reason: string) => {
      capability = { name: 'machine', level: 'degraded', reason };
      return fail({ kind, reason, known });
    };
    // node-machine-id would hash the host name when there is no file, and any text that stands in one.
    if (!(await hasMachineId())) return problem('none', 'this system keeps no machine id');
    try {
      const answer = await withDeadline(nodeMachineId.machineId(), deadlineMs);
      if (!answer.ok) return problem('unreadable', `the machine id was not given within ${deadlineMs} ms`);
      capability = { name: 'machine', level: 'full', reason: '' };
      return succeed({ id: answer.value, ...known });
    } catch (error) {
      return problem('unreadable', describeError(error));
    }
  };

  return { capability: () => capability, read };
}

/** The first file that exists decides; an image that has never been started holds `uninitialized` in it. */
async function hasMachineId(): Promise<boolean> {
  for (const file of machineIdFiles) {
    try {
      return /^[0-9a-f]{32}\s*$/iu.test(await readFile(file, 'utf8'));
    } catch {
      // The next file may be there.
    }
  }
  return false;
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
