/** Stores batches of events, each in one transaction and each event once, and gives every event back verbatim. */
import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import type { Result } from '../../../shared/lib/result.ts';
import type { EventResult } from '../../../shared/wire/collector-api.ts';
import type { JudgedEvent, Refusal } from '../events/judge-event.ts';
import { toAcknowledgementRow } from './acknowledgement-row.ts';
import type { CollectorDatabase } from './database.ts';
import { appendToChain, judgeEvidence, takeChainHead } from './evidence-chain.ts';
import { toRequestRow } from './media-register.ts';
import type { Tables } from './schema.ts';

/** Rows in one insert statement, so that its parameters stay well under SQLite's limit of 32,766. */
const rowsPerInsert = 200;
const rowsPerExportPage = 500;

export interface SequenceGap {
  readonly agentId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly noticedAt: string;
}

export interface EventRepository {
  /**
   * Answers in the order of `batch`. What is answered `stored` is on disk. An event that is already there with the
   * same content from the same agent is a `duplicate`; the same id with anything else is `rejected`.
   */
  store(agentId: string, batch: readonly Result<JudgedEvent, Refusal>[]): Promise<readonly EventResult[]>;
  /** The text of every event, in order of arrival. */
  readAll(): AsyncIterable<string>;
  listSequenceGaps(): Promise<readonly SequenceGap[]>;
  /** How many sequence numbers lie in gaps. */
  countMissing(): Promise<number>;
  /** When the newest event arrived; undefined before the first. */
  lastReceivedAt(): Promise<string | undefined>;
}

function inSlices<Item>(items: readonly Item[], size: number): Item[][] {
  const slices: Item[][] = [];
  for (let start = 0; start < items.length; start += size) slices.push(items.slice(start, start + size));
  return slices;
}

/** Opens a gap where numbers were jumped over, and closes or shrinks one when a late event fills it. */
async function noteSequences(
  transaction: Transaction<Tables>,
  agentId: string,
  sequences: readonly number[],
  nowText: string,
): Promise<void> {
  const agent = await transaction
    .selectFrom('agents')
    .select('highest_sequence')
    .where('agent_id', '=', agentId)
    .executeTakeFirstOrThrow();
  let highest = agent.highest_sequence;
  const openGap = (first: number, last: number, noticedAt: string): Promise<unknown> =>
    transaction
      .insertInto('sequence_gaps')
      .values({ agent_id: agentId, first_sequence: first, last_sequence: last, noticed_at: noticedAt })
      .execute();
  for (const sequence of [...sequences].sort((left, right) => left - right)) {
    if (sequence > highest) {
      if (sequence > highest + 1) await openGap(highest + 1, sequence - 1, nowText);
      highest = sequence;
      continue;
    }
    const gap = await transaction
      .selectFrom('sequence_gaps')
      .selectAll()
      .where('agent_id', '=', agentId)
      .where('first_sequence', '<=', sequence)
      .orderBy('first_sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (gap === undefined || gap.last_sequence < sequence) continue;
    await transaction
      .deleteFrom('sequence_gaps')
      .where('agent_id', '=', agentId)
      .where('first_sequence', '=', gap.first_sequence)
      .execute();
    if (gap.first_sequence < sequence) await openGap(gap.first_sequence, sequence - 1, gap.noticed_at);
    if (gap.last_sequence > sequence) await openGap(sequence + 1, gap.last_sequence, gap.noticed_at);
  }
  await transaction
    .updateTable('agents')
    .set({ highest_sequence: highest, last_seen_at: nowText })
    .where('agent_id', '=', agentId)
    .execute();
}

export function createEventRepository(database: CollectorDatabase, now: () => Date): EventRepository {
  return {
    async store(agentId, batch) {
      // Signatures are checked before the database is taken, so that nobody waits for the arithmetic.
      const evidence = await judgeEvidence(
        database,
        agentId,
        batch.flatMap((judged) => (judged.ok ? [judged.value] : [])),
      );
      const ids = [...new Set(batch.flatMap((judged) => (judged.ok ? [judged.value.event.id] : [])))];
      return database.transaction().execute(async (transaction) => {
        const head = evidence.size === 0 ? undefined : await takeChainHead(transaction);
        const nowText = now().toISOString();
        const known = new Map<string, { agentId: string; raw: string }>();
        for (const row of ids.length === 0
          ? []
          : await transaction
              .selectFrom('events')
              .select(['event_id', 'agent_id', 'raw'])
              .where('event_id', 'in', ids)
              .execute()) {
          known.set(row.event_id, { agentId: row.agent_id, raw: row.raw });
        }

        const fresh: JudgedEvent[] = [];
        const results = batch.map((judged): EventResult => {
          if (!judged.ok) return { id: judged.error.id, status: 'rejected', reason: judged.error.reason };
          const { event, raw } = judged.value;
          const stored = known.get(event.id);
          if (stored === undefined) {
            known.set(event.id, { agentId, raw });
            fresh.push(judged.value);
            return { id: event.id, status: 'stored' };
          }
          const same =
            stored.agentId === agentId &&
            (stored.raw === raw || isDeepStrictEqual(JSON.parse(stored.raw), JSON.parse(raw)));
          return same
            ? { id: event.id, status: 'duplicate' }
            : { id: event.id, status: 'rejected', reason: 'id: another event has this id' };
        });

        for (const slice of inSlices(fresh, rowsPerInsert)) {
          await transaction
            .insertInto('events')
            .values(
              slice.map(({ event, raw }) => ({
                event_id: event.id,
                agent_id: agentId,
                sequence: event.sequence,
                type: event.type,
                occurred_at: event.time,
                received_at: nowText,
                raw,
              })),
            )
            .execute();
        }
        const acknowledgements = fresh.flatMap(({ event, acknowledgement }) =>
          acknowledgement === undefined ? [] : [toAcknowledgementRow(event.id, acknowledgement)],
        );
        for (const slice of inSlices(acknowledgements, rowsPerInsert)) {
          await transaction.insertInto('acknowledgements').values(slice).execute();
        }
        const mediaRequests = fresh.flatMap(({ event, mediaRequest }) =>
          mediaRequest === undefined ? [] : [toRequestRow(event.id, mediaRequest)],
        );
        for (const slice of inSlices(mediaRequests, rowsPerInsert)) {
          await transaction.insertInto('media_requests').values(slice).execute();
        }
        if (head !== undefined) {
          await appendToChain(
            transaction,
            head,
            fresh.flatMap((one) => {
              const checked = evidence.get(one);
              const { event, raw } = one;
              return checked === undefined
                ? []
                : [{ eventId: event.id, raw, agentId, receivedAt: nowText, checked }];
            }),
          );
        }
        await noteSequences(
          transaction,
          agentId,
          fresh.map(({ event }) => event.sequence),
          nowText,
        );
        return results;
      });
    },

    async *readAll() {
      let after = 0;
      for (;;) {
        const rows = await database
          .selectFrom('events')
          .select(['position', 'raw'])
          .where('position', '>', after)
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
      const rows = await database
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
      const row = await database
        .selectFrom('sequence_gaps')
        .select(({ fn, eb }) =>
          fn.sum<number | null>(eb(eb('last_sequence', '-', eb.ref('first_sequence')), '+', 1)).as('missing'),
        )
        .executeTakeFirstOrThrow();
      return row.missing ?? 0;
    },

    async lastReceivedAt() {
      const row = await database
        .selectFrom('events')
        .select('received_at')
        .orderBy('position', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.received_at;
    },
  };
}
