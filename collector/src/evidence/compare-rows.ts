/** Compares the rows of a table with the records that have a leaf in the log. */
import type { EvidenceRepository } from '../repositories/evidence.ts';
import type { Report } from './finding.ts';

export type Facts = Readonly<Record<string, unknown>>;

const recordsPerPage = 1000;

export async function readRecords(repository: EvidenceRepository, kind: string): Promise<Map<string, Facts>> {
  const records = new Map<string, Facts>();
  for (let after = ''; ; ) {
    const page = await repository.recordsOfKind(kind, after, recordsPerPage);
    for (const { recordId, raw } of page) {
      // An erased record says nothing, and still is one.
      records.set(recordId, readFacts(raw));
      after = recordId;
    }
    if (page.length < recordsPerPage) return records;
  }
}

function readFacts(raw: string): Facts {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? (value as Facts) : {};
  } catch {
    return {};
  }
}

export interface TableRow {
  readonly recordId: string;
  /** For the technician, such as `agent 0b6f…`. */
  readonly name: string;
  /** What the record says of it, by the record's own names. */
  readonly facts: Facts;
}

/** Each row has its record, and each record its row. */
export function compareRows(
  rows: readonly TableRow[],
  records: ReadonlyMap<string, Facts>,
  found: Report,
  erased: ReadonlySet<string>,
): void {
  const left = new Set(records.keys());
  for (const { recordId, name, facts } of rows) {
    const record = records.get(recordId);
    left.delete(recordId);
    if (erased.has(recordId)) continue;
    if (record === undefined) {
      found('inserted', {}, `${name}: no record in the log says that it was added`);
      continue;
    }
    for (const [member, value] of Object.entries(facts)) {
      if (record[member] !== value) found('altered', {}, `${name}: its ${member} is not that of its record`);
    }
  }
  for (const recordId of left) {
    if (!erased.has(recordId)) found('removed', {}, `what the record ${recordId} in the log is about`);
  }
}
