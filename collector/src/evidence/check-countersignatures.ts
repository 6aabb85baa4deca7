/** Compares countersignatures with their records in the log, and with the acknowledgements that they are under. */
import { openNote } from '../log/checkpoint.ts';
import { countersignatureText } from '../log/countersignature.ts';
import { countersignatureRecordId, withdrawalRecordId } from '../repositories/countersignature-writes.ts';
import type { EvidenceRepository } from '../repositories/evidence.ts';
import { compareRows, readRecords, type TableRow } from './compare-rows.ts';
import type { Report } from './finding.ts';

const mostListed = 200;
const eventsPerQuestion = 500;

type Rows = Awaited<ReturnType<EvidenceRepository['countersignatures']>>;

function toTableRows(row: Rows[number]): TableRow[] {
  const { countersignature_id: id, school_id: school, event_id: event } = row;
  const name = `countersignature ${id}`;
  const { account_id: by, signatory, signed_at: at, leaf_sha256: leaf, signature } = row;
  const signed = {
    recordId: countersignatureRecordId(id),
    name,
    facts: { school, at, act: 'signed', event, leaf, by, name: signatory, signature },
  };
  const { withdrawn_at: withdrawnAt, withdrawn_by: withdrawnBy, withdrawn_name: withdrawnName } = row;
  const { withdrawal_reason: reason } = row;
  if ([withdrawnAt, withdrawnBy, withdrawnName, reason].every((value) => value === null)) return [signed];
  const facts = { school, act: 'withdrawn', countersignature: id, event, reason };
  return [
    signed,
    {
      recordId: withdrawalRecordId(id),
      name: `withdrawal of the ${name}`,
      facts: { ...facts, at: withdrawnAt, by: withdrawnBy, name: withdrawnName },
    },
  ];
}

/** The key of the log has signed this row, and with it the leaf of the acknowledgement as it is now. */
async function checkSignatures(
  repository: EvidenceRepository,
  rows: Rows,
  erased: ReadonlySet<string>,
  found: Report,
): Promise<void> {
  const keys = await repository.logKeys();
  for (let start = 0; start < rows.length; start += eventsPerQuestion) {
    const page = rows.slice(start, start + eventsPerQuestion);
    const leaves = await repository.leafHashes(page.map(({ event_id: eventId }) => eventId));
    const hashes = new Map(leaves.map(({ eventId, leafSha256 }) => [eventId, leafSha256]));
    for (const { countersignature_id: id, event_id: eventId, leaf_sha256: leafSha256, ...row } of page) {
      if (erased.has(countersignatureRecordId(id))) continue;
      if (hashes.get(eventId) !== leafSha256) {
        found('altered', { eventId }, 'its countersignature was made under another leaf');
      }
      const facts = { eventId, leafSha256, by: row.account_id, name: row.signatory, at: row.signed_at };
      const isSigned = keys.some((key) => {
        const [name = ''] = key.split('+');
        return openNote(row.signature, key) === countersignatureText(name, facts);
      });
      if (!isSigned) {
        found('altered', { eventId }, 'its countersignature is not signed by the key of the log');
      }
    }
  }
}

export async function checkCountersignatures(
  repository: EvidenceRepository,
  found: Report,
  erased: ReadonlySet<string>,
): Promise<void> {
  const rows = await repository.countersignatures();
  compareRows(rows.flatMap(toTableRows), await readRecords(repository, 'countersignature'), found, erased);
  await checkSignatures(repository, rows, erased, found);
  for (const eventId of await repository.wrongCountersigned(mostListed)) {
    // The row of an erased acknowledgement is gone; its countersignature stays.
    if (!erased.has(eventId)) found('altered', { eventId }, 'column countersignature_id of the list');
  }
}
