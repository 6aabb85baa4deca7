/** Checks the chain of acknowledgements and every signature, and names every difference from what arrived. */
import type { KeyObject } from 'node:crypto';
import { type AcknowledgedData, acknowledgedDataSchema } from '../../../shared/wire/events.ts';
import type { StatementPlace } from '../../../shared/wire/evidence.ts';
import { hasWrongTime, wrongTimeMark } from '../events/event-times.ts';
import { toAcknowledgementRow } from '../repositories/acknowledgement-row.ts';
import type { ChainHead, EvidenceChainRepository, StoredLink } from '../repositories/evidence-chain.ts';
import { standingOf } from '../repositories/standing.ts';
import { type ChainRecord, chainRecordSha256, firstPreviousSha256, sha256Hex } from './chain-record.ts';
import { type CheckedEvidence, checkEvidence, keyIdOf, publicKeyOf } from './check-evidence.ts';
import { checkHistories, hasOtherHistory, withoutHistory } from './check-histories.ts';
import type { Finding, Report } from './finding.ts';

export interface ChainReport {
  /** Number of records checked. */
  readonly records: number;
  /** How many records arrived with each verdict on their evidence. */
  readonly verdicts: ReadonlyMap<string, number>;
  /** Events whose evidence was not good when they arrived, at most `mostListed`. */
  readonly doubtful: readonly {
    readonly place: number;
    readonly eventId: string;
    readonly verdict: string;
  }[];
  /** Records that were chained only after they had arrived, and when. */
  readonly chainedLate: { readonly count: number; readonly chainedAt: string } | undefined;
  /** In the order of the chain. At most `mostFindings`: more would tell the technician nothing new. */
  readonly findings: readonly Finding[];
  /** The walk ended early because it had found too much. */
  readonly gaveUp: boolean;
  readonly head: ChainHead;
}

export interface VerifyOptions {
  /** A head that the technician wrote down earlier: the record at that place must still have that hash. */
  readonly writtenDown?: ChainHead;
  readonly onProgress?: (done: number, all: number) => void;
}

const recordsPerPage = 500;
const mostFindings = 200;
const mostListed = 20;
/** How many places to each side are searched for the original place of a moved record. */
const searchWidth = 16;

/** The shape of an event that the collector has accepted. */
interface ArrivedEvent {
  readonly id: unknown;
  readonly source: unknown;
  readonly type: unknown;
  readonly time: unknown;
  readonly sequence: unknown;
  readonly previous?: unknown;
  readonly data: AcknowledgedData;
}

export async function verifyChain(
  chain: EvidenceChainRepository,
  options: VerifyOptions = {},
): Promise<ChainReport> {
  const stored = await chain.head();
  const lastPlace = stored?.place ?? Number.MAX_SAFE_INTEGER;
  const findings: Finding[] = [];
  const found: Report = (kind, link, detail) => {
    findings.push({ kind, place: link.place, eventId: link.eventId ?? '', detail });
  };
  const keys = createKeyRing(chain);
  const collectorName = await chain.collectorName();
  const underWay: Promise<void>[] = [];
  let pageBefore: Promise<unknown> = Promise.resolve();
  const verdicts = new Map<string, number>();
  const doubtful: { place: number; eventId: string; verdict: string }[] = [];
  let chainedLate: { count: number; chainedAt: string } | undefined;

  let previous: ReachedRecord = {
    place: 0,
    eventId: '',
    recordSha256: firstPreviousSha256,
  };
  /** How many places later records are than they were, after insertions and removals before them. */
  let shift = 0;
  let records = 0;
  const listOrder = createOrder();
  const eventOrder = createOrder();
  /** Places with a finding, so that one act of tampering is not reported twice. */
  const told = new Set<number>();

  const judgeOrder = async (link: StoredLink): Promise<void> => {
    const { place } = link;
    const gap = place > previous.place + 1;
    if (gap) {
      const missing = place - previous.place - 1;
      const upTo = missing === 1 ? '' : ` up to ${place - 1}`;
      found('removed', { place: previous.place + 1 }, `record ${previous.place + 1}${upTo} is missing`);
    }
    if (isSelfConsistent(link, place - shift)) {
      if (gap || told.has(previous.place) || link.previousSha256 === previous.recordSha256) return;
      // The record after it still holds its original hash.
      told.add(previous.place);
      found(
        'altered',
        previous.place === 0 ? { place: 1, eventId: link.eventId } : previous,
        previous.place === 0
          ? 'it is not the first record that there was'
          : 'its hash was made anew; the next record holds the one it had',
      );
      return;
    }
    const original = await findOriginalPlace(link, shift, chain);
    told.add(place);
    if (original === undefined) {
      found('altered', link, 'the record of the chain itself: its hash is not that of what it says');
      return;
    }
    const others = Array.from({ length: Math.abs(place - shift - original) }, (_, index) => index);
    const neighbourKnown = (await chain.placeOfRecord(link.previousSha256)) !== undefined;
    if (original < place - shift && others.every((back) => !told.has(place - 1 - back))) {
      for (const back of others.toReversed()) {
        found('inserted', { place: place - 1 - back }, 'no such record was there when the next one was made');
      }
      shift = place - original;
      return;
    }
    if (original > place - shift && !neighbourKnown) {
      const missing = original - (place - shift);
      found(
        'removed',
        { place },
        `${missing === 1 ? 'the record' : `${missing} records`} that stood before this one`,
      );
      shift = place - original;
      return;
    }
    found('moved', link, `it stood at place ${original}`);
  };

  const judgeEvent = async (link: StoredLink): Promise<void> => {
    if (link.raw === null) {
      found('removed', link, 'the event itself; its record is still in the chain');
      return;
    }
    const eventSha256 = sha256Hex(link.raw);
    if (eventSha256 !== link.eventSha256) {
      const home = await chain.placeOfEventText(eventSha256);
      if (home === undefined) found('altered', link, 'the text of the event');
      else found('moved', link, `it holds the text of the event of record ${home}`);
      return;
    }
    // The collector could not read it when it arrived, so nothing in the list follows from it.
    if (link.evidence === 'unreadable') return;
    const arrived = readArrived(link.raw);
    if (arrived === undefined) {
      found('altered', link, 'the text of the event is none that was ever taken');
      return;
    }
    const { event, row } = arrived;
    const columns: readonly (readonly [name: string, stored: unknown, expected: unknown])[] = [
      ['event_id', link.eventId, event.id],
      ['agent_id', `porthor:agent:${link.eventAgentId ?? ''}`, event.source],
      ['agent_id of the chain', `porthor:agent:${link.agentId}`, event.source],
      ['sequence', link.eventSequence, event.sequence],
      ['type', link.eventType, event.type],
      ['occurred_at', link.eventOccurredAt, event.time],
      ['received_at', link.eventReceivedAt, link.receivedAt],
      ['school_id', link.eventSchoolId, link.agentSchoolId],
      ['unreadable', link.eventUnreadable, null],
      ['fork', link.eventFork, link.expectedFork],
      ['marks', withoutHistory(link.eventMarks), expectedMarks(link, event)],
    ];
    for (const [name, stored, expected] of columns) {
      if (stored !== expected) found('altered', link, `column ${name} of the event`);
    }
    if (link.listPosition === null) {
      found('removed', link, 'its row in the list of acknowledgements');
    } else {
      for (const [name, expected] of Object.entries(row)) {
        if (name === 'event_id') continue;
        if (Reflect.get(link, name) !== expected) found('altered', link, `column ${name} of the list`);
      }
      const ofTheList: typeof columns = [
        ['school_id', link.listSchoolId, link.agentSchoolId],
        ['evidence', link.listEvidence, link.evidence],
        ['standing', link.listStanding, expectedStanding(link, event, row.account_key)],
      ];
      for (const [name, stored, expected] of ofTheList) {
        if (stored !== expected) found('altered', link, `column ${name} of the list`);
      }
    }
    // A record that is known to be moved proves nothing about the others.
    if (!told.has(link.place)) {
      const listed = listOrder.misplaced(link, link.listPosition);
      if (listed !== undefined) found('moved', listed, 'its place in the list');
      const among = eventOrder.misplaced(link, link.eventPosition);
      if (among !== undefined) found('moved', among, 'its place among the events');
    }
    // Bad evidence is not checked again: the chain proves that its text is what arrived.
    if (link.evidence !== 'valid' && link.evidence !== 'unbound') return;
    const key = await keys.find(link.keyId);
    const findKey = (keyId: string) => (keyId === link.keyId ? key : undefined);
    underWay.push(
      checkArrived(event.data, placeOf(link, event, collectorName), findKey).then(({ verdict }) => {
        if (verdict === 'unknown-key') found('removed', link, 'the key that its signature was made with');
        // Before there were statements, a good signature over the facts alone was called valid.
        else if (verdict !== 'valid' && verdict !== 'unbound') {
          found('altered', link, `its signature: ${verdict}`);
        }
      }),
    );
  };

  const gaveUp = (): boolean => findings.length >= mostFindings;
  while (!gaveUp()) {
    const page = await chain.page(previous.place, lastPlace, recordsPerPage);
    for (const link of page) {
      if (gaveUp()) break;
      // Nearly every record is sound and must not cost a turn of the event loop.
      const isNext =
        link.place === previous.place + 1 &&
        link.previousSha256 === previous.recordSha256 &&
        !told.has(previous.place) &&
        isSelfConsistent(link, link.place - shift);
      if (!isNext) await judgeOrder(link);
      await judgeEvent(link);
      verdicts.set(link.evidence, (verdicts.get(link.evidence) ?? 0) + 1);
      if (link.evidence !== 'valid' && doubtful.length < mostListed) {
        doubtful.push({ place: link.place, eventId: link.eventId, verdict: link.evidence });
      }
      if (link.chainedAt !== link.receivedAt) {
        chainedLate = { count: (chainedLate?.count ?? 0) + 1, chainedAt: link.chainedAt };
      }
      previous = { place: link.place, eventId: link.eventId, recordSha256: link.recordSha256 };
      records += 1;
    }
    // The walk is a page ahead of the signatures and no further, so that memory stays small.
    await pageBefore;
    pageBefore = Promise.all(underWay.splice(0));
    if (page.length < recordsPerPage) break;
    options.onProgress?.(records, stored?.place ?? records);
  }
  await pageBefore;
  if (!gaveUp()) {
    checkEnd({ stored, previous, isTold: told.has(previous.place) }, found);
    await checkBesideChain(chain, options.writtenDown, found);
    await checkHistories(chain, found);
  }
  const head = stored ?? { place: previous.place, recordSha256: previous.recordSha256 };
  const inOrder = findings.toSorted((left, right) => orderOf(left) - orderOf(right));
  return { records, verdicts, doubtful, chainedLate, findings: inOrder, gaveUp: gaveUp(), head };
}

interface ReachedRecord {
  readonly place: number;
  readonly eventId: string;
  readonly recordSha256: string;
}

/** Compares the last record that was reached with the stored head. `isTold`: that record has a finding already. */
function checkEnd(
  end: {
    readonly stored: ChainHead | undefined;
    readonly previous: ReachedRecord;
    readonly isTold: boolean;
  },
  found: Report,
): void {
  const { stored, previous, isTold } = end;
  if (stored === undefined) {
    found('removed', {}, 'the head of the chain, which says how many records there were');
  } else if (previous.place < stored.place) {
    found(
      'removed',
      { place: previous.place + 1 },
      `the chain ends at ${previous.place} and had ${stored.place} records`,
    );
  } else if (previous.recordSha256 !== stored.recordSha256 && !isTold) {
    found(
      'altered',
      previous,
      'its hash was made anew, or records before it were put in or taken out: it is not the one that the chain ended with',
    );
  }
}

/** Checks what the chain does not reach: records behind its head, and rows that follow from no record. */
async function checkBesideChain(
  chain: EvidenceChainRepository,
  writtenDown: ChainHead | undefined,
  found: Report,
): Promise<void> {
  for (const link of await chain.behindHead()) found('inserted', link, 'behind the end of the chain');
  for (const { eventId, where } of await chain.unchained()) {
    found(
      'inserted',
      { eventId },
      `it stands ${where === 'events' ? 'among the events' : 'in the list'} and in no record of the chain`,
    );
  }
  for (const link of await chain.unfoundedAnswers()) {
    found('inserted', link, 'an answer to the question at login that follows from no acknowledgement');
  }
  for (const link of await chain.missingAnswers()) {
    found('removed', link, 'its answer to the question at login');
  }
  if (writtenDown !== undefined && (await chain.recordAt(writtenDown.place)) !== writtenDown.recordSha256) {
    found('altered', { place: writtenDown.place }, 'it does not have the hash that was written down');
  }
}

/** Where the collector keeps it. A statement must name the same place. */
function placeOf(link: StoredLink, event: ArrivedEvent, collectorName: string): StatementPlace {
  return {
    collector: collectorName,
    school: link.agentSchoolId ?? '',
    agentId: link.agentId,
    eventId: link.eventId,
    sequence: link.eventSequence ?? 0,
    previous: typeof event.previous === 'string' ? event.previous : '',
  };
}

function isOutOfTime(link: StoredLink, event: ArrivedEvent): boolean {
  return hasWrongTime([String(event.time), event.data.decidedAt], link.receivedAt);
}

/** The marks that ingest gives to such an event, without the one about its history. */
function expectedMarks(link: StoredLink, event: ArrivedEvent): string {
  const marks = [
    ...(link.eventFork === 0 ? [] : ['forked']),
    ...(isOutOfTime(link, event) ? [wrongTimeMark] : []),
  ];
  return marks.join(' ');
}

/** The standing that ingest gives to such an acknowledgement. */
function expectedStanding(link: StoredLink, event: ArrivedEvent, accountKey: string): string {
  return standingOf({
    evidence: link.evidence,
    // Null in a database from before agents were bound to an account.
    isOwnAccount: link.agentAccountKey === null || link.agentAccountKey === accountKey,
    isForked: (link.expectedFork ?? 0) > 0,
    hasOtherHistory: hasOtherHistory(link.eventMarks),
    hasWrongTime: isOutOfTime(link, event),
    isPublished: (link.timesPublished ?? 0) > 0,
  });
}

/** By place; findings without a place come last. */
function orderOf({ place }: Finding): number {
  return place ?? Number.MAX_SAFE_INTEGER;
}

function isSelfConsistent(link: StoredLink, place: number): boolean {
  return chainRecordSha256(asRecord(link, place)) === link.recordSha256;
}

/** Hashes the stored verdict as text, even one that the collector does not know. */
function asRecord(link: StoredLink, place: number): ChainRecord {
  const { eventId, eventSha256, agentId, receivedAt, chainedAt, keyId, previousSha256 } = link;
  const evidence = link.evidence as ChainRecord['evidence'];
  return { place, eventId, eventSha256, agentId, receivedAt, chainedAt, evidence, keyId, previousSha256 };
}

/** The place for which the hash of a moved record is right. */
async function findOriginalPlace(
  link: StoredLink,
  shift: number,
  chain: EvidenceChainRepository,
): Promise<number | undefined> {
  const neighbour =
    link.previousSha256 === firstPreviousSha256 ? 0 : await chain.placeOfRecord(link.previousSha256);
  const around = Array.from({ length: searchWidth }, (_, step) => [step + 1, -step - 1]).flat();
  const candidates = [
    link.place,
    ...(neighbour === undefined ? [] : [neighbour + 1, neighbour + 1 - shift]),
    ...around.map((step) => link.place - shift + step),
  ];
  return candidates.find((place) => place > 0 && isSelfConsistent(link, place));
}

interface Placed {
  readonly place: number;
  readonly eventId: string;
}

/** Positions rise along the chain. Returns the record that breaks this: the previous one, if that has jumped ahead. */
function createOrder() {
  let last: { link: Placed | undefined; position: number } = { link: undefined, position: 0 };
  let beforeLast = 0;
  return {
    misplaced({ place, eventId }: Placed, position: number | null): Placed | undefined {
      if (position === null) return undefined;
      const link = { place, eventId };
      if (position > last.position) {
        beforeLast = last.position;
        last = { link, position };
        return undefined;
      }
      if (position <= beforeLast) return link;
      const jumped = last.link;
      last = { link, position };
      return jumped;
    },
  };
}

/** Keys by id, each created once. A key that no longer matches its id is left out. */
function createKeyRing(chain: EvidenceChainRepository) {
  const known = new Map<string, KeyObject | undefined>();
  return {
    async find(keyId: string): Promise<KeyObject | undefined> {
      if (!known.has(keyId)) {
        const x = await chain.publicKey(keyId);
        known.set(keyId, x !== undefined && keyIdOf(x) === keyId ? publicKeyOf(x) : undefined);
      }
      return known.get(keyId);
    },
  };
}

/**
 * The event and the row that follows from it. The schema parsed this text on arrival, so no schema is needed again. An
 * attacker who recomputed the hashes may have stored anything: a text that throws is not an event.
 */
function readArrived(
  raw: string,
): { readonly event: ArrivedEvent; readonly row: ReturnType<typeof toAcknowledgementRow> } | undefined {
  try {
    const event = JSON.parse(raw) as ArrivedEvent;
    return { event, row: toAcknowledgementRow(String(event.id), event.data) };
  } catch {
    return undefined;
  }
}

/** Agents write the facts in the schema's order. Facts in another order are sorted and checked again. */
async function checkArrived(
  data: AcknowledgedData,
  place: StatementPlace,
  findKey: (keyId: string) => KeyObject | undefined,
): Promise<CheckedEvidence> {
  const checked = await checkEvidence(data, place, findKey);
  if (checked.verdict !== 'other-facts') return checked;
  const ordered = acknowledgedDataSchema.safeParse(data);
  return ordered.success ? checkEvidence(ordered.data, place, findKey) : checked;
}
