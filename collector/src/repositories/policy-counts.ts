/** How many accounts of a school have accepted each version of a policy. */
import type { Storage } from '../storage/storage.ts';

const mostVersions = 1000;

export interface AcceptanceCount {
  readonly policyId: string;
  readonly policyVersion: string;
  /** Accounts whose newest acceptance that counts is of this version. */
  readonly accepted: number;
}

export interface PolicyCountRepository {
  acceptances(): Promise<readonly AcceptanceCount[]>;
}

export function createPolicyCountRepository({ reader }: Storage, schoolId: string): PolicyCountRepository {
  return {
    async acceptances() {
      const rows = await reader
        .selectFrom('latest_acceptances')
        .select(({ fn }) => [
          'policy_id as policyId',
          'policy_version as policyVersion',
          fn.countAll<number>().as('accepted'),
        ])
        .where('school_id', '=', schoolId)
        .groupBy(['policy_id', 'policy_version'])
        .limit(mostVersions)
        .execute();
      return rows.map((row) => ({ ...row, accepted: Number(row.accepted) }));
    },
  };
}
