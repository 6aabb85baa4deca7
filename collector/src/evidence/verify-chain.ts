/**
 * Checks the chain of acknowledgements of a database from before the log, and names every difference from what arrived.
 * Nothing is added to the chain any more.
 */
import type { ChainHead, EvidenceChainRepository, StoredLink } from '../repositories/evidence-chain.ts';
import { type ChainRecord, chainRecordSha256, firstPreviousSha256, sha256Hex } from './chain-record.ts';
import type { LeafContext } from './check-leaves.ts';
import { createFindings, type Finding, type Report } from './finding.ts';
import { judgeAcknowledgement } from './judge-acknowledgement.ts';

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
const mostListed = 20;
/** How many places to each side are searched for the original place of a moved record. */
const searchWidth = 16;

export async function verifyChain(
  chain: EvidenceChainRepository,
  context: LeafContext,
  options: VerifyOptions = {},
): Promise<ChainReport> {
  const stored = await chain.head();
  const lastPlace = stored?.place ?? Number.MAX_SAFE_INTEGER;
  const { findings, found, isFull: gaveUp } = createFindings();
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
    const { raw } = link;
    if (raw === null) {
      found('removed', link, 'the event itself; its record is still in the chain');
      return;
    }
    if (raw === '' && context.erased.ids.has(link.eventId)) return;
    const eventSha256 = sha256Hex(raw);
    if (eventSha256 !== link.eventSha256) {
      const home = await chain.placeOfEventText(eventSha256);
      if (home === undefined) found('altered', link, 'the text of the event');
      else found('moved', link, `it holds the text of the event of record ${home}`);
      return;
    }
    await judgeAcknowledgement({ ...link, raw }, link, context, found, link);
    // A record that is known to be moved proves nothing about the others.
    if (told.has(link.place)) return;
    const listed = listOrder.misplaced(link, link.listPosition);
    if (listed !== undefined) found('moved', listed, 'its place in the list');
    const among = eventOrder.misplaced(link, link.eventPosition);
    if (among !== undefined) found('moved', among, 'its place among the events');
  };

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
    if (page.length < recordsPerPage) break;
    options.onProgress?.(records, stored?.place ?? records);
  }
  if (!gaveUp()) {
    checkEnd({ stored, previous, isTold: told.has(previous.place) }, found);
    await checkBesideChain(chain, options.writtenDown, found);
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

/** Checks what the chain does not reach: records behind its head, and a head that was written down. */
async function checkBesideChain(
  chain: EvidenceChainRepository,
  writtenDown: ChainHead | undefined,
  found: Report,
): Promise<void> {
  for (const link of await chain.behindHead()) found('inserted', link, 'behind the end of the chain');
  if (writtenDown !== undefined && (await chain.recordAt(writtenDown.place)) !== writtenDown.recordSha256) {
    found('altered', { place: writtenDown.place }, 'it does not have the hash that was written down');
  }
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
