/** Finds out whether the database can be written to, by writing. */
import type { Transaction } from 'kysely';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';

/** Requests share one result this long, so that polling cannot wear the disk. */
const answerLifeMs = 1000;

export interface HealthRepository {
  /** Throws StorageError when the database cannot be written to. */
  proveWritable(): Promise<void>;
}

export const healthWrites = {
  'health.prove': async (transaction: Transaction<Tables>, value: string): Promise<void> => {
    await transaction
      .insertInto('settings')
      .values({ name: 'last-readiness-check', value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  },
};

export function createHealthRepository(storage: Storage, now: () => Date): HealthRepository {
  let provenAtMs = Number.NEGATIVE_INFINITY;
  return {
    async proveWritable() {
      const at = now();
      const age = at.getTime() - provenAtMs;
      if (age >= 0 && age < answerLifeMs) return;
      await storage.write('health.prove', at.toISOString());
      provenAtMs = at.getTime();
    },
  };
}
