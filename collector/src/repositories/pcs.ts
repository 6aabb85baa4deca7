/** The PCs of one school as they last reported themselves. */
import { type SelectQueryBuilder, sql } from 'kysely';
import { z } from 'zod';
import {
  type Pc,
  type PcRecord,
  type pcQuerySchema,
  pcStateSchema,
  silentAfterDays,
} from '../../../shared/console/pcs.ts';
import { logonToGateSchema } from '../../../shared/wire/events.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { cutPage, readCursor, writeCursor } from './cursor.ts';
import { readPcDetails } from './pc-details.ts';

/** Slowest first needs every heartbeat, so it covers this many PCs: those that were seen last. */
const mostSlowest = 500;
const faultDays = 7;
const dayMs = 86_400_000;

type PcQuery = z.infer<typeof pcQuerySchema>;

export interface PcRepository {
  /** Expelled PCs are left out where the order is that of the slowest logons. */
  page(query: PcQuery, pageSize: number): Promise<{ readonly items: Pc[]; readonly next?: string }>;
  find(agentId: string): Promise<PcRecord | undefined>;
}

/** A newer agent may write other members. */
const heartbeatSchema = z.object({
  data: z.object({
    queueLength: z.int().optional().catch(undefined),
    logon: logonToGateSchema.optional().catch(undefined),
  }),
});

function readHeartbeat(raw: string | undefined): Pick<Pc, 'queueLength' | 'secondsToGate'> {
  if (raw === undefined) return {};
  const parsed = heartbeatSchema.safeParse(JSON.parse(raw));
  if (!parsed.success) return {};
  const { queueLength, logon } = parsed.data.data;
  return {
    ...(queueLength === undefined ? {} : { queueLength }),
    ...(logon === undefined ? {} : { secondsToGate: logon.secondsToGate }),
  };
}

type AgentQuery<Output> = SelectQueryBuilder<Tables, 'agents', Output>;

function applySearch<Output>(query: AgentQuery<Output>, search: string | undefined): AgentQuery<Output> {
  const wanted = (search ?? '').trim().toLowerCase();
  if (wanted === '') return query;
  const pattern = `%${wanted.replace(/[%_!]/gu, (character) => `!${character}`)}%`;
  return query.where(
    sql<boolean>`(lower(hostname) like ${pattern} escape '!' or lower(label) like ${pattern} escape '!'
      or lower(account_name) like ${pattern} escape '!')`,
  );
}

function applyState<Output>(
  query: AgentQuery<Output>,
  state: PcQuery['state'],
  now: Date,
): AgentQuery<Output> {
  if (state === undefined) return query;
  if (state !== 'silent') return query.where('state', '=', state);
  const since = new Date(now.getTime() - silentAfterDays * dayMs).toISOString();
  return query.where('state', '=', 'active').where('last_seen_at', '<', since);
}

function applyOrder<Output>(query: AgentQuery<Output>, { sort, cursor }: PcQuery): AgentQuery<Output> {
  const after = readCursor(cursor);
  const [value, agentId] = [String(after?.[0]), String(after?.[1])];
  if (sort === 'name') {
    return query
      .$if(after !== undefined, (one) =>
        one.where(sql<boolean>`(hostname, agent_id) > (${value}, ${agentId})`),
      )
      .orderBy('hostname')
      .orderBy('agent_id');
  }
  return query
    .$if(after !== undefined, (one) =>
      one.where(sql<boolean>`(last_seen_at, agent_id) < (${value}, ${agentId})`),
    )
    .orderBy('last_seen_at', 'desc')
    .orderBy('agent_id', 'desc');
}

export function createPcRepository({ reader }: Storage, schoolId: string, now: () => Date): PcRepository {
  const eventsOf = (agentId: string) =>
    reader.selectFrom('events').where('school_id', '=', schoolId).where('agent_id', '=', agentId);
  /** From the index by sequence: heartbeats are frequent, so the newest one is near the end. */
  const newestHeartbeat = async (agentId: string): Promise<string | undefined> => {
    const row = await eventsOf(agentId)
      .select('raw')
      .where('type', '=', 'porthor.agent.heartbeat.v1')
      .where('unreadable', 'is', null)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.raw;
  };
  const countEvents = async (agentId: string, which: 'faults' | 'forks'): Promise<number> => {
    const since = new Date(now().getTime() - faultDays * dayMs).toISOString();
    const { count } = await eventsOf(agentId)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .$if(which === 'forks', (query) => query.where('fork', '>', 0))
      .$if(which === 'faults', (query) =>
        query.where('type', '=', 'porthor.agent.fault.v1').where('received_at', '>=', since),
      )
      .executeTakeFirstOrThrow();
    return count;
  };
  const countMissing = async (agentId: string): Promise<number> => {
    const { missing } = await reader
      .selectFrom('sequence_gaps')
      .select(sql<number>`coalesce(sum(last_sequence - first_sequence + 1), 0)`.as('missing'))
      .where('agent_id', '=', agentId)
      .executeTakeFirstOrThrow();
    return missing;
  };
  const agents = () =>
    reader
      .selectFrom('agents')
      .select([
        'agent_id as agentId',
        'hostname',
        'label',
        'account_name as name',
        'account_domain as domain',
        'os',
        'agent_version as agentVersion',
        'state',
        'last_seen_at as lastSeenAt',
        'enrolled_at as enrolledAt',
      ])
      .where('school_id', '=', schoolId);
  type AgentRow = Awaited<ReturnType<ReturnType<typeof agents>['execute']>>[number];
  const describe = async ({ name, domain, state, ...known }: AgentRow): Promise<Pc> => ({
    ...known,
    account: domain === '' ? name : `${domain}\\${name}`,
    state: pcStateSchema.parse(state),
    ...readHeartbeat(await newestHeartbeat(known.agentId)),
    faults: await countEvents(known.agentId, 'faults'),
    missingEvents: await countMissing(known.agentId),
    forkedEvents: await countEvents(known.agentId, 'forks'),
  });

  async function slowestFirst(query: PcQuery): Promise<{ readonly items: Pc[] }> {
    const active = applyState(agents(), query.state, now()).where('state', '=', 'active');
    const seenLast = applySearch(active, query.search);
    const rows = await seenLast.orderBy('last_seen_at', 'desc').limit(mostSlowest).execute();
    const items = await Promise.all(rows.map(describe));
    return { items: items.sort((one, other) => (other.secondsToGate ?? -1) - (one.secondsToGate ?? -1)) };
  }

  return {
    async page(query, pageSize) {
      if (query.sort === 'slowest') return slowestFirst(query);
      const wanted = applyState(agents(), query.state, now());
      const rows = await applyOrder(applySearch(wanted, query.search), query)
        .limit(pageSize + 1)
        .execute();
      const page = cutPage(rows, pageSize, ({ hostname, lastSeenAt, agentId }) =>
        writeCursor(query.sort === 'name' ? hostname : lastSeenAt, agentId),
      );
      return { ...page, items: await Promise.all(page.items.map(describe)) };
    },

    async find(agentId) {
      const row = await agents().where('agent_id', '=', agentId).executeTakeFirst();
      if (row === undefined) return undefined;
      const details = await readPcDetails(reader, schoolId, agentId);
      return { ...(await describe(row)), ...details };
    },
  };
}
