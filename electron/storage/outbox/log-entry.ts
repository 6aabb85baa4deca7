/** What the agent keeps in memory about one event of the log; the content stays in the file. */
import { acknowledgedDataSchema, type OutboxEvent } from '../../../shared/wire/events.ts';
import type { SettledOutcome } from './log-line.ts';

export type LogEntry = {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  /** An acknowledgement, whatever its action: never evicted. */
  readonly evidence: boolean;
  /** The acceptance of a policy: forgotten only when its receipt is saved elsewhere. */
  readonly acceptance: boolean;
  /** Position of the line in the file, in bytes. */
  readonly offset: number;
  /** Bytes, with the line end. */
  readonly length: number;
  outcome: SettledOutcome | 'pending';
};

export function entryOf(event: OutboxEvent, offset: number, length: number): LogEntry {
  const evidence = event.type === 'porthor.policy.acknowledged.v1';
  return {
    id: event.id,
    sequence: event.sequence,
    type: event.type,
    evidence,
    acceptance: evidence && acknowledgedDataSchema.safeParse(event.data).data?.action === 'accepted',
    offset,
    length,
    outcome: 'pending',
  };
}
