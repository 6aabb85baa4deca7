/** Brings a database to the version that this collector knows. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { createCore } from '../../migrations/0001-core.ts';
import { createMediaRegister } from '../../migrations/0002-media-register.ts';
import { createEvidenceChain } from '../../migrations/0003-evidence-chain.ts';
import { addMediaAnswers } from '../../migrations/0004-media-answers.ts';
import { addSchools } from '../../migrations/0005-schools.ts';
import { addStatements } from '../../migrations/0006-statements.ts';
import { addApproval } from '../../migrations/0007-approval.ts';
import { createLog } from '../../migrations/0008-log.ts';
import { createConsoleAccounts } from '../../migrations/0009-console-accounts.ts';
import { addAcknowledgementSearch } from '../../migrations/0010-acknowledgement-search.ts';
import { addLogRecords } from '../../migrations/0015-log-records.ts';
import { createRoster } from '../../migrations/0016-roster.ts';
import { addCountersignatures } from '../../migrations/0017-countersignatures.ts';
import { addMediaConsole } from '../../migrations/0018-media-console.ts';
import { createOfflineCodes } from '../../migrations/0018-offline-codes.ts';
import { addRetention } from '../../migrations/0019-retention.ts';
import type { DatabaseKind } from '../../migrations/column-kinds.ts';
import { CollectorError } from '../collector-error.ts';

/** In order. A released migration never changes, and uses no code outside its folder. */
const migrations: Readonly<Record<string, (database: Kysely<unknown>, kind: DatabaseKind) => Promise<void>>> =
  {
    '0001-core': createCore,
    '0002-media-register': createMediaRegister,
    '0003-evidence-chain': createEvidenceChain,
    '0004-media-answers': addMediaAnswers,
    '0005-schools': addSchools,
    '0006-statements': addStatements,
    '0007-approval': addApproval,
    '0008-log': createLog,
    '0009-console-accounts': createConsoleAccounts,
    '0010-acknowledgement-search': addAcknowledgementSearch,
    '0015-log-records': addLogRecords,
    '0016-roster': createRoster,
    '0017-countersignatures': addCountersignatures,
    '0018-media-console': addMediaConsole,
    '0018-offline-codes': createOfflineCodes,
    '0019-retention': addRetention,
  };

/** Databases up to this version counted their migrations in a table of their own. */
const lastCountedVersion = 4;

function newerDatabase(version: string): CollectorError {
  return new CollectorError(
    `A newer collector wrote this database (version ${version}; this one knows ${Object.keys(migrations).length}). ` +
      'Install that newer collector, or restore a backup from before it.',
  );
}

/** Turns the count of an old database into the migrator's own list. */
async function adoptCountedVersion(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(database);
  const version = rows[0]?.version ?? 0;
  if (version > lastCountedVersion) throw newerDatabase(String(version));
  await sql`create table if not exists kysely_migration
    (name varchar(255) not null primary key, timestamp varchar(255) not null)`.execute(database);
  for (const name of Object.keys(migrations).slice(0, version)) {
    await sql`insert into kysely_migration (name, timestamp) values (${name}, ${new Date().toISOString()})`.execute(
      database,
    );
  }
  await sql`drop table schema_version`.execute(database);
}

/**
 * Runs all missing migrations in one transaction, so that a crash leaves the version before. The dialect must support
 * that; see `sqlite-dialect.ts`. Throws CollectorError for a database that a newer collector has written.
 */
export async function migrate(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const tables = (await database.introspection.getTables({ withInternalKyselyTables: true })).map(
    ({ name }) => name,
  );
  if (tables.includes('schema_version')) {
    await database.transaction().execute((transaction) => adoptCountedVersion(transaction));
  }
  const migrator = new Migrator({
    db: database,
    provider: {
      getMigrations: () =>
        Promise.resolve(
          Object.fromEntries(
            Object.entries(migrations).map(([name, up]): [string, Migration] => [
              name,
              { up: (transaction: Kysely<unknown>) => up(transaction, kind) },
            ]),
          ),
        ),
    },
  });
  if (tables.includes('kysely_migration')) {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(database);
    const unknown = rows.find(({ name }) => !Object.hasOwn(migrations, name));
    if (unknown !== undefined) throw newerDatabase(unknown.name);
  }
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
}

/** Whether a collector of any version has written the database. Reads alone. */
export async function isOfCollector(database: Kysely<unknown>): Promise<boolean> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  return tables.some(({ name }) => name === 'kysely_migration' || name === 'schema_version');
}

/** Whether the database is of exactly this version. Reads alone. */
export async function isCurrent(database: Kysely<unknown>): Promise<boolean> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(database);
  const known = Object.keys(migrations);
  return rows.length === known.length && rows.every(({ name }) => known.includes(name));
}
