/** The storage suite on PostgreSQL, and what only a shared server can show. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../../collector/src/server.ts';
import { openPostgres } from '../../collector/src/storage/postgres.ts';
import { type Storage, StorageError } from '../../collector/src/storage/storage.ts';
import { makeAgent, makeFolder, report, sendText } from '../support/collector/collector.ts';
import { type PrivateCluster, startPrivateCluster } from '../support/collector/private-cluster.ts';
import { describeStorage } from '../support/collector/storage-port.ts';

let cluster: PrivateCluster;
let databases = 0;

beforeAll(async () => {
  cluster = await startPrivateCluster();
});
afterAll(() => cluster.stop());

function newDatabase(): Promise<string> {
  databases += 1;
  return cluster.createDatabase(`porthor_${databases}`);
}

describeStorage('PostgreSQL', async (use) => {
  const storage = await openPostgres(await newDatabase());
  try {
    await use(storage);
  } finally {
    await storage.close();
  }
});

async function startOn(databaseUrl: string) {
  const collector = await startCollector({
    dataDirectory: await makeFolder(),
    port: 0,
    databaseUrl,
    log: () => undefined,
  });
  onTestFinished(() => collector.close());
  return { collector, address: collector.address };
}

describe('collectors side by side on one PostgreSQL', () => {
  it('migrate an empty database once when they start together', async () => {
    const url = await newDatabase();
    const started = await Promise.all([startOn(url), startOn(url), startOn(url)]);
    for (const { address } of started) expect((await fetch(`${address}/readyz`)).status).toBe(200);
  });

  it('know each other’s agents, and store an event once whichever collector receives it', async () => {
    const url = await newDatabase();
    const [first, second] = [await startOn(url), await startOn(url)];
    const agent = await makeAgent(first);
    const elsewhere = { ...agent, address: second.address };
    const batches = Array.from({ length: 10 }, () => [agent.acknowledgement(), agent.event()]);
    const answers = await Promise.all(
      batches.flatMap((batch) => [report(agent, batch), report(elsewhere, batch)]),
    );
    const statuses = answers.flat().map(({ status }) => status);
    expect(statuses.filter((status) => status === 'stored')).toHaveLength(20);
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(20);
    expect(await second.collector.acknowledgements()).toHaveLength(10);
    expect(await first.collector.sequenceGaps()).toEqual([]);
  });
});

describe('a database without a collector, as after a mistyped PORTHOR_DATABASE_URL', () => {
  it('is refused by every command but serve, and stays empty', async () => {
    const url = await newDatabase();
    for (let times = 0; times < 2; times += 1) {
      await expect(openPostgres(url, { create: false })).rejects.toThrow('holds no collector');
    }
    await (await openPostgres(url)).close();
    await (await openPostgres(url, { create: false })).close();
  });
});

const askOne = (database: Pick<Storage['reader'], 'selectNoFrom'>) =>
  database.selectNoFrom(({ val }) => val(1).as('one')).execute();

describe('a PostgreSQL server that stops', () => {
  it('makes the collector answer 503, loses no stored event, and is used again after its return', async () => {
    const own = await startPrivateCluster({ sync: true });
    onTestFinished(() => own.stop());
    const running = await startOn(await own.createDatabase('porthor'));
    const agent = await makeAgent(running);
    const stored = agent.event();
    await report(agent, [stored]);
    await own.kill();
    const batch = [agent.event()];
    const refused = await sendText(agent, JSON.stringify(batch));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await own.start();
    expect(await report(agent, [stored, ...batch])).toMatchObject([
      { status: 'duplicate' },
      { status: 'stored' },
    ]);
  });

  it('ends no collector whose transaction has a pause just then', async () => {
    const storage = await openPostgres(await newDatabase());
    onTestFinished(() => storage.close());
    const broken = storage.reader.transaction().execute(async (transaction) => {
      const { pid } = await transaction
        .selectNoFrom(({ fn }) => fn<number>('pg_backend_pid', []).as('pid'))
        .executeTakeFirstOrThrow();
      // The server ends the connection while no statement is on its way.
      const ended = storage.reader.selectNoFrom(({ fn, val }) =>
        fn<boolean>('pg_terminate_backend', [val(pid), val(5000)]).as('ended'),
      );
      expect(await ended.executeTakeFirst()).toEqual({ ended: true });
      await new Promise<void>((resolve) => void setTimeout(resolve, 200));
      await askOne(transaction);
    });
    await expect(broken).rejects.toBeInstanceOf(StorageError);
    // The pool has replaced it.
    await askOne(storage.reader);
  });

  it('is named to the administrator at the start', async () => {
    const error: unknown = await openPostgres('postgres://porthor@127.0.0.1:1/none').catch(
      (reason: unknown) => reason,
    );
    expect(String(error)).toContain('PORTHOR_DATABASE_URL');
    expect(error).not.toBeInstanceOf(StorageError);
  });
});
