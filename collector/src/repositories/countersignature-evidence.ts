/** What verification reads of countersignatures. It only reads. */
import { sql } from 'kysely';
import type { CollectorDatabase } from '../storage/storage.ts';
import { createLogRepository } from './log.ts';
import { findLeaves } from './log-records.ts';

export function countersignatureEvidence(database: CollectorDatabase) {
  return {
    countersignatures: () => database.selectFrom('countersignatures').selectAll().execute(),
    /** Acknowledgements that name another countersignature than the one that stands, or lack its name. */
    async wrongCountersigned(limit: number): Promise<readonly string[]> {
      const { rows } = await sql<{ event_id: string }>`
        select list.event_id from acknowledgements as list where list.countersignature_id is not null and not exists (
          select 1 from countersignatures as signed where signed.countersignature_id = list.countersignature_id
            and signed.event_id = list.event_id and signed.school_id = list.school_id and signed.withdrawn_at is null)
        union select signed.event_id from countersignatures as signed where signed.withdrawn_at is null and not exists (
          select 1 from acknowledgements as list where list.countersignature_id = signed.countersignature_id)
        limit ${limit}`.execute(database);
      return rows.map(({ event_id }) => event_id);
    },
    /** All keys of the log, newest first. */
    logKeys: async () => (await createLogRepository(database).keys()).keys,
    /** Hash of the leaf of each event, in hex, whether it is in the log or waits. */
    leafHashes: (eventIds: readonly string[]) => findLeaves(database, eventIds),
  };
}
