/** The evidence of one acknowledgement as data, for a reader who trusts neither school nor us. */
import { setTimeout } from 'node:timers/promises';
import { CollectorError } from '../collector-error.ts';
import { keyRecordId } from '../repositories/agents.ts';
import { countersignatureRecordId, withdrawalRecordId } from '../repositories/countersignature-writes.ts';
import { createLogRepository, type RecordProof } from '../repositories/log.ts';
import type { CollectorDatabase } from '../storage/storage.ts';

/** The sequencer may sign between two reads. */
const mostReads = 8;
const pauseMs = 400;

async function readRecord(database: CollectorDatabase, id: string) {
  const row = await database
    .selectFrom('log_salts')
    .leftJoin('events', 'events.event_id', 'log_salts.event_id')
    .leftJoin('log_records', 'log_records.record_id', 'log_salts.event_id')
    .select(['log_salts.salt', 'log_salts.arrival', 'events.raw', 'log_records.raw as recordRaw'])
    .select('events.agent_id as agentId')
    .where('log_salts.event_id', '=', id)
    .executeTakeFirst();
  const raw = row?.raw ?? row?.recordRaw ?? undefined;
  return row === undefined || raw === undefined ? undefined : { ...row, raw };
}

async function isErased(database: CollectorDatabase, eventId: string): Promise<boolean> {
  const row = await database
    .selectFrom('events')
    .select('position')
    .where('event_id', '=', eventId)
    .where('raw', '=', '')
    .executeTakeFirst();
  return row !== undefined;
}

function leafOf({ leafIndex, entry, proof }: RecordProof, salt: string) {
  return { index: leafIndex, entry, salt, proof: proof.map((hash) => hash.toString('base64')) };
}

/** Countersignatures of the acknowledgement and their withdrawals, in the order in which they were made. */
async function countersignatureRecords(database: CollectorDatabase, eventId: string) {
  const rows = await database
    .selectFrom('countersignatures')
    .select('countersignature_id as id')
    .where('event_id', '=', eventId)
    .orderBy('signed_at')
    .execute();
  const records = [];
  for (const { id } of rows) {
    for (const recordId of [countersignatureRecordId(id), withdrawalRecordId(id)]) {
      const record = await readRecord(database, recordId);
      if (record !== undefined) records.push({ id: recordId, raw: record.raw, salt: record.salt });
    }
  }
  return records;
}

/** The bundle as data. Throws CollectorError for a record that is not here, or not in the log yet. */
export async function makeBundle(database: CollectorDatabase, eventId: string) {
  const event = await readRecord(database, eventId);
  if (event === undefined && (await isErased(database, eventId))) {
    throw new CollectorError(`The text of ${eventId} was erased. See: privacy log`);
  }
  if (event === undefined || event.agentId === null) {
    throw new CollectorError(`There is no acknowledgement ${eventId}. Its id is in the export.`);
  }
  const keyId = keyRecordId(event.agentId);
  const key = await readRecord(database, keyId);
  const signed = await countersignatureRecords(database, eventId);
  const log = createLogRepository(database);
  for (let reads = 0; reads < mostReads; reads += 1) {
    if (reads > 0) await setTimeout(pauseMs);
    const [proven, provenKey] = [await log.proveRecord(eventId), await log.proveRecord(keyId)];
    if (proven === undefined || provenKey === undefined || key === undefined) {
      throw new CollectorError(`${eventId} waits to be taken into the log. Try again in a minute.`);
    }
    const countersignatures = [];
    for (const { id, raw, salt } of signed) {
      const provenRecord = await log.proveRecord(id);
      if (provenRecord?.checkpoint !== proven.checkpoint) break;
      countersignatures.push({ raw, leaf: leafOf(provenRecord, salt) });
    }
    const isOfOneCheckpoint = proven.checkpoint === provenKey.checkpoint;
    // A countersignature of the last second waits for the next checkpoint.
    if (!isOfOneCheckpoint || countersignatures.length < signed.length) continue;
    return {
      form: 'porthor-bundle-v1',
      event: { raw: event.raw, arrival: event.arrival, leaf: leafOf(proven, event.salt) },
      key: { raw: key.raw, leaf: leafOf(provenKey, key.salt) },
      countersignatures,
      checkpoint: proven.checkpoint,
      verifierKey: (await log.head())?.verifierKey ?? '',
    };
  }
  throw new CollectorError('The log grows too fast to be read. Try again in a minute.');
}
