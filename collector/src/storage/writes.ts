/** Every write that the storage runs, by name. Inputs and outputs are plain data, so that they can cross threads. */
import type { Transaction } from 'kysely';
import { erasureWrites } from '../privacy/erase-person.ts';
import { retentionWrites } from '../privacy/retention.ts';
import { agentWrites } from '../repositories/agents.ts';
import { auditWrites } from '../repositories/audit.ts';
import { consoleAccessWrites } from '../repositories/console-access.ts';
import { consoleAccountWrites } from '../repositories/console-accounts.ts';
import { countersignatureWrites } from '../repositories/countersignature-writes.ts';
import { eventWrites, projectionWrites } from '../repositories/events.ts';
import { healthWrites } from '../repositories/health.ts';
import { logWrites } from '../repositories/log.ts';
import { logRecordWrites } from '../repositories/log-records.ts';
import { mediaRegisterWrites } from '../repositories/media-register.ts';
import { offlineCodeWrites } from '../repositories/offline-codes.ts';
import { publicUrlWrites } from '../repositories/public-url.ts';
import { publishedTextWrites } from '../repositories/published-texts.ts';
import { rosterWrites } from '../repositories/roster.ts';
import { witnessWrites } from '../witness/ask-witness.ts';
import type { Tables } from './tables.ts';

const singleWrites = {
  ...agentWrites,
  ...auditWrites,
  ...consoleAccessWrites,
  ...consoleAccountWrites,
  ...countersignatureWrites,
  ...erasureWrites,
  ...healthWrites,
  ...logRecordWrites,
  ...logWrites,
  ...mediaRegisterWrites,
  ...offlineCodeWrites,
  ...projectionWrites,
  ...publicUrlWrites,
  ...publishedTextWrites,
  ...rosterWrites,
  ...retentionWrites,
  ...witnessWrites,
};

/** Each of these takes all waiting inputs at once, and returns outputs in the same order. */
const batchedWrites = { ...eventWrites };

type SingleWrites = typeof singleWrites;
type BatchedWrites = typeof batchedWrites;
export type WriteName = keyof SingleWrites | keyof BatchedWrites;
export type WriteInput<Name extends WriteName> = Name extends keyof SingleWrites
  ? Parameters<SingleWrites[Name]>[1]
  : Name extends keyof BatchedWrites
    ? Parameters<BatchedWrites[Name]>[1][number]
    : never;
export type WriteOutput<Name extends WriteName> = Name extends keyof SingleWrites
  ? Awaited<ReturnType<SingleWrites[Name]>>
  : Name extends keyof BatchedWrites
    ? Awaited<ReturnType<BatchedWrites[Name]>>[number]
    : never;

export interface QueuedWrite {
  readonly name: WriteName;
  readonly input: unknown;
  /** Number of events in it; 1 for a write of another kind. */
  readonly size: number;
}

type Untyped = (transaction: Transaction<Tables>, input: unknown) => Promise<unknown>;
type UntypedBatch = (
  transaction: Transaction<Tables>,
  inputs: readonly unknown[],
) => Promise<readonly unknown[]>;

/**
 * Runs writes in the given order, and returns outputs in that order. Neighbours of one batched kind run as one.
 * `Storage.write` has checked the types of name and input.
 */
export async function runWrites(
  transaction: Transaction<Tables>,
  writes: readonly QueuedWrite[],
): Promise<readonly unknown[]> {
  const outputs: unknown[] = [];
  for (let start = 0; start < writes.length; ) {
    const { name, input } = writes[start] ?? {};
    if (name === undefined) break;
    if (name in batchedWrites) {
      let end = start + 1;
      while (writes[end]?.name === name) end += 1;
      const run = batchedWrites[name as keyof BatchedWrites] as unknown as UntypedBatch;
      outputs.push(
        ...(await run(
          transaction,
          writes.slice(start, end).map((write) => write.input),
        )),
      );
      start = end;
    } else {
      const run = singleWrites[name as keyof SingleWrites] as unknown as Untyped;
      outputs.push(await run(transaction, input));
      start += 1;
    }
  }
  return outputs;
}
