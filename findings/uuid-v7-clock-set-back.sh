#!/usr/bin/env bash
# Expected: the time in a UUID of version 7 is the time at which it was made. RFC 9562 calls the field the Unix time in
#   milliseconds, and the readme of uuid names the current time as its default.
# Seen: once the PC's clock has been set back, `v7()` goes on with the time before, for as long as the process lives: a
#   year ahead, if the clock was a year ahead for a moment. Ids keep rising; their time does not come back.
# Versions: uuid 14.0.3.
# Meaning: a PC that starts with a wrong clock and is corrected by the network stamps every later id with the wrong
#   time. A database that is partitioned or cleaned by the time in the id puts these rows in the wrong place. Keep a
#   time of your own beside the id.
# Porthor: an event has its own `time` beside its id, and a `sequence` for the order
#   (electron/storage/outbox/compose-event.ts); no code reads the time out of an id.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 22.13 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund uuid@14.0.3
grep -H '"version"' node_modules/uuid/package.json
cat > try.mjs <<'JS'
import { v7 } from 'uuid';

const timeOf = (id) => new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString();
const systemClock = Date.now;
const at = (iso) => {
  Date.now = () => Date.parse(iso);
  const id = v7();
  Date.now = systemClock;
  console.log(`clock ${iso}   id ${id}   time in the id ${timeOf(id)}`);
  return id;
};
at('2026-09-01T08:00:00.000Z');
const ahead = at('2031-09-01T08:00:00.000Z');
const corrected = at('2026-09-01T08:00:30.000Z');
const later = at('2026-09-02T08:00:00.000Z');
const isAsDescribed = ahead < corrected && corrected < later && timeOf(later).startsWith('2031-09-01');
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
