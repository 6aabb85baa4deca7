/** Temp folders, events and openings that the tests of storage share. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type NewEvent,
  type Outbox,
  type OutboxOptions,
  openOutbox,
} from '../../electron/storage/outbox/outbox.ts';
import type { ReceiptProof } from '../../electron/storage/receipts/receipts.ts';
import type { StorageFault } from '../../electron/storage/storage-fault.ts';

export const machine = { id: 'test-machine', hostname: 'LAB-01', os: 'Test 1' };
export const account = {
  name: 'mair',
  domain: 'YSGOL',
  sid: 'S-1-5-21-1-2-3-1001',
  upn: '',
  displayName: 'Mair Ŵyn',
};

export async function withDirectory<Value>(
  work: (directory: string) => Promise<Value>,
  parent = tmpdir(),
): Promise<Value> {
  const directory = await mkdtemp(join(parent, 'porthor-storage-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Memory where the system offers it as a folder: thousands of syncs cost nothing there. */
export const quickParent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

function faultEvent(fault: StorageFault): NewEvent<'porthor.agent.fault.v1'> {
  return { type: 'porthor.agent.fault.v1', subject: fault.subject, data: { ...fault, machine } };
}

export function problemEvent(text: string): NewEvent<'porthor.problem.reported.v1'> {
  return { type: 'porthor.problem.reported.v1', subject: 'YSGOL\\mair', data: { text, account, machine } };
}

export function acceptanceEvent(
  changes: Partial<NewEvent<'porthor.policy.acknowledged.v1'>['data']> = {},
): NewEvent<'porthor.policy.acknowledged.v1'> {
  return {
    type: 'porthor.policy.acknowledged.v1',
    subject: 'YSGOL\\mair',
    data: {
      action: 'accepted',
      policyId: 'staff',
      policyVersion: '2',
      textSha256: 'ab'.repeat(32),
      language: 'cy-GB',
      statements: [{ id: 'monitoring', text: 'Rwy’n cydsynio.', ticked: true }],
      fullName: 'Mair Ŵyn',
      jobRole: 'Athrawes',
      account,
      machine,
      audience: 'staff',
      openedAt: '2026-09-01T07:40:00Z',
      decidedAt: '2026-09-01T07:41:00Z',
      agentVersion: '0.1.0',
      loginId: 'login-1',
      ...changes,
    },
  };
}

export type OpenOptions = Partial<OutboxOptions> & { faults?: StorageFault[] };

export function outboxOptions(directory: string, { faults, ...options }: OpenOptions = {}): OutboxOptions {
  return {
    directory,
    maxBytes: 64 * 1024 * 1024,
    nowUtc: () => new Date('2026-09-01T07:45:00Z'),
    describeFault: faultEvent,
    onFault: (fault) => faults?.push(fault),
    canForget: () => true,
    ...options,
  };
}

export async function opened(directory: string, options: OpenOptions = {}): Promise<Outbox> {
  const outbox = await openOutbox(outboxOptions(directory, options));
  if (!outbox.ok) throw new Error(`the outbox did not open: ${JSON.stringify(outbox.error)}`);
  return outbox.value;
}

export async function allPending(outbox: Outbox) {
  const pending = await outbox.pending({ maxEvents: 100_000, maxBytes: 1e9 });
  if (!pending.ok) throw new Error(pending.error.reason);
  return pending.value;
}

/** A stand-in for the agent's key: the same in every process of a test, and every acceptance counts as signed by it. */
export const testProof: ReceiptProof = {
  macOf: (text) => createHash('sha256').update(text, 'utf8').digest('base64url'),
  hasSigned: () => true,
};
