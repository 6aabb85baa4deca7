/** What people answered to policies, for the agents that ask and for the console that lists. */
import { z } from 'zod';
import { languageSchema } from '../../../shared/lib/language.ts';
import { type KnownAcknowledgement, knownAcknowledgementSchema } from '../../../shared/wire/collector-api.ts';
import type { CollectorDatabase } from './database.ts';

const actionSchema = z.enum(['accepted', 'declined', 'help-requested']);

const acknowledgementRecordSchema = z.object({
  position: z.int(),
  eventId: z.string(),
  action: actionSchema,
  policyId: z.string(),
  policyVersion: z.string(),
  textSha256: z.string(),
  language: languageSchema,
  decidedAt: z.string(),
  fullName: z.string(),
  jobRole: z.string(),
  accountName: z.string(),
  accountDomain: z.string(),
  hostname: z.string(),
  /** What its signature was worth when it arrived; null where the chain does not know of it. */
  evidence: z.string().nullable(),
});

export type AcknowledgementRecord = z.infer<typeof acknowledgementRecordSchema>;

const listedColumns = [
  'position',
  'acknowledgements.event_id as eventId',
  'action',
  'policy_id as policyId',
  'policy_version as policyVersion',
  'text_sha256 as textSha256',
  'language',
  'decided_at as decidedAt',
  'full_name as fullName',
  'job_role as jobRole',
  'account_name as accountName',
  'account_domain as accountDomain',
  'hostname',
  'evidence_chain.evidence',
] as const;

/** Evidence that speaks against its event. A PC without a usable key, or an older one, reports without any. */
const refuting = ['malformed', 'other-facts', 'unknown-key', 'wrong-signature'] as const;

export interface AcknowledgementRepository {
  /**
   * For each policy that the account has accepted, one acceptance: that of the newest version, and of this the
   * latest. A PC with an old pack therefore never hides that its user has signed the new one elsewhere. One whose
   * signature does not hold is kept and shown, but spares nobody the question.
   */
  findAccepted(accountKey: string): Promise<readonly KnownAcknowledgement[]>;
  /** Newest first; `before` is a position and leaves out itself and everything newer. */
  listNewest(limit: number, before?: number): Promise<readonly AcknowledgementRecord[]>;
  /** Oldest first, everything that arrived after a position. */
  listAfter(after: number, limit: number): Promise<readonly AcknowledgementRecord[]>;
}

export function createAcknowledgementRepository(database: CollectorDatabase): AcknowledgementRepository {
  return {
    async findAccepted(accountKey) {
      const rows = await database
        .selectFrom(
          database
            .selectFrom('acknowledgements')
            .innerJoin('evidence_chain', 'evidence_chain.event_id', 'acknowledgements.event_id')
            .select([
              'acknowledgements.event_id as eventId',
              'policy_id as policyId',
              'policy_version as policyVersion',
              'text_sha256 as textSha256',
              'language',
              'decided_at as decidedAt',
            ])
            .select((expression) =>
              expression.fn
                .agg<number>('row_number')
                .over((over) =>
                  over
                    .partitionBy('policy_id')
                    .orderBy('version_order', 'desc')
                    .orderBy('decided_at', 'desc')
                    .orderBy('position', 'desc'),
                )
                .as('place'),
            )
            .where('account_key', '=', accountKey)
            .where('action', '=', 'accepted')
            .where('evidence_chain.evidence', 'not in', refuting)
            .as('ranked'),
        )
        .selectAll()
        .where('place', '=', 1)
        .orderBy('policyId')
        .limit(1000)
        .execute();
      return z.array(knownAcknowledgementSchema).parse(rows);
    },

    async listNewest(limit, before) {
      const rows = await database
        .selectFrom('acknowledgements')
        .leftJoin('evidence_chain', 'evidence_chain.event_id', 'acknowledgements.event_id')
        .select(listedColumns)
        .$if(before !== undefined, (query) => query.where('position', '<', before ?? 0))
        .orderBy('position', 'desc')
        .limit(limit)
        .execute();
      return z.array(acknowledgementRecordSchema).parse(rows);
    },

    async listAfter(after, limit) {
      const rows = await database
        .selectFrom('acknowledgements')
        .leftJoin('evidence_chain', 'evidence_chain.event_id', 'acknowledgements.event_id')
        .select(listedColumns)
        .where('position', '>', after)
        .orderBy('position')
        .limit(limit)
        .execute();
      return z.array(acknowledgementRecordSchema).parse(rows);
    },
  };
}
