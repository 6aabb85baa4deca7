#!/usr/bin/env bash
# Expected: a migration that fails on SQLite leaves nothing behind. SQLite rolls schema changes back like any others,
#   and Kysely runs migrations in a transaction "if the dialect supports transactional DDL" (`DialectAdapter`).
# Seen: Kysely's own SQLite dialect says that it does not (`supportsTransactionalDdl` is false). What the failed
#   migration did so far stays, and the next run fails too, because its tables exist.
# Versions: kysely 0.29.9, node:sqlite of the Node that runs this script (22.13 or newer).
# Meaning: a crash, a full disk or a mistake in the middle of a migration leaves a database that neither the old nor the
#   new version can use, and only a person can mend it. On PostgreSQL the same code rolls back, so tests there pass.
# Porthor: collector/src/storage/sqlite-dialect.ts replaces the adapter with one that says true.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 22.13 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
node -e "require('node:sqlite')" 2>/dev/null || { echo 'MISSING: node:sqlite: use Node.js 22.13 or newer' >&2; exit 2; }
npm install --silent --no-audit --no-fund kysely@0.29.9
grep -H '"version"' node_modules/kysely/package.json
cat > try.mjs <<'JS'
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';

console.log(`Node ${process.version}, SQLite ${process.versions.sqlite}`);
const sqlite = new DatabaseSync(':memory:');
const database = {
  close: () => sqlite.close(),
  prepare(text) {
    const statement = sqlite.prepare(text);
    return {
      reader: statement.columns().length > 0,
      all: (values) => statement.all(...values),
      run: (values) => statement.run(...values),
      iterate: (values) => statement.iterate(...values),
    };
  },
};
const migration = {
  async up(transaction) {
    await sql`create table answers (id text)`.execute(transaction);
    throw new Error('the power failed here');
  },
};
const migrator = new Migrator({
  db: new Kysely({ dialect: new SqliteDialect({ database }) }),
  provider: { getMigrations: async () => ({ '0001-answers': migration }) },
});
const first = await migrator.migrateToLatest();
const tables = sqlite.prepare("select name from sqlite_master where name = 'answers'").all();
const second = await migrator.migrateToLatest();
console.log(`first run: ${first.error.message}; tables left behind: ${tables.length}`);
console.log(`second run: ${second.error.message}`);

sqlite.exec('begin; create table other (id text); rollback');
const others = sqlite.prepare("select name from sqlite_master where name = 'other'").all();
console.log(`SQLite itself, after a rollback: ${others.length} tables left behind`);
const isAsDescribed = tables.length === 1 && /already exists/.test(second.error.message) && others.length === 0;
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
