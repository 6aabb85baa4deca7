/** The parts of a verification that run beside each other: each reads the database on its own. */
import { createEvidenceRepository, type EvidenceRepository } from '../repositories/evidence.ts';
import type { CollectorDatabase } from '../storage/storage.ts';
import { checkDay } from './check-day.ts';
import { checkHistories, type HistoryRange } from './check-histories.ts';
import { checkLeaves, type LeafContext, type LeavesReport } from './check-leaves.ts';
import { readErased } from './erased.ts';
import { createFindings, type Finding } from './finding.ts';
import { createKeyRing } from './judge-acknowledgement.ts';

export type VerifyTask =
  | { readonly kind: 'leaves'; readonly from: number; readonly end: number }
  | { readonly kind: 'day'; readonly schoolId: string; readonly day: string }
  | ({ readonly kind: 'history' } & HistoryRange);

export type TaskReport =
  | ({ readonly kind: 'leaves' } & LeavesReport)
  | ({ readonly kind: 'day' } & Awaited<ReturnType<typeof checkDay>>)
  | { readonly kind: 'history'; readonly findings: readonly Finding[] };

export async function readContext(repository: EvidenceRepository): Promise<LeafContext> {
  return {
    collectorName: await repository.collectorName(),
    erased: await readErased(repository),
    findKey: createKeyRing((keyId) => repository.publicKey(keyId)),
  };
}

export type RunTask = (task: VerifyTask) => Promise<TaskReport>;

export function createTaskRunner(database: CollectorDatabase): RunTask {
  const repository = createEvidenceRepository(database);
  let context: Promise<LeafContext> | undefined;
  return async (task) => {
    context ??= readContext(repository);
    switch (task.kind) {
      case 'leaves':
        return { kind: 'leaves', ...(await checkLeaves(repository, task, await context)) };
      case 'day':
        return { kind: 'day', ...(await checkDay(repository, task, (await context).erased)) };
      case 'history': {
        const { findings, found } = createFindings();
        await checkHistories(repository, task, found);
        return { kind: 'history', findings };
      }
    }
  };
}
