/** Whether the database can be written to, found out by writing. */
import type { CollectorDatabase } from './database.ts';

/** Answers to a flood of questions are shared this long, so that asking cannot wear the disk. */
const answerLifeMs = 1000;

export interface HealthRepository {
  /** Throws the database's own error when it cannot be written to. */
  proveWritable(): Promise<void>;
}

export function createHealthRepository(database: CollectorDatabase, now: () => Date): HealthRepository {
  let provenAtMs = Number.NEGATIVE_INFINITY;
  return {
    async proveWritable() {
      const at = now();
      const age = at.getTime() - provenAtMs;
      if (age >= 0 && age < answerLifeMs) return;
      const value = at.toISOString();
      await database
        .insertInto('settings')
        .values({ name: 'last-readiness-check', value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute();
      provenAtMs = at.getTime();
    },
  };
}
