/** Stores batches of events, each event once, and gives every event back verbatim. */
import type { KeyObject } from 'node:crypto';
import type { Result } from '../../../shared/lib/result.ts';
import type { EventResult } from '../../../shared/wire/collector-api.ts';
import { type EvaluatedEvent, evaluateEvent, type Refusal } from '../events/evaluate-event.ts';
import { hasWrongTime } from '../events/event-times.ts';
import { splitBatch } from '../events/split-batch.ts';
import { type CheckedEvidence, checkEvidence, publicKeyOf } from '../evidence/check-evidence.ts';
import type { Storage } from '../storage/storage.ts';
import { toAcknowledgementRow } from './acknowledgement-row.ts';
import type { KnownAgent } from './agents.ts';
import { readCollectorName } from './collector-name.ts';
import { findLeaves } from './log-records.ts';
import { toRequestRow } from './media-register.ts';
import {
  type ProjectedEvent,
  projectEvents,
  type StoreAnswer,
  type StoredLeaf,
  type StoreEvent,
  storeEvents,
} from './store-events.ts';

const rowsPerExportPage = 500;
const rowsPerProjection = 200;
/** Public keys in memory; each is about a kilobyte. */
const maxKnownKeys = 10_000;

export interface SequenceGap {
  readonly agentId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly noticedAt: string;
}

export interface EventRepository {
  /**
   * Answers in the order of `batch`. What is answered `stored` is on disk. An event that is already there with the
   * same content from the same agent is a `duplicate`; the same id with anything else is `rejected`. Undefined when the
   * agent was expelled meanwhile; then nothing is stored.
   */
  store(
    agent: Pick<KnownAgent, 'agentId' | 'schoolId'>,
    batch: readonly Result<EvaluatedEvent, Refusal>[],
  ): Promise<readonly EventResult[] | undefined>;
  /**
   * Reads stored events again that an earlier version could not read, and lists what it can read now. Returns how many
   * became readable.
   */
  projectUnreadable(): Promise<number>;
  /** The text of every event of one school, or of all, in order of arrival. Erased events are left out. */
  readAll(schoolId?: string): AsyncIterable<string>;
  listSequenceGaps(): Promise<readonly SequenceGap[]>;
  /** How many sequence numbers lie in gaps. */
  countMissing(): Promise<number>;
  /** How many events this collector cannot read. */
  countUnreadable(): Promise<number>;
  /** When the newest event arrived; undefined before the first. */
  lastReceivedAt(): Promise<string | undefined>;
}

export const eventWrites = { 'events.store': storeEvents };
export const projectionWrites = { 'events.project': projectEvents };

/**
 * Finds the key that evidence names. An agent may sign with its own key and with the earlier keys of the same PC: a key
 * that was lost with its secrets may have signed events that were still waiting to be sent.
 */
function createKeyFinder({ reader }: Storage) {
  const known = new Map<string, KeyObject>();
  return async (agentId: string, keyId: string): Promise<KeyObject | undefined> => {
    const name = `${agentId} ${keyId}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const row = await reader
      .selectFrom('agents')
      .innerJoin('agents as sender', (join) =>
        join
          .onRef('sender.machine_id', '=', 'agents.machine_id')
          .onRef('sender.school_id', '=', 'agents.school_id'),
      )
      .select('agents.public_key')
      .where('sender.agent_id', '=', agentId)
      .where('agents.key_id', '=', keyId)
      .executeTakeFirst();
    const key = row === undefined ? undefined : publicKeyOf(row.public_key);
    if (key === undefined) return undefined;
    if (known.size >= maxKnownKeys) known.clear();
    known.set(name, key);
    return key;
  };
}

function toStoreEvent(
  event: EvaluatedEvent,
  checked: CheckedEvidence | undefined,
  receivedAt: string,
): StoreEvent {
  const { acknowledgement, mediaRequest, ...described } = event;
  const { id, occurredAt } = event;
  return {
    ...described,
    checked,
    hasWrongTime: hasWrongTime([occurredAt, acknowledgement?.decidedAt ?? ''], receivedAt),
    acknowledgement: acknowledgement === undefined ? undefined : toAcknowledgementRow(id, acknowledgement),
    mediaRequest: mediaRequest === undefined ? undefined : toRequestRow(id, mediaRequest),
  };
}

/** `signReceipt` answers undefined at a collector that does not sign the log: it gives no receipts. */
export function createEventRepository(
  storage: Storage,
  now: () => Date,
  signReceipt: (leaf: StoredLeaf) => string | undefined = () => undefined,
): EventRepository {
  const { reader } = storage;
  const findKey = createKeyFinder(storage);

  /** Receipts of acknowledgements, new or known, by the id of the event. */
  const receiptsOf = async (
    fresh: readonly StoredLeaf[],
    duplicates: readonly string[],
  ): Promise<ReadonlyMap<string, string>> => {
    const known = duplicates.length === 0 ? [] : await findLeaves(reader, duplicates);
    const receipts = new Map<string, string>();
    for (const leaf of [...fresh, ...known]) {
      const receipt = signReceipt(leaf);
      if (receipt !== undefined) receipts.set(leaf.eventId, receipt);
    }
    return receipts;
  };

  let collectorName: string | undefined;

  const check = async (
    { agentId, schoolId }: Pick<KnownAgent, 'agentId' | 'schoolId'>,
    event: EvaluatedEvent,
  ): Promise<CheckedEvidence | undefined> => {
    if (event.acknowledgement !== undefined) {
      collectorName ??= await readCollectorName(reader);
      const { id: eventId, sequence, previous } = event;
      const place = { collector: collectorName, school: schoolId, agentId, eventId, sequence, previous };
      return checkEvidence(event.acknowledgement, place, (keyId) => findKey(agentId, keyId));
    }
    // An acknowledgement that cannot be read is evidence too: the chain binds its text.
    const isAcknowledgement = event.type.startsWith('porthor.policy.acknowledged.v');
    return isAcknowledgement ? { verdict: 'unreadable', keyId: '' } : undefined;
  };

  return {
    async store({ agentId, schoolId }, batch) {
      const at = now().toISOString();
      const events = await Promise.all(
        batch.flatMap((evaluated) =>
          evaluated.ok
            ? [
                check({ agentId, schoolId }, evaluated.value).then((checked) =>
                  toStoreEvent(evaluated.value, checked, at),
                ),
              ]
            : [],
        ),
      );
      const stored = await storage.write('events.store', {
        schoolId,
        agentId,
        at,
        events,
      });
      if (stored === 'expelled') return undefined;
      const { answers, leaves } = stored;
      const duplicates = events.flatMap(({ id, checked }, index) =>
        checked !== undefined && answers[index] === 'duplicate' ? [id] : [],
      );
      const receipts = await receiptsOf(leaves, duplicates);
      let next = 0;
      return batch.map((evaluated): EventResult => {
        if (!evaluated.ok) {
          return { id: evaluated.error.id, status: 'rejected', reason: evaluated.error.reason };
        }
        const answer: StoreAnswer | undefined = answers[next];
        next += 1;
        const { id } = evaluated.value;
        return answer === 'stored' || answer === 'duplicate'
          ? { id, status: answer, ...(receipts.has(id) ? { receipt: receipts.get(id) } : {}) }
          : { id, status: 'rejected', reason: 'id: another event has this id' };
      });
    },

    async projectUnreadable() {
      let projected = 0;
      let after = 0;
      for (;;) {
        const rows = await reader
          .selectFrom('events')
          .select(['position', 'school_id', 'agent_id', 'received_at', 'raw', 'fork', 'marks'])
          .where('unreadable', 'is not', null)
          .where('position', '>', after)
          .orderBy('position')
          .limit(rowsPerProjection)
          .execute();
        const last = rows.at(-1);
        if (last === undefined) return projected;
        after = last.position;
        const readable: ProjectedEvent[] = [];
        for (const row of rows) {
          const [element] = splitBatch(`[${row.raw}]`);
          if (element === undefined) continue;
          const evaluated = evaluateEvent(element, JSON.parse(row.raw), row.agent_id);
          if (!evaluated.ok || evaluated.value.unreadable !== undefined) continue;
          readable.push({
            schoolId: row.school_id,
            agentId: row.agent_id,
            at: row.received_at,
            fork: row.fork,
            marks: row.marks,
            event: toStoreEvent(
              evaluated.value,
              await check({ agentId: row.agent_id, schoolId: row.school_id }, evaluated.value),
              row.received_at,
            ),
          });
        }
        if (readable.length > 0) await storage.write('events.project', readable);
        projected += readable.length;
      }
    },

    async *readAll(schoolId) {
      let after = 0;
      for (;;) {
        const rows = await reader
          .selectFrom('events')
          .select(['position', 'raw'])
          .where('position', '>', after)
          .where('raw', '<>', '')
          .$if(schoolId !== undefined, (query) => query.where('school_id', '=', schoolId ?? ''))
          .orderBy('position')
          .limit(rowsPerExportPage)
          .execute();
        for (const row of rows) yield row.raw;
        const last = rows.at(-1);
        if (last === undefined) return;
        after = last.position;
      }
    },

    async listSequenceGaps() {
      const rows = await reader
        .selectFrom('sequence_gaps')
        .selectAll()
        .orderBy('agent_id')
        .orderBy('first_sequence')
        .execute();
      return rows.map((row) => ({
        agentId: row.agent_id,
        firstSequence: row.first_sequence,
        lastSequence: row.last_sequence,
        noticedAt: row.noticed_at,
      }));
    },

    async countMissing() {
      const row = await reader
        .selectFrom('sequence_gaps')
        .select(({ fn, eb }) =>
          fn.sum<number | null>(eb(eb('last_sequence', '-', eb.ref('first_sequence')), '+', 1)).as('missing'),
        )
        .executeTakeFirstOrThrow();
      return row.missing ?? 0;
    },

    async countUnreadable() {
      const { count } = await reader
        .selectFrom('events')
        .select((expression) => expression.fn.countAll<number>().as('count'))
        .where('unreadable', 'is not', null)
        .executeTakeFirstOrThrow();
      return count;
    },

    async lastReceivedAt() {
      const row = await reader
        .selectFrom('events')
        .select('received_at')
        .orderBy('position', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.received_at;
    },
  };
}
