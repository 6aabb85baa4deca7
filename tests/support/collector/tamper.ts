/** Copies of a database that an attacker with write access has changed. */
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The database alone, without `log.key`, in a new folder inside `folder`. Returns that folder. */
export async function tamperCopy(
  folder: string,
  pristine: string,
  deed: (database: DatabaseSync) => void,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const data = await mkdtemp(path.join(folder, 'copy-'));
  await copyFile(path.join(pristine, 'collector.sqlite'), path.join(data, 'collector.sqlite'));
  const database = new DatabaseSync(path.join(data, 'collector.sqlite'), {
    enableForeignKeyConstraints: false,
  });
  try {
    deed(database);
  } finally {
    database.close();
  }
  return data;
}
