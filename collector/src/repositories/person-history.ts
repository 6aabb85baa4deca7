/** What the collector knows of the accounts of one person: answers, incidents, devices. */
import { sql } from 'kysely';
import { z } from 'zod';
import { actionSchema } from '../../../shared/console/acknowledgements.ts';
import type { IncidentKind } from '../../../shared/console/overview.ts';
import type { Storage } from '../storage/storage.ts';
import { foldText } from './acknowledgement-row.ts';
import { incidentTypes, kindOfType } from './overview.ts';

const mostIncidents = 50;
const mostRefusals = 50;

const answerSchema = z.object({
  eventId: z.string(),
  policyId: z.string(),
  policyVersion: z.string(),
  action: actionSchema,
  decidedAt: z.string(),
});

export interface PersonHistoryRepository {
  /** The acceptance in force of each policy, and refusals, newest first. */
  answers(accountKeys: readonly string[]): Promise<readonly z.infer<typeof answerSchema>[]>;
  /** On the PCs of these accounts, newest first. */
  incidents(
    accountKeys: readonly string[],
    since: string,
  ): Promise<readonly { kind: IncidentKind; at: string }[]>;
  /** Devices of the register that were issued to this name. */
  devices(
    fullName: string,
  ): Promise<readonly { label: string; issuedAt: string | null; returnedAt: string | null }[]>;
}

export function createPersonHistoryRepository(
  { reader }: Storage,
  schoolId: string,
): PersonHistoryRepository {
  return {
    async answers(accountKeys) {
      if (accountKeys.length === 0) return [];
      const { rows } = await sql`
        select event_id as "eventId", policy_id as "policyId", policy_version as "policyVersion",
          'accepted' as action, decided_at as "decidedAt"
        from latest_acceptances where school_id = ${schoolId} and account_key in (${sql.join(accountKeys)})
        union all
        select * from (
          select event_id as "eventId", policy_id as "policyId", policy_version as "policyVersion", action,
            decided_at as "decidedAt"
          from acknowledgements where school_id = ${schoolId} and account_key in (${sql.join(accountKeys)})
            and action <> 'accepted'
          order by position desc limit ${mostRefusals}) as refused`.execute(reader);
      return z
        .array(answerSchema)
        .parse(rows)
        .sort((left, right) => (left.decidedAt < right.decidedAt ? 1 : -1));
    },

    async incidents(accountKeys, since) {
      if (accountKeys.length === 0) return [];
      const { rows } = await sql<{ type: string; at: string }>`
        select type, received_at as at from events
        where school_id = ${schoolId} and received_at >= ${since} and type in ${incidentTypes}
          and agent_id in (select agent_id from agents
            where school_id = ${schoolId} and account_key in (${sql.join(accountKeys)}))
        order by received_at desc limit ${mostIncidents}`.execute(reader);
      return rows.flatMap(({ type, at }) => {
        const kind = kindOfType[type];
        return kind === undefined ? [] : [{ kind, at }];
      });
    },

    async devices(fullName) {
      const wanted = foldText(fullName.trim());
      const rows = await reader
        .selectFrom('media_register')
        .select(['label', 'issued_to as issuedTo', 'issued_at as issuedAt', 'returned_at as returnedAt'])
        .where('school_id', '=', schoolId)
        .where('issued_to', '<>', '')
        .orderBy('created_at')
        .execute();
      return rows.filter(({ issuedTo }) => foldText(issuedTo.trim()) === wanted);
    },
  };
}
