#!/usr/bin/env bash
# Expected: an event that was sent without `time` arrives without `time`. CloudEvents 1.0 calls the attribute optional,
#   and allows the producer, and no one else, to set another time than that of the occurrence.
# Seen: `HTTP.toEvent` puts the moment of parsing in as `time`, so that it cannot be told from a time that the sender
#   wrote. Parsed twice, the same bytes give two times. A `time` with microseconds loses three of its digits, and one
#   with an offset comes out in UTC.
# Versions: cloudevents 10.0.0.
# Meaning: a receiver that keeps the parsed event keeps as evidence what the sender never said, and a signature or hash
#   over the event fails. Keep the bytes as received, and read `time` from them.
# Porthor: the collector parses batches itself and stores events as received (collector/src/events/split-batch.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund cloudevents@10.0.0
grep -H '"version"' node_modules/cloudevents/package.json
cat > try.mjs <<'JS'
import { HTTP } from 'cloudevents';

const parse = (event) =>
  HTTP.toEvent({ headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(event) });
const sent = { specversion: '1.0', id: '1', source: 'urn:example', type: 'example.seen', data: {} };
const first = parse(sent).time;
const startedAt = Date.now();
while (Date.now() < startedAt + 5);
const second = parse(sent).time;
console.log(`sent without a time; parsed: ${first}, parsed again: ${second}`);
const precise = parse({ ...sent, time: '2026-09-01T08:00:00.123456Z' }).time;
const withOffset = parse({ ...sent, time: '2026-09-01T09:00:00+01:00' }).time;
console.log(`sent 2026-09-01T08:00:00.123456Z; parsed: ${precise}`);
console.log(`sent 2026-09-01T09:00:00+01:00; parsed: ${withOffset}`);
const isAsDescribed =
  typeof first === 'string' && first !== second && precise === '2026-09-01T08:00:00.123Z' && withOffset === '2026-09-01T08:00:00.000Z';
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
