/** The chain that versions before the log kept: one record for each acknowledgement, each with the hash of the one before. */
import type { DatabaseSync } from 'node:sqlite';
import {
  chainRecordSha256,
  firstPreviousSha256,
  sha256Hex,
} from '../../../collector/src/evidence/chain-record.ts';
import { readArrival } from '../../../collector/src/log/leaf.ts';

/** Chains every acknowledgement of the database in the order of its arrival. */
export function chainAcknowledgements(database: DatabaseSync): void {
  const rows = database
    .prepare(
      `select events.event_id, raw, arrival from events join log_salts on log_salts.event_id = events.event_id
       where type like 'porthor.policy.acknowledged.v%' order by position`,
    )
    .all();
  const insert = database.prepare('insert into evidence_chain values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  let previousSha256 = firstPreviousSha256;
  for (const [index, row] of rows.entries()) {
    const arrived = readArrival(String(row['arrival']));
    if (arrived === undefined) throw new Error('an acknowledgement says nothing about its arrival');
    const record = {
      place: index + 1,
      eventId: String(row['event_id']),
      eventSha256: sha256Hex(String(row['raw'])),
      agentId: arrived.agentId,
      receivedAt: arrived.receivedAt,
      chainedAt: arrived.receivedAt,
      evidence: arrived.evidence as 'valid',
      keyId: arrived.keyId,
      previousSha256,
    };
    previousSha256 = chainRecordSha256(record);
    insert.run(...Object.values(record), previousSha256);
  }
  database.prepare('update evidence_head set place = ?, record_sha256 = ?').run(rows.length, previousSha256);
}
