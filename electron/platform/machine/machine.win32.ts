/**
 * This PC's id on Windows: a hash of the id that Windows made at its installation.
 *
 * The value is the one that node-machine-id gives, read in-process: that package starts a command prompt, which
 * schools forbid by policy and which would flash up in front of a person.
 */
import { createHash } from 'node:crypto';
import os from 'node:os';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import { createRegistry } from '../native/registry.win32.ts';
import type { MachinePort, MachineProblem } from './machine-port.ts';

export function createWindowsMachinePort(): MachinePort {
  let capability: Capability = { name: 'machine', level: 'full', reason: '' };

  const read = async (): Promise<Result<Machine, MachineProblem>> => {
    const known = {
      hostname: os.hostname().slice(0, 256),
      os: `${os.version()} (${os.release()})`.slice(0, 256),
    };
    const guid = await readMachineGuid();
    if (!guid.ok) {
      capability = { name: 'machine', level: 'degraded', reason: guid.error };
      return fail({ kind: 'unreadable', reason: guid.error, known });
    }
    capability = { name: 'machine', level: 'full', reason: '' };
    return succeed({ id: createHash('sha256').update(guid.value).digest('hex'), ...known });
  };

  return { capability: () => capability, read };
}

async function readMachineGuid(): Promise<Result<string, string>> {
  const native = await loadNative();
  if (!native.ok) return native;
  try {
    const values = createRegistry(native.value).readValues('SOFTWARE\\Microsoft\\Cryptography');
    if (!values.ok) return fail(values.error.reason);
    const value = values.value.get('MachineGuid');
    if (value?.kind !== 'text' || value.text.trim() === '') return fail('Windows keeps no MachineGuid');
    return succeed(value.text.trim().toLowerCase());
  } catch (error) {
    return fail(describeError(error));
  }
}
