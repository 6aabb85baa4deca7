/** Checks leaves of the log against the records that they are for. */
import { expectedEntry, readArrival } from '../log/leaf.ts';
import { hashBytes, leafHash } from '../log/merkle.ts';
import type { EvidenceRepository, LoggedRecord } from '../repositories/evidence.ts';
import type { Erased } from './erased.ts';
import { createFindings, type Finding, type Report } from './finding.ts';
import { type JudgeContext, judgeAcknowledgement } from './judge-acknowledgement.ts';

const mostListed = 20;

export interface DoubtfulRecord {
  readonly leaf: number | undefined;
  readonly eventId: string;
  readonly verdict: string;
}

export interface LeavesReport {
  /** The leaves that are there, in order. */
  readonly indexes: readonly number[];
  /** Their hashes, one after the other. */
  readonly hashes: Uint8Array;
  /** Acknowledgements by the verdict on their signature. */
  readonly verdicts: readonly (readonly [verdict: string, count: number])[];
  /** Acknowledgements that were erased, or whose evidence was not good when they arrived, at most 20. */
  readonly doubtful: readonly DoubtfulRecord[];
  readonly findings: readonly Finding[];
}

export interface LeafContext extends JudgeContext {
  /** What was erased, as leaves of the log say. */
  readonly erased: Erased;
}

const acknowledgementForm = /^porthor-leaf-v\d+ acknowledgement /u;

/** The id that an event says of itself. */
function ownIdOf(raw: string): unknown {
  try {
    return (JSON.parse(raw) as { readonly id?: unknown } | null)?.id;
  } catch {
    return undefined;
  }
}

function schoolIn(raw: string): unknown {
  try {
    return (JSON.parse(raw) as { readonly school?: unknown } | null)?.school;
  } catch {
    return undefined;
  }
}

function checkEntry(
  record: LoggedRecord,
  about: { readonly raw: string; readonly salt: string; readonly isAcknowledgement: boolean },
  found: Report,
  at: Parameters<Report>[1],
): boolean {
  const { raw, salt, isAcknowledgement } = about;
  const kind = isAcknowledgement ? 'acknowledgement' : (record.recordKind ?? '');
  // Whatever follows the digits would not be part of the salt.
  const isSalt = /^[0-9a-f]{64}$/u.test(salt);
  if (isSalt && record.entry === expectedEntry({ kind, salt, arrival: record.arrival, raw })) return true;
  if (!isAcknowledgement) {
    found('altered', at, 'the text of the record, or its salt, is not what the log holds');
    return false;
  }
  const own = ownIdOf(raw);
  if (typeof own === 'string' && own !== record.eventId) {
    found('moved', at, `it holds the text of event ${own}`);
  } else {
    found('altered', at, 'the text of the event, or its salt, is not what the log holds');
  }
  return false;
}

/** Returns the verdict on the signature of an acknowledgement; undefined for any other record. */
async function checkRecord(
  record: LoggedRecord,
  leaf: number | undefined,
  context: LeafContext,
  found: Report,
): Promise<string | undefined> {
  const { eventId, salt, arrival } = record;
  const at = { leaf, eventId };
  const isAcknowledgement = acknowledgementForm.test(record.entry);
  const raw = isAcknowledgement ? record.raw : record.recordRaw;
  if (raw === null) {
    const what = isAcknowledgement ? 'the event itself' : 'the record itself';
    found('removed', at, `${what}; its leaf is still in the log`);
    return undefined;
  }
  if (raw === '' && salt === null && context.erased.ids.has(eventId)) {
    return isAcknowledgement ? 'erased' : undefined;
  }
  if (salt === null) {
    found('removed', at, 'the salt of its leaf');
    return undefined;
  }
  if (!checkEntry(record, { raw, salt, isAcknowledgement }, found, at)) return undefined;
  if (!isAcknowledgement) {
    if (record.recordSchoolId !== schoolIn(raw)) found('altered', at, 'column school_id of the record');
    return undefined;
  }
  if (record.eventSalt !== null) found('altered', at, 'column salt of the event');
  // The chain of an older database says how an acknowledgement with a leaf of version 1 arrived.
  if (arrival === null) return undefined;
  const arrived = readArrival(arrival);
  if (arrived === undefined) {
    found('altered', at, 'the line about its arrival');
    return undefined;
  }
  if (arrived.schoolId !== record.agentSchoolId) found('altered', at, 'column school_id of its agent');
  if (arrived.position !== record.eventPosition) found('moved', at, 'its place among the events');
  const { listPosition } = arrived;
  if (listPosition !== null && record.listPosition !== null && listPosition !== record.listPosition) {
    found('moved', at, 'its place in the list');
  }
  await judgeAcknowledgement({ ...record, raw }, arrived, context, found, at);
  return arrived.evidence;
}

async function checkAll(
  records: readonly LoggedRecord[],
  leafOf: (record: LoggedRecord) => number | undefined,
  context: LeafContext,
): Promise<LeavesReport> {
  const { findings, found, isFull } = createFindings();
  const verdicts = new Map<string, number>();
  const doubtful: DoubtfulRecord[] = [];
  const hashes = Buffer.alloc(records.length * hashBytes);
  for (const [index, record] of records.entries()) {
    leafHash(Buffer.from(record.entry)).copy(hashes, index * hashBytes);
    if (isFull()) continue;
    const leaf = leafOf(record);
    const verdict = await checkRecord(record, leaf, context, found);
    if (verdict === undefined) continue;
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    if (verdict !== 'valid' && doubtful.length < mostListed) {
      doubtful.push({ leaf, eventId: record.eventId, verdict });
    }
  }
  const indexes = records.map(({ leafIndex }) => leafIndex);
  return { indexes, hashes, verdicts: [...verdicts], doubtful, findings };
}

export async function checkLeaves(
  repository: EvidenceRepository,
  { from, end }: { readonly from: number; readonly end: number },
  context: LeafContext,
): Promise<LeavesReport> {
  return checkAll(await repository.leaves(from, end), ({ leafIndex }) => leafIndex, context);
}

const pendingPerPage = 1000;

/** The same of records that wait to be taken into the log. `hashes` and `indexes` are empty. */
export async function checkPending(
  repository: EvidenceRepository,
  context: LeafContext,
): Promise<Omit<LeavesReport, 'indexes' | 'hashes'> & { readonly count: number }> {
  const reports: LeavesReport[] = [];
  let count = 0;
  for (let after = 0; ; ) {
    const page = await repository.pending(after, pendingPerPage);
    reports.push(await checkAll(page, () => undefined, context));
    count += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < pendingPerPage) break;
    after = last.leafIndex;
  }
  return {
    count,
    verdicts: reports.flatMap(({ verdicts }) => verdicts),
    doubtful: reports.flatMap(({ doubtful }) => doubtful),
    findings: reports.flatMap(({ findings }) => findings),
  };
}
