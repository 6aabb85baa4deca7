/** `collector -- evidence`: one file with all evidence of one acknowledgement, for a reader who trusts neither school nor us. */
import { open } from 'node:fs/promises';
import { CollectorError } from './collector-error.ts';
import { keyRecordId } from './repositories/agents.ts';
import { createLogRepository, type RecordProof } from './repositories/log.ts';
import type { CollectorDatabase } from './storage/storage.ts';

export const evidenceHelp = `  npm run collector -- evidence FILE --record ID --data DIR
      Writes a new file with the acknowledgement of that id, its signature, the record of the key that signed it,
      and the proofs that the log holds both. docs/check-evidence.py checks it without this program.
`;

/** The sequencer may sign between two reads. */
const mostReads = 5;

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

/** The bundle as data. Throws CollectorError for a record that is not here, or not in the log yet. */
async function makeBundle(database: CollectorDatabase, eventId: string) {
  const event = await readRecord(database, eventId);
  if (event === undefined && (await isErased(database, eventId))) {
    throw new CollectorError(`The text of ${eventId} was erased. See: privacy log`);
  }
  if (event === undefined || event.agentId === null) {
    throw new CollectorError(`There is no acknowledgement ${eventId}. Its id is in the export.`);
  }
  const keyId = keyRecordId(event.agentId);
  const key = await readRecord(database, keyId);
  const log = createLogRepository(database);
  for (let reads = 0; reads < mostReads; reads += 1) {
    const [proven, provenKey] = [await log.proveRecord(eventId), await log.proveRecord(keyId)];
    if (proven === undefined || provenKey === undefined || key === undefined) {
      throw new CollectorError(`${eventId} waits to be taken into the log. Try again in a minute.`);
    }
    if (proven.checkpoint !== provenKey.checkpoint) continue;
    return {
      form: 'porthor-bundle-v1',
      event: { raw: event.raw, arrival: event.arrival, leaf: leafOf(proven, event.salt) },
      key: { raw: key.raw, leaf: leafOf(provenKey, key.salt) },
      checkpoint: proven.checkpoint,
      verifierKey: (await log.head())?.verifierKey ?? '',
    };
  }
  throw new CollectorError('The log grows too fast to be read. Try again in a minute.');
}

/** The file is new, and its owner alone may read it: it holds a name. */
export async function runEvidence(
  database: CollectorDatabase,
  { eventId, target }: { readonly eventId: string; readonly target: string },
  say: (line: string) => void,
): Promise<void> {
  const bundle = await makeBundle(database, eventId);
  try {
    const handle = await open(target, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(bundle, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CollectorError(`${target} cannot be written as a new file: ${code}. Name another file.`);
  }
  say(`The evidence of ${eventId} is in ${target}.`);
  say(`The key of the log: ${bundle.verifierKey}`);
}
