/** The write of ingest: all batches that wait, of all agents, in one transaction. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Insertable, Transaction } from 'kysely';
import { hasWrongTime, wrongTimeMark } from '../events/event-times.ts';
import type { CheckedEvidence } from '../evidence/check-evidence.ts';
import { noteAccounts } from '../roster/known-accounts.ts';
import type { Tables } from '../storage/tables.ts';
import type { AcknowledgementRow } from './acknowledgement-row.ts';
import { asKept } from './as-kept.ts';
import { type AuditEntry, noteAudit } from './audit.ts';
import { bindAccount } from './bind-account.ts';
import { raiseLatestAcceptances } from './latest-acceptances.ts';
import { addAcknowledgementLeaves, openDay } from './log-records.ts';
import type { toRequestRow } from './media-register.ts';
import { type AgentSequences, findOtherHistories, noteSequences } from './sequences.ts';
import { standingOf } from './standing.ts';

/** Rows in one insert statement, so that its parameters stay well under SQLite's limit of 32,766. */
const rowsPerInsert = 200;
/** Values in one `in (…)`, for the same reason. */
const valuesPerQuestion = 1000;
/** Salts an event that has no leaf of its own. */
const eventSaltBytes = 16;

export interface StoreEvent {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly raw: string;
  readonly previous: string;
  readonly historySha256: string;
  readonly unreadable: string | undefined;
  /** A time in it cannot be true. */
  readonly hasWrongTime: boolean;
  /** For acknowledgements, readable or not. */
  readonly checked: CheckedEvidence | undefined;
  readonly acknowledgement: AcknowledgementRow | undefined;
  readonly mediaRequest: ReturnType<typeof toRequestRow> | undefined;
}

export interface StoreInput {
  readonly schoolId: string;
  readonly agentId: string;
  /** ISO UTC: when the batch arrived. */
  readonly at: string;
  readonly events: readonly StoreEvent[];
}

/** Among the marks of an event. */
export const otherHistoryMark = 'other-history';

/** `other-content`: an event with this id is there, from another agent or with other content. */
export type StoreAnswer = 'stored' | 'duplicate' | 'other-content';

interface FreshEvent {
  readonly input: StoreInput;
  readonly event: StoreEvent;
  readonly fork: number;
  /** The event before is not the one that the agent has signed. */
  readonly hasOtherHistory: boolean;
}

function inSlices<Item>(items: readonly Item[], size: number): Item[][] {
  const slices: Item[][] = [];
  for (let start = 0; start < items.length; start += size) slices.push(items.slice(start, start + size));
  return slices;
}

/**
 * Whether two texts of one event say the same, whatever their spacing and order of members. The evidence is about the
 * event and no part of it: an agent that has enrolled again in between signs another statement.
 */
function sayTheSame(left: string, right: string): boolean {
  // An erased event does not come back, whatever the agent still holds.
  if (left === '') return true;
  return left === right || isDeepStrictEqual(withoutEvidence(left), withoutEvidence(right));
}

function withoutEvidence(text: string): unknown {
  const event = JSON.parse(text) as { readonly data?: unknown };
  if (typeof event.data !== 'object' || event.data === null) return event;
  return { ...event, data: { ...event.data, evidence: undefined } };
}

async function findKnown(
  transaction: Transaction<Tables>,
  ids: readonly string[],
): Promise<Map<string, { readonly agentId: string; readonly raw: string }>> {
  const known = new Map<string, { readonly agentId: string; readonly raw: string }>();
  for (const slice of inSlices(ids, valuesPerQuestion)) {
    const rows = await transaction
      .selectFrom('events')
      .select(['event_id', 'agent_id', 'raw'])
      .where('event_id', 'in', slice)
      .execute();
    for (const row of rows) known.set(row.event_id, { agentId: row.agent_id, raw: row.raw });
  }
  return known;
}

interface SendingAgent extends AgentSequences {
  readonly accountKey: string | null;
  readonly state: string;
}

/** Locks the agents' rows, in one order in every transaction, so that two collectors cannot deadlock. */
async function takeAgents(
  transaction: Transaction<Tables>,
  agentIds: readonly string[],
): Promise<Map<string, SendingAgent>> {
  const agents = new Map<string, SendingAgent>();
  for (const slice of inSlices(agentIds.toSorted(), valuesPerQuestion)) {
    const rows = await transaction
      .selectFrom('agents')
      .select(['agent_id', 'account_key', 'state', 'highest_sequence', 'has_jumped', 'history_sha256'])
      .where('agent_id', 'in', slice)
      .orderBy('agent_id')
      .$if(hasRowLocks(transaction), (query) => query.forUpdate())
      .execute();
    for (const row of rows) {
      agents.set(row.agent_id, {
        accountKey: row.account_key,
        state: row.state,
        highest: row.highest_sequence,
        hasJumped: row.has_jumped === 1,
        historySha256: row.history_sha256,
      });
    }
  }
  return agents;
}

/** SQLite has one writer, and no row locks. */
function hasRowLocks(transaction: Transaction<Tables>): boolean {
  return transaction.getExecutor().adapter.supportsMultipleConnections === true;
}

/** For each sequence number that is already in use: the number of its next fork. */
async function countForks(
  transaction: Transaction<Tables>,
  agentId: string,
  sequences: readonly number[],
): Promise<Map<number, number>> {
  const forks = new Map<number, number>();
  for (const slice of inSlices(sequences, valuesPerQuestion)) {
    const rows = await transaction
      .selectFrom('events')
      .select((expression) => ['sequence', expression.fn.max('fork').as('fork')])
      .where('agent_id', '=', agentId)
      .where('sequence', 'in', slice)
      .groupBy('sequence')
      .execute();
    for (const row of rows) forks.set(row.sequence, row.fork + 1);
  }
  return forks;
}

/** Selects the new events, and numbers the forks: events whose sequence number is already in use. */
async function separate(
  transaction: Transaction<Tables>,
  inputs: readonly StoreInput[],
  agents: ReadonlyMap<string, SendingAgent>,
): Promise<{ answers: StoreAnswer[][]; fresh: FreshEvent[] }> {
  const known = await findKnown(transaction, [
    ...new Set(inputs.flatMap(({ events }) => events.map(({ id }) => id))),
  ]);
  const unnumbered: { input: StoreInput; event: StoreEvent }[] = [];
  const answers = inputs.map((input) => {
    if (agents.get(input.agentId)?.state !== 'active') return [];
    return input.events.map((event): StoreAnswer => {
      const stored = known.get(event.id);
      if (stored === undefined) {
        known.set(event.id, { agentId: input.agentId, raw: event.raw });
        unnumbered.push({ input, event });
        return 'stored';
      }
      return stored.agentId === input.agentId && sayTheSame(stored.raw, event.raw)
        ? 'duplicate'
        : 'other-content';
    });
  });

  const byAgent = new Map<string, { input: StoreInput; event: StoreEvent }[]>();
  for (const one of unnumbered) {
    const list = byAgent.get(one.input.agentId);
    if (list === undefined) byAgent.set(one.input.agentId, [one]);
    else list.push(one);
  }
  const forkOf = new Map<StoreEvent, number>();
  const otherHistory = new Set<StoreEvent>();
  for (const [agentId, list] of byAgent) {
    const agent = agents.get(agentId);
    const { highest, hasJumped } = agent ?? { highest: 0, hasJumped: false };
    const perhapsTaken = list.flatMap(({ event }) =>
      event.sequence <= highest || hasJumped ? [event.sequence] : [],
    );
    const taken =
      perhapsTaken.length === 0
        ? new Map<number, number>()
        : await countForks(transaction, agentId, perhapsTaken);
    for (const { event } of list) {
      const fork = taken.get(event.sequence) ?? 0;
      forkOf.set(event, fork);
      taken.set(event.sequence, fork + 1);
    }
    const first = list.flatMap(({ event }) => (forkOf.get(event) === 0 ? [event] : []));
    if (agent !== undefined) for (const event of findOtherHistories(agent, first)) otherHistory.add(event);
  }
  const fresh = unnumbered.map((one) => ({
    ...one,
    fork: forkOf.get(one.event) ?? 0,
    hasOtherHistory: otherHistory.has(one.event),
  }));
  return { answers, fresh };
}

function marksOf({ event, fork, hasOtherHistory }: Omit<FreshEvent, 'input'>): string {
  return [
    ...(fork === 0 ? [] : ['forked']),
    ...(hasOtherHistory ? [otherHistoryMark] : []),
    ...(event.hasWrongTime ? [wrongTimeMark] : []),
  ].join(' ');
}

/** Positions by the id of the event. */
type Positions = ReadonlyMap<string, number>;

async function insertEvents(
  transaction: Transaction<Tables>,
  fresh: readonly FreshEvent[],
): Promise<Positions> {
  const positions = new Map<string, number>();
  for (const slice of inSlices(fresh, rowsPerInsert)) {
    const inserted = await transaction
      .insertInto('events')
      .values(
        slice.map(({ input, event, fork, hasOtherHistory }) => ({
          school_id: input.schoolId,
          event_id: event.id,
          agent_id: input.agentId,
          sequence: event.sequence,
          type: asKept(event.type),
          occurred_at: event.occurredAt,
          received_at: input.at,
          raw: event.raw,
          unreadable: event.unreadable === undefined ? null : asKept(event.unreadable),
          fork,
          marks: marksOf({ event, fork, hasOtherHistory }),
          salt: event.checked === undefined ? randomBytes(eventSaltBytes).toString('hex') : null,
        })),
      )
      .returning(['event_id', 'position'])
      .execute();
    for (const { event_id, position } of inserted) positions.set(event_id, position);
  }
  return positions;
}

async function findPublished(
  transaction: Transaction<Tables>,
  rows: readonly { readonly schoolId: string; readonly row: AcknowledgementRow }[],
): Promise<ReadonlySet<string>> {
  const policyIds = [...new Set(rows.map(({ row }) => row.policy_id))];
  const published = new Set<string>();
  for (const slice of inSlices(policyIds, valuesPerQuestion)) {
    const found = await transaction
      .selectFrom('published_texts')
      .select(['school_id', 'policy_id', 'policy_version', 'text_sha256'])
      .where('policy_id', 'in', slice)
      .execute();
    for (const text of found) {
      published.add(publishedKey(text.school_id, text));
    }
  }
  return published;
}

function publishedKey(
  schoolId: string,
  text: Pick<AcknowledgementRow, 'policy_id' | 'policy_version' | 'text_sha256'>,
): string {
  return JSON.stringify([schoolId, text.policy_id, text.policy_version, text.text_sha256]);
}

async function insertAcknowledgements(
  transaction: Transaction<Tables>,
  fresh: readonly FreshEvent[],
  agents: ReadonlyMap<string, SendingAgent>,
): Promise<{ readonly audit: readonly AuditEntry[]; readonly positions: Positions }> {
  const positions = new Map<string, number>();
  const candidates = fresh.flatMap(({ input, event, fork, hasOtherHistory }) =>
    event.acknowledgement === undefined
      ? []
      : [
          {
            schoolId: input.schoolId,
            input,
            fork,
            hasOtherHistory,
            hasWrongTime: event.hasWrongTime,
            checked: event.checked,
            raw: event.raw,
            row: event.acknowledgement,
          },
        ],
  );
  if (candidates.length === 0) return { audit: [], positions };
  const published = await findPublished(transaction, candidates);
  const accounts = new Map([...agents].map(([agentId, agent]) => [agentId, agent.accountKey]));
  for (const { input, row } of candidates) {
    if (accounts.get(input.agentId) !== null) continue;
    const bound = { agentId: input.agentId, account: row.account_key };
    accounts.set(input.agentId, await bindAccount(transaction, bound));
  }
  const audit: AuditEntry[] = [];
  const answers: Parameters<typeof noteAccounts>[1][number][] = [];
  const rows = candidates.map(
    ({ schoolId, input, fork, hasOtherHistory, hasWrongTime, checked, raw, row }) => {
      const evidence = checked?.verdict ?? 'missing';
      const standing = standingOf({
        evidence,
        isOwnAccount: accounts.get(input.agentId) === row.account_key,
        isForked: fork > 0,
        hasOtherHistory,
        hasWrongTime,
        isPublished: published.has(publishedKey(schoolId, row)),
      });
      if (standing === 'other-account') {
        audit.push({
          schoolId,
          at: input.at,
          actor: `agent:${input.agentId}`,
          act: 'answered-for-another-account',
          subject: row.account_key,
          detail: `event ${row.event_id}`,
        });
      }
      if (standing === 'counts' || standing === 'not-published') answers.push({ schoolId, raw, row });
      return { ...row, school_id: schoolId, evidence, standing };
    },
  );
  for (const slice of inSlices(rows, rowsPerInsert)) {
    const inserted = await transaction
      .insertInto('acknowledgements')
      .values(slice)
      .returning(['event_id', 'position'])
      .execute();
    for (const { event_id, position } of inserted) positions.set(event_id, position);
  }
  await raiseLatestAcceptances(transaction, rows);
  await noteAccounts(transaction, answers);
  return { audit, positions };
}

async function insertMediaRequests(
  transaction: Transaction<Tables>,
  fresh: readonly FreshEvent[],
): Promise<void> {
  const rows = fresh.flatMap(({ input, event }): Insertable<Tables['media_requests']>[] =>
    event.mediaRequest === undefined ? [] : [{ ...event.mediaRequest, school_id: input.schoolId }],
  );
  for (const slice of inSlices(rows, rowsPerInsert)) {
    await transaction.insertInto('media_requests').values(slice).execute();
  }
}

function describeOddities(fresh: readonly FreshEvent[]): readonly AuditEntry[] {
  return fresh.flatMap(({ input, event, fork, hasOtherHistory }) => {
    const entry = (act: string, detail: string): AuditEntry => ({
      schoolId: input.schoolId,
      at: input.at,
      actor: `agent:${input.agentId}`,
      act,
      subject: `sequence ${event.sequence}`,
      detail: `event ${event.id} ${detail}`,
    });
    return [
      ...(fork > 0 ? [entry('forked', 'has a sequence number that another event of this agent has')] : []),
      ...(hasOtherHistory ? [entry(otherHistoryMark, 'follows another event than the one before it')] : []),
    ];
  });
}

/** As if the batch had arrived at another time. */
function arrivingAt(input: StoreInput, at: string): StoreInput {
  return {
    ...input,
    at,
    events: input.events.map((event) => ({
      ...event,
      hasWrongTime: hasWrongTime([event.occurredAt, event.acknowledgement?.decided_at ?? ''], at),
    })),
  };
}

/** Opens the days of the batches, so that an event never arrives in a day that has its leaf. */
async function inOpenDays(
  transaction: Transaction<Tables>,
  inputs: readonly StoreInput[],
): Promise<readonly StoreInput[]> {
  const dayOf = ({ schoolId, at }: StoreInput): string => `${at.slice(0, 10)} ${schoolId}`;
  const arrivals = new Map<string, string>();
  const needing = inputs.filter(({ events }) => events.some(({ checked }) => checked === undefined));
  const byDay = new Map(needing.map((input) => [dayOf(input), input]));
  // In one order in every transaction, so that two collectors cannot deadlock.
  for (const [day, { schoolId, at }] of [...byDay].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const arrival = await openDay(transaction, schoolId, at);
    if (arrival !== at) arrivals.set(day, arrival);
  }
  if (arrivals.size === 0) return inputs;
  return inputs.map((input) => {
    const arrival = arrivals.get(dayOf(input));
    return arrival === undefined ? input : arrivingAt(input, arrival);
  });
}

/** How an acknowledgement got into the log. */
export interface StoredLeaf {
  readonly eventId: string;
  /** In hex. */
  readonly leafSha256: string;
  /** ISO UTC: when the event arrived. */
  readonly receivedAt: string;
}

export interface StoreOutput {
  readonly answers: readonly StoreAnswer[];
  /** Of the acknowledgements that are new. */
  readonly leaves: readonly StoredLeaf[];
}

/** Answers for each batch in order; `expelled` where the agent may not report, and then nothing of it is stored. */
export async function storeEvents(
  transaction: Transaction<Tables>,
  arrived: readonly StoreInput[],
): Promise<readonly (StoreOutput | 'expelled')[]> {
  const agents = await takeAgents(transaction, [...new Set(arrived.map(({ agentId }) => agentId))]);
  const inputs = await inOpenDays(transaction, arrived);
  const { answers, fresh } = await separate(transaction, inputs, agents);
  const positions = await insertEvents(transaction, fresh);
  const listed = await insertAcknowledgements(transaction, fresh, agents);
  const audit = [...describeOddities(fresh), ...listed.audit];
  await insertMediaRequests(transaction, fresh);
  const leaves = await addAcknowledgementLeaves(
    transaction,
    fresh.flatMap(({ input, event: { id: eventId, raw, checked } }) => {
      if (checked === undefined) return [];
      const { agentId, schoolId, at: receivedAt } = input;
      const { verdict: evidence, keyId } = checked;
      const position = positions.get(eventId) ?? 0;
      const listPosition = listed.positions.get(eventId) ?? null;
      const about = { agentId, schoolId, receivedAt, evidence, keyId, position, listPosition };
      return [{ eventId, raw, ...about }];
    }),
  );
  audit.push(...(await noteSequences(transaction, inputs, agents, fresh)));
  await noteAudit(transaction, audit);
  return answers.map((one, index) => {
    const input = inputs[index];
    if (input === undefined || agents.get(input.agentId)?.state !== 'active') return 'expelled';
    return {
      answers: one,
      leaves: input.events.flatMap(({ id: eventId }, place) => {
        const leafSha256 = one[place] === 'stored' ? leaves.get(eventId) : undefined;
        return leafSha256 === undefined ? [] : [{ eventId, leafSha256, receivedAt: input.at }];
      }),
    };
  });
}

/** A stored event that this version can read and the version that stored it could not. */
export interface ProjectedEvent {
  readonly schoolId: string;
  readonly agentId: string;
  /** ISO UTC: when it arrived. */
  readonly at: string;
  readonly fork: number;
  /** As they were noted on arrival. */
  readonly marks: string;
  readonly event: StoreEvent;
}

/** Lists the events as if they had been readable on arrival. The log keeps its record of that time. */
export async function projectEvents(
  transaction: Transaction<Tables>,
  projected: readonly ProjectedEvent[],
): Promise<void> {
  const fresh = projected.map(({ fork, marks, event, ...input }) => ({
    input: { ...input, events: [event] },
    event,
    fork,
    hasOtherHistory: marks.split(' ').includes(otherHistoryMark),
  }));
  const agents = await takeAgents(transaction, [...new Set(projected.map(({ agentId }) => agentId))]);
  for (const { event, fork, hasOtherHistory } of fresh) {
    await transaction
      .updateTable('events')
      .set({
        marks: marksOf({ event, fork, hasOtherHistory }),
        unreadable: null,
        type: asKept(event.type),
        occurred_at: event.occurredAt,
      })
      .where('event_id', '=', event.id)
      .execute();
  }
  const { audit } = await insertAcknowledgements(transaction, fresh, agents);
  await noteAudit(transaction, audit);
  await insertMediaRequests(transaction, fresh);
}
