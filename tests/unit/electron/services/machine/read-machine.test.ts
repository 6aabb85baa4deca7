import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMachine } from '../../../../../electron/services/machine/read-machine.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';

let directory: string;
let faults: StorageFault[];
const nowUtc = () => new Date('2026-11-22T08:40:00Z');
const options = () => ({ directory, nowUtc, onFault: (fault: StorageFault) => void faults.push(fault) });

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'porthor-situation-'));
  faults = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the identity of the PC', () => {
  const machineCapability = () => ({ name: 'machine', level: 'none', reason: 'no id' }) as const;

  it('is read from the system', async () => {
    const machine = { id: 'abc', hostname: 'LAB-07', os: 'Windows 11' };
    const port = { capability: machineCapability, read: () => Promise.resolve(succeed(machine)) };
    expect(await readMachine(port, options())).toEqual(machine);
  });

  it('keeps one made-up id where the system has none', async () => {
    const known = { hostname: 'LAB-07', os: 'Other' };
    const port = {
      capability: machineCapability,
      read: () => Promise.resolve(fail({ kind: 'none', reason: 'no id', known } as const)),
    };
    const first = await readMachine(port, options());
    expect(first).toMatchObject(known);
    expect(first.id).toMatch(/^[0-9a-f-]{36}$/u);
    expect(await readMachine(port, options())).toEqual(first);
  });
});
