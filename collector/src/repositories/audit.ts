/** The audit log: what agents tried and were refused, and what administrators did. */
import type { Transaction } from 'kysely';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';

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

/** Notes the first occurrence of each day. */
export async function noteAudit(
  transaction: Transaction<Tables>,
  entries: readonly AuditEntry[],
): Promise<void> {
  for (const { schoolId, at, actor, act, subject, detail } of entries) {
    await transaction
      .insertInto('audit')
      .values({
        school_id: schoolId,
        noted_at: at,
        day: at.slice(0, 10),
        actor,
        act,
        subject: asKept(subject).slice(0, 600),
        detail: asKept(detail).slice(0, 1000),
      })
      .onConflict((conflict) => conflict.columns(['school_id', 'actor', 'act', 'subject', 'day']).doNothing())
      .execute();
  }
}
