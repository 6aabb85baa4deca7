/** The storage suite on SQLite, with the writer thread of a server and without. */
import { openSqlite } from '../../collector/src/storage/sqlite.ts';
import { makeFolder } from '../support/collector/collector.ts';
import { describeStorage } from '../support/collector/storage-port.ts';

for (const thread of [false, true]) {
  describeStorage(`SQLite, ${thread ? 'written by a thread' : 'written in place'}`, async (use) => {
    const storage = await openSqlite({ dataDirectory: await makeFolder(), create: true, thread });
    try {
      await use(storage);
    } finally {
      await storage.close();
    }
  });
}
