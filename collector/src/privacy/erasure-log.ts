/** Reads what was erased from a school's data, as the log holds it. */
import type { CollectorDatabase } from '../storage/storage.ts';

interface ErasureEntry {
  readonly recordId: string;
  /** ISO UTC. */
  readonly at: string;
  /** Events and records whose text is gone. */
  readonly records: number;
  /** For an erasure that a person asked for. */
  readonly asked: { readonly by: string; readonly reason: string } | undefined;
  /** For events whose time was over: their kind, and the days that the school keeps it. */
  readonly retention: { readonly kind: string; readonly days: number } | undefined;
}

interface ErasureFacts {
  readonly act?: unknown;
  readonly at?: unknown;
  readonly askedBy?: unknown;
  readonly reason?: unknown;
  readonly records?: unknown;
  readonly events?: unknown;
  readonly of?: unknown;
  readonly days?: unknown;
}

function toEntry(recordId: string, raw: string): ErasureEntry {
  const facts = JSON.parse(raw) as ErasureFacts;
  const records = Array.isArray(facts.records) ? facts.records.length : Number(facts.events);
  const isRetention = facts.act === 'retention';
  return {
    recordId,
    at: String(facts.at),
    records,
    asked: isRetention ? undefined : { by: String(facts.askedBy), reason: String(facts.reason) },
    retention: isRetention ? { kind: String(facts.of), days: Number(facts.days) } : undefined,
  };
}

/** Newest first. */
export async function listErasures(
  database: CollectorDatabase,
  schoolId: string,
): Promise<readonly ErasureEntry[]> {
  const rows = await database
    .selectFrom('log_records')
    .select(['record_id', 'raw'])
    .where('kind', '=', 'erasure')
    .where('school_id', '=', schoolId)
    .execute();
  return rows
    .map(({ record_id, raw }) => toEntry(record_id, raw))
    .toSorted((left, right) => (left.at < right.at ? 1 : -1));
}
