/** Counts what a school's overview shows. No name leaves this file. */
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { IncidentKind } from '../../../shared/console/overview.ts';
import type { Storage } from '../storage/storage.ts';

/** Which acceptances of a policy are in force. */
export interface InForce {
  readonly policyId: string;
  /** As `orderOfVersion` writes it; empty where every version counts. */
  readonly versionOrder: string;
  /** ISO UTC; empty where an acceptance never expires. */
  readonly since: string;
}

interface AnswersOfDay {
  readonly action: 'accepted' | 'declined' | 'help-requested';
  readonly day: string;
  readonly count: number;
}

interface OfDay {
  readonly kind: IncidentKind;
  readonly day: string;
  readonly count: number;
}

/** `roster`: the people of the school's list. `accounts`: the accounts that have answered, for a school without a list. */
export type Members = 'roster' | 'accounts';

export interface OverviewRepository {
  /** Audiences with the number of their people. */
  audiences(of: Members): Promise<readonly { readonly audience: string; readonly people: number }[]>;
  /** People or accounts, by the day of the answer that counts now. */
  answers(policy: InForce, of: Members, audience: string): Promise<readonly AnswersOfDay[]>;
  pcs(silentBefore: string): Promise<{ active: number; silent: number; waiting: number; expelled: number }>;
  incidents(since: string): Promise<readonly OfDay[]>;
  faults(since: string): Promise<readonly { fault: string; count: number; pcs: number }[]>;
  openRequests(): Promise<number>;
  /** PCs whose events never arrived. */
  pcsWithGaps(): Promise<number>;
  wrongSignatures(since: string): Promise<number>;
  /** Accounts that have answered, without a person of the roster. */
  unmatchedAccounts(): Promise<number>;
}

export const kindOfType: Readonly<Record<string, IncidentKind>> = {
  'porthor.gate.interrupted.v1': 'gate-interrupted',
  'porthor.workstation.lock-failed.v1': 'lock-failed',
  'porthor.problem.reported.v1': 'problem-reported',
  'porthor.media.seen.v1': 'device-seen',
};

/** Faults that are read for the list of kinds: a PC in trouble reports the same fault again and again. */
const mostFaults = 500;

/** Written out, because a database uses a partial index only where the query holds the index's own condition. */
export const incidentTypes = sql.raw(
  `('porthor.gate.interrupted.v1', 'porthor.workstation.lock-failed.v1',
      'porthor.problem.reported.v1', 'porthor.media.seen.v1')`,
);

const faultSchema = z.object({ data: z.object({ fault: z.string() }) });
const answerSchema = z.enum(['accepted', 'declined', 'help-requested']);

function membersOf(schoolId: string, of: Members, audience: string): RawBuilder<unknown> {
  return of === 'accounts'
    ? sql`select account_key as id, account_key from known_accounts
        where school_id = ${schoolId} and audience = ${audience}`
    : sql`select roster_people.person_id as id, known_accounts.account_key
        from roster_people left join known_accounts
          on known_accounts.school_id = roster_people.school_id
          and known_accounts.person_id = roster_people.person_id
        where roster_people.school_id = ${schoolId} and roster_people.audience = ${audience}
          and left_at is null`;
}

export function createOverviewRepository({ reader }: Storage, schoolId: string): OverviewRepository {
  const count = async (query: RawBuilder<{ count: number }>): Promise<number> =>
    Number((await query.execute(reader)).rows[0]?.count ?? 0);

  return {
    async audiences(of) {
      const table =
        of === 'roster'
          ? sql`roster_people where school_id = ${schoolId} and left_at is null`
          : sql`known_accounts where school_id = ${schoolId}`;
      const { rows } = await sql<{ audience: string; people: number }>`
        select audience, count(*) as people from ${table} group by audience order by audience`.execute(
        reader,
      );
      return rows.map(({ audience, people }) => ({ audience, people: Number(people) }));
    },

    async answers({ policyId, versionOrder, since }, of, audience) {
      const { rows } = await sql<{ action: string; day: string; count: number }>`
        with members as (${membersOf(schoolId, of, audience)}),
        accepted as (
          select members.id, min(latest.decided_at) as decided_at
          from members join latest_acceptances as latest
            on latest.school_id = ${schoolId} and latest.account_key = members.account_key
            and latest.policy_id = ${policyId}
          where latest.version_order >= ${versionOrder} and latest.decided_at >= ${since}
          group by members.id),
        refused as (
          select members.id, max(answers.position) as position
          from members join acknowledgements as answers
            on answers.school_id = ${schoolId} and answers.account_key = members.account_key
            and answers.policy_id = ${policyId} and answers.action <> 'accepted'
          where answers.version_order >= ${versionOrder} and answers.decided_at >= ${since}
            and not exists (select 1 from accepted where accepted.id = members.id)
          group by members.id)
        select 'accepted' as action, substr(decided_at, 1, 10) as day, count(*) as count
          from accepted group by substr(decided_at, 1, 10)
        union all
        select answers.action, substr(answers.decided_at, 1, 10) as day, count(*) as count
          from refused join acknowledgements as answers on answers.position = refused.position
          group by answers.action, substr(answers.decided_at, 1, 10)`.execute(reader);
      return rows.map((row) => ({
        action: answerSchema.parse(row.action),
        day: row.day,
        count: Number(row.count),
      }));
    },

    async pcs(silentBefore) {
      const { rows } = await sql<{ state: string; count: number; silent: number }>`
        select state, count(*) as count, sum(case when last_seen_at < ${silentBefore} then 1 else 0 end) as silent
        from agents where school_id = ${schoolId} group by state`.execute(reader);
      const of = (state: string) => rows.find((row) => row.state === state);
      return {
        active: Number(of('active')?.count ?? 0),
        silent: Number(of('active')?.silent ?? 0),
        waiting: Number(of('waiting')?.count ?? 0),
        expelled: Number(of('expelled')?.count ?? 0),
      };
    },

    async incidents(since) {
      const { rows } = await sql<{ type: string; day: string; count: number }>`
        select type, substr(received_at, 1, 10) as day, count(*) as count from events
        where school_id = ${schoolId} and received_at >= ${since} and type in ${incidentTypes}
        group by type, substr(received_at, 1, 10)`.execute(reader);
      return rows.flatMap(({ type, day, count: number }) => {
        const kind = kindOfType[type];
        return kind === undefined ? [] : [{ kind, day, count: Number(number) }];
      });
    },

    async faults(since) {
      const { rows } = await sql<{ raw: string; agent_id: string }>`
        select raw, agent_id from events
        where school_id = ${schoolId} and received_at >= ${since} and type = 'porthor.agent.fault.v1' and raw <> ''
        order by received_at desc limit ${mostFaults}`.execute(reader);
      const found = new Map<string, { count: number; readonly pcs: Set<string> }>();
      for (const { raw, agent_id: agentId } of rows) {
        const event = faultSchema.safeParse(JSON.parse(raw));
        if (!event.success) continue;
        const { fault } = event.data.data;
        const known = found.get(fault) ?? { count: 0, pcs: new Set<string>() };
        known.count += 1;
        known.pcs.add(agentId);
        found.set(fault, known);
      }
      return [...found]
        .map(([fault, known]) => ({ fault, count: known.count, pcs: known.pcs.size }))
        .sort((left, right) => right.pcs - left.pcs || right.count - left.count);
    },

    openRequests: () =>
      count(sql`select count(*) as count from media_requests
        where school_id = ${schoolId} and decision = 'open'`),

    pcsWithGaps: () =>
      count(sql`select count(distinct agents.agent_id) as count
        from agents join sequence_gaps on sequence_gaps.agent_id = agents.agent_id
        where school_id = ${schoolId} and state = 'active'`),

    wrongSignatures: (since) =>
      count(sql`select count(*) as count from acknowledgements
        where school_id = ${schoolId} and standing = 'bad-evidence' and decided_at >= ${since}`),

    unmatchedAccounts: () =>
      count(sql`select count(*) as count from known_accounts
        where school_id = ${schoolId} and person_id is null and matched_by in ('', 'open')`),
  };
}
