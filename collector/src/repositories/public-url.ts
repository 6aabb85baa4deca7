/** The address under which people reach the console, where it is not the collector's own. */
import type { Transaction } from 'kysely';
import type { CollectorDatabase, Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';

const settingName = 'public-url';

export const publicUrlWrites = {
  'edge.savePublicUrl': async (transaction: Transaction<Tables>, value: string): Promise<void> => {
    await transaction
      .insertInto('settings')
      .values({ name: settingName, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  },
};

/** Undefined: people use the collector's own address. */
export function savePublicUrl(storage: Storage, url: string | undefined): Promise<void> {
  return storage.write('edge.savePublicUrl', url ?? '');
}

export async function readPublicUrlSetting(reader: CollectorDatabase): Promise<string | undefined> {
  const row = await reader
    .selectFrom('settings')
    .select('value')
    .where('name', '=', settingName)
    .executeTakeFirst();
  return row === undefined || row.value === '' ? undefined : row.value;
}
