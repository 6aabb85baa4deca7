/** The audit log: what agents tried and were refused, and what administrators did. */
import type { Transaction } from 'kysely';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';
import { addLogRecords, type NewRecord } from './log-records.ts';

export interface AuditEntry {
  readonly schoolId: string;
  /** ISO UTC. */
  readonly at: string;
  /** `agent:` and its id, or the tool that an administrator used. */
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  readonly detail: string;
}

/** Names the leaf of an entry. */
export function auditRecordId(position: number): string {
  return `audit:${position}`;
}

/**
 * Notes what administrators do each time, and what an agent tried at its first occurrence of each day, so that an agent
 * cannot fill the disk. Each entry gets a leaf in the log.
 */
export async function noteAudit(
  transaction: Transaction<Tables>,
  entries: readonly AuditEntry[],
): Promise<void> {
  const records: NewRecord[] = [];
  for (const { schoolId, at, actor, act, ...about } of entries) {
    const subject = asKept(about.subject).slice(0, 600);
    const detail = asKept(about.detail).slice(0, 1000);
    const added = await transaction
      .insertInto('audit')
      .values({
        school_id: schoolId,
        noted_at: at,
        day: actor.startsWith('agent:') ? at.slice(0, 10) : at,
        actor,
        act,
        subject,
        detail,
      })
      .onConflict((conflict) => conflict.columns(['school_id', 'actor', 'act', 'subject', 'day']).doNothing())
      .returning('position')
      .executeTakeFirst();
    if (added === undefined) continue;
    const id = auditRecordId(added.position);
    records.push({ id, kind: 'act', schoolId, at, facts: { actor, act, subject, detail } });
  }
  await addLogRecords(transaction, records);
}

export const auditWrites = {
  'audit.note': (transaction: Transaction<Tables>, entry: AuditEntry) => noteAudit(transaction, [entry]),
};

export interface AuditRepository {
  /** Notes what a person did in the console, where the act itself writes nothing. */
  note(entry: Omit<AuditEntry, 'at'>): Promise<void>;
}

export function createAuditRepository(storage: Storage, now: () => Date): AuditRepository {
  return { note: (entry) => storage.write('audit.note', { ...entry, at: now().toISOString() }) };
}
