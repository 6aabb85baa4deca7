/** Answers to policies, for the agents that ask and for the console that lists them. */
import { z } from 'zod';
import { actionSchema } from '../../../shared/console/acknowledgements.ts';
import { languageSchema } from '../../../shared/lib/language.ts';
import { type KnownAcknowledgement, knownAcknowledgementSchema } from '../../../shared/wire/collector-api.ts';
import type { Storage } from '../storage/storage.ts';

export const acknowledgementRecordSchema = z.object({
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
  /** Verdict on its signature at arrival. */
  evidence: z.string(),
  /** `counts`, or the reason why the user is asked again. */
  standing: z.string(),
});

export type AcknowledgementRecord = z.infer<typeof acknowledgementRecordSchema>;

/** Of the table `acknowledgements`, by the names of `acknowledgementRecordSchema`. */
export const acknowledgementColumns = [
  'position',
  'event_id as eventId',
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
  'evidence',
  'standing',
] as const;

export function readRecords(rows: readonly unknown[]): AcknowledgementRecord[] {
  return z.array(acknowledgementRecordSchema).parse(rows);
}

export interface AcknowledgementRepository {
  /**
   * For each policy that the account has accepted, one acceptance: that of the newest version, and of this version the
   * latest. A PC with an old pack therefore never hides that its user has signed the new one elsewhere. An acceptance
   * whose standing is not `counts` is kept and listed, but never found here.
   */
  findAccepted(accountKey: string): Promise<readonly KnownAcknowledgement[]>;
  /** Newest first; `before` is a position and leaves out itself and everything newer. */
  listNewest(limit: number, before?: number): Promise<readonly AcknowledgementRecord[]>;
  /** Oldest first, everything that arrived after a position. */
  listAfter(after: number, limit: number): Promise<readonly AcknowledgementRecord[]>;
}

/** Of one school. */
export function createAcknowledgementRepository(
  { reader }: Storage,
  schoolId: string,
): AcknowledgementRepository {
  return {
    async findAccepted(accountKey) {
      const rows = await reader
        .selectFrom('latest_acceptances')
        .select([
          'event_id as eventId',
          'policy_id as policyId',
          'policy_version as policyVersion',
          'text_sha256 as textSha256',
          'language',
          'decided_at as decidedAt',
        ])
        .where('school_id', '=', schoolId)
        .where('account_key', '=', accountKey)
        .orderBy('policy_id')
        .limit(1000)
        .execute();
      return z.array(knownAcknowledgementSchema).parse(rows);
    },

    async listNewest(limit, before) {
      const rows = await reader
        .selectFrom('acknowledgements')
        .select(acknowledgementColumns)
        .where('school_id', '=', schoolId)
        .$if(before !== undefined, (query) => query.where('position', '<', before ?? 0))
        .orderBy('position', 'desc')
        .limit(limit)
        .execute();
      return readRecords(rows);
    },

    async listAfter(after, limit) {
      const rows = await reader
        .selectFrom('acknowledgements')
        .select(acknowledgementColumns)
        .where('school_id', '=', schoolId)
        .where('position', '>', after)
        .orderBy('position')
        .limit(limit)
        .execute();
      return readRecords(rows);
    },
  };
}
