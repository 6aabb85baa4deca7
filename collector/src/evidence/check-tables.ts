/** Compares what agents and administrators did, as the tables say it, with the records that have a leaf in the log. */
import { normaliseSerial } from '../../../shared/device/serial-number.ts';
import { keyRecordId } from '../repositories/agents.ts';
import { auditRecordId } from '../repositories/audit.ts';
import type { EvidenceRepository } from '../repositories/evidence.ts';
import { publishedTextRecordId } from '../repositories/log-records.ts';
import { approvalRecordId, requestRowOf } from '../repositories/media-register.ts';
import { checkCountersignatures } from './check-countersignatures.ts';
import { compareRows, type Facts, readRecords, type TableRow } from './compare-rows.ts';
import type { Report } from './finding.ts';

const mostListed = 200;

function isOfAudit([recordId]: readonly [string, Facts]): boolean {
  return recordId.startsWith('audit:');
}

async function checkAgents(
  repository: EvidenceRepository,
  acts: ReadonlyMap<string, Facts>,
  found: Report,
  erased: ReadonlySet<string>,
): Promise<void> {
  const records = await readRecords(repository, 'key-enrolled');
  const states = new Map<unknown, string>();
  // In the order of the audit log: the newest act is last.
  for (const { act, subject } of acts.values()) {
    const [, state] = /^agent-(active|waiting|expelled)$/u.exec(String(act)) ?? [];
    if (state !== undefined) states.set(subject, state);
  }
  const rows = (await repository.agents()).map((agent): TableRow => {
    const recordId = keyRecordId(agent.agent_id);
    return {
      recordId,
      name: `agent ${agent.agent_id}`,
      facts: {
        school: agent.school_id,
        agent: agent.agent_id,
        key: agent.key_id,
        x: agent.public_key,
        at: agent.enrolled_at,
        // Where no act has changed it, the state is that of the record.
        ...(states.get(agent.agent_id) === undefined ? { state: agent.state } : {}),
      },
    };
  });
  compareRows(rows, records, found, erased);
  for (const { agent_id: agentId, state } of await repository.agents()) {
    const expected = states.get(agentId);
    if (expected !== undefined && expected !== state) {
      found('altered', {}, `agent ${agentId}: its state is ${state}, and the last act made it ${expected}`);
    }
  }
}

async function checkTexts(
  repository: EvidenceRepository,
  found: Report,
  erased: ReadonlySet<string>,
): Promise<void> {
  const rows = (await repository.publishedTexts()).map((row): TableRow => {
    const { school_id: school, policy_id: policy, policy_version: version, text_sha256: textSha256 } = row;
    return {
      recordId: publishedTextRecordId([school, policy, version, textSha256]),
      name: `published text ${policy} ${version}`,
      facts: { school, policy, version, textSha256, at: row.published_at },
    };
  });
  compareRows(rows, await readRecords(repository, 'policy-published'), found, erased);
}

/** The chain of earlier versions ends where the log says. */
async function checkChainEnd(
  repository: EvidenceRepository,
  ended: Facts | undefined,
  found: Report,
): Promise<void> {
  const head = await repository.chainHead();
  if (ended === undefined) {
    if ((head?.place ?? 0) > 0)
      found('inserted', {}, 'the chain of an earlier version: the log knows of none');
  } else if (head?.place !== ended['place'] || head?.head !== ended['head']) {
    found('altered', {}, `the chain of an earlier version: it ended with record ${String(ended['place'])}`);
  }
}

async function checkAudit(
  repository: EvidenceRepository,
  found: Report,
  erased: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Facts>> {
  const rows = (await repository.audit()).map((row): TableRow => {
    const { actor, act, subject, detail } = row;
    return {
      recordId: auditRecordId(row.position),
      name: `entry ${row.position} of the audit log`,
      facts: { school: row.school_id, at: row.noted_at, actor, act, subject, detail },
    };
  });
  const acts = await readRecords(repository, 'act');
  await checkChainEnd(repository, acts.get('chain'), found);
  const records = new Map([...acts].filter(isOfAudit));
  compareRows(rows, records, found, erased);
  return new Map(rows.map(({ recordId, facts }) => [recordId, facts]));
}

async function checkRegister(
  repository: EvidenceRepository,
  found: Report,
  erased: ReadonlySet<string>,
): Promise<void> {
  const records = await readRecords(repository, 'approval');
  const added = new Map<string, Facts>();
  const returned = new Map<string, unknown>();
  const lost = new Set<string>();
  const removed = new Set<string>();
  const decided = new Map<unknown, Facts>();
  for (const [recordId, facts] of records) {
    const id = approvalRecordId(String(facts['school']), String(facts['entry']));
    if (facts['act'] === 'added') {
      added.set(recordId, facts);
      if (facts['returnedAt'] !== null) returned.set(id, facts['returnedAt']);
    } else if (facts['act'] === 'returned' || facts['act'] === 'lost') {
      returned.set(id, facts['at']);
      if (facts['act'] === 'lost') lost.add(id);
    } else if (facts['act'] === 'removed') removed.add(id);
    else if (facts['request'] !== undefined) decided.set(facts['request'], facts);
  }
  for (const id of removed) added.delete(id);
  const entries = await repository.register();
  const rows = entries.map((row): TableRow => {
    const { school_id: school, entry_id: entry, vendor_id: vendor, product_id: product } = row;
    const { serial, label, issued_to: issuedTo, expires_at: expiresAt, created_at: at } = row;
    return {
      recordId: approvalRecordId(school, entry),
      name: `entry ${entry} of the device register`,
      facts: { school, entry, vendor, product, serial, label, issuedTo, expiresAt, at },
    };
  });
  compareRows(rows, added, found, erased);
  for (const row of entries) {
    const expected = returned.get(approvalRecordId(row.school_id, row.entry_id)) ?? null;
    const serialKey = row.serial === null ? null : normaliseSerial(row.serial);
    if (row.serial_key !== serialKey) {
      found('altered', {}, `entry ${row.entry_id} of the device register: its serial_key`);
    }
    if (row.issued_at !== (row.issued_to === '' ? null : row.created_at)) {
      found('altered', {}, `entry ${row.entry_id} of the device register: when it was issued`);
    }
    if (row.lost !== (lost.has(approvalRecordId(row.school_id, row.entry_id)) ? 1 : 0)) {
      found('altered', {}, `entry ${row.entry_id} of the device register: whether it was lost`);
    }
    if (row.returned_at !== expected) {
      found('altered', {}, `entry ${row.entry_id} of the device register: when it was returned`);
    }
  }
  await checkRequests(repository, decided, found, erased);
}

async function checkRequests(
  repository: EvidenceRepository,
  decided: ReadonlyMap<unknown, Facts>,
  found: Report,
  erased: ReadonlySet<string>,
): Promise<void> {
  for (const row of await repository.mediaRequests()) {
    const { event_id: eventId } = row;
    if (row.raw === null) {
      found('inserted', { eventId }, 'a request for approval without its event');
      continue;
    }
    if (!erased.has(eventId)) {
      const expected = requestRowOf(eventId, row.raw);
      for (const [name, value] of Object.entries(expected ?? {})) {
        const isDecision = name.startsWith('decision') || name.startsWith('decided_');
        if (!isDecision && Reflect.get(row, name) !== value) {
          found('altered', { eventId }, `column ${name} of the request for approval`);
        }
      }
      if (row.school_id !== row.event_school_id) {
        found('altered', { eventId }, 'column school_id of the request for approval');
      }
    }
    const decision = decided.get(eventId);
    const columns: readonly (readonly [name: string, stored: unknown, expected: unknown])[] = [
      ['decision', row.decision, decision?.['act'] ?? 'open'],
      ['decided_at', row.decided_at, decision?.['at'] ?? null],
      ['decided_by', row.decided_by, decision?.['by'] ?? ''],
      ['decision_reason', row.decision_reason, decision?.['reason'] ?? ''],
    ];
    for (const [name, stored, value] of columns) {
      if (stored !== value) found('altered', { eventId }, `column ${name} of the request for approval`);
    }
  }
}

/** Sets of rows that no single record tells about. */
async function checkSets(repository: EvidenceRepository, after: number, found: Report): Promise<void> {
  for (const eventId of await repository.unlogged(after, mostListed)) {
    found('inserted', { eventId }, 'it is in no leaf of the log');
  }
  for (const { eventId } of await repository.unopenedDays(mostListed)) {
    found('inserted', { eventId }, 'no day was opened for it');
  }
  for (const eventId of await repository.wrongForks(after, mostListed)) {
    found('altered', { eventId }, 'column fork of the event');
  }
  for (const eventId of await repository.unfoundedMarks(mostListed)) {
    found('altered', { eventId }, 'column marks of the event');
  }
  const { events: unlisted } = (await readRecords(repository, 'act')).get('unlisted') ?? {};
  for (const eventId of await repository.unlistedRequests(mostListed)) {
    if (Array.isArray(unlisted) && unlisted.includes(eventId)) continue;
    found('removed', { eventId }, 'its row among the requests for approval');
  }
  for (const { eventId } of await repository.unfoundedAnswers(mostListed)) {
    found('inserted', { eventId }, 'an answer to the question at login that follows from no acknowledgement');
  }
  for (const { eventId } of await repository.missingAnswers(mostListed)) {
    found('removed', { eventId }, 'its answer to the question at login');
  }
  for (const { agentId, highest, there, missing } of await repository.wrongCounts(mostListed)) {
    found(
      'removed',
      {},
      `agent ${agentId} has sent ${highest} events: ${there} are here, and ${missing} are known to be missing`,
    );
  }
}

/**
 * `after`: a position up to which everything was verified before. Names rows of every table that are not what the log
 * says.
 */
export async function checkTables(
  repository: EvidenceRepository,
  after: number,
  erased: ReadonlySet<string>,
  found: Report,
): Promise<void> {
  const acts = await checkAudit(repository, found, erased);
  await checkAgents(repository, acts, found, erased);
  await checkTexts(repository, found, erased);
  await checkRegister(repository, found, erased);
  await checkCountersignatures(repository, found, erased);
  await checkSets(repository, after, found);
}
