#!/usr/bin/env bash
# Expected: the file that `backup()` of node:sqlite makes can be read from a read-only disk with `readOnly: true`. It is one
#   file that nothing else belongs to, and Node's documentation sets no condition for reading it.
# Seen: the copy takes over the write-ahead mode of its source. To read it, SQLite must make two files beside it, also
#   for a reader, and fails with "unable to open database file". The same copy in mode `delete` is read.
# Versions: node:sqlite of the Node that runs this script; seen with Node 24.21.0, SQLite 3.53.4.
# Meaning: a backup that was tested beside the live database cannot be opened on the optical disc, snapshot or locked
#   share where it is kept, on the day it is needed. Set `pragma journal_mode = delete` on the copy.
# Porthor: collector/src/storage/sqlite.ts does so before it checks the copy.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need node 'install Node.js 24'
need unshare 'install the Debian package util-linux'
node -e "if (!require('node:sqlite').backup) process.exit(1)" 2>/dev/null ||
  { echo 'MISSING: backup() of node:sqlite: use Node.js 24' >&2; exit 2; }
unshare --user --map-root-user --mount true 2>/dev/null ||
  { echo 'MISSING: user namespaces, to mount a read-only disk without root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir disk
cat > make.mjs <<'JS'
import { copyFileSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';

console.log(`Node ${process.version}, SQLite ${process.versions.sqlite}`);
const live = new DatabaseSync('live.sqlite');
live.exec('pragma journal_mode = wal; create table answers (id integer); insert into answers values (1)');
await backup(live, 'disk/as-made.sqlite');
live.close();
copyFileSync('disk/as-made.sqlite', 'disk/mode-delete.sqlite');
const copy = new DatabaseSync('disk/mode-delete.sqlite');
copy.exec('pragma journal_mode = delete');
copy.close();
JS
cat > read.mjs <<'JS'
import { DatabaseSync } from 'node:sqlite';

const read = (name) => {
  try {
    const database = new DatabaseSync(`disk/${name}.sqlite`, { readOnly: true });
    return `${database.prepare('select count(*) as rows from answers').get().rows} row`;
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
};
const asMade = read('as-made');
const modeDelete = read('mode-delete');
console.log(`the backup on a read-only disk: ${asMade}`);
console.log(`the same in mode delete:        ${modeDelete}`);
const isAsDescribed = asMade.includes('unable to open') && modeDelete === '1 row';
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
unshare --user --map-root-user --mount sh -c \
  'mount -t tmpfs none disk && node make.mjs && mount -o remount,ro disk && node read.mjs'
