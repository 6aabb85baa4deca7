#!/usr/bin/env bash
# Expected: `data_base64` in an event becomes bytes: a Buffer or a Uint8Array. The CloudEvents JSON format, section
#   3.1.1, says that the member holds the Base64 of the binary data.
# Seen: the SDK gives a Uint32Array with one number of four bytes for each byte. Its length is right, so is each number,
#   and `Buffer.from(data)` looks right; `data.buffer` and `data.byteLength`, and every interface that takes any view of
#   bytes, such as a file or a hash, get four bytes for one.
# Versions: cloudevents 10.0.0.
# Meaning: a picture, a signature or a packed text from an event is written to disk four times as long, with three
#   zeros between its bytes, and its hash is wrong. Decode `data_base64` yourself.
# Porthor: events hold JSON only (shared/wire/events.ts); neither agent nor collector uses the SDK.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund cloudevents@10.0.0
grep -H '"version"' node_modules/cloudevents/package.json
cat > try.mjs <<'JS'
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { HTTP } from 'cloudevents';

const bytes = Buffer.from('byte by byte');
const event = {
  specversion: '1.0',
  id: '1',
  source: 'urn:example',
  type: 'example.seen',
  datacontenttype: 'application/octet-stream',
  data_base64: bytes.toString('base64'),
};
const { data } = HTTP.toEvent({
  headers: { 'content-type': 'application/cloudevents+json' },
  body: JSON.stringify(event),
});
writeFileSync('written', data);
const hash = (value) => createHash('sha256').update(value).digest('hex').slice(0, 12);
console.log(`sent ${bytes.length} bytes; got a ${data.constructor.name} of length ${data.length}, ${data.byteLength} bytes`);
console.log(`written to a file: ${readFileSync('written').length} bytes`);
console.log(`SHA-256 of what was sent ${hash(bytes)}…, of what arrived ${hash(data)}…`);
const isAsDescribed = data instanceof Uint32Array && data.byteLength === bytes.length * 4 && hash(bytes) !== hash(data);
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
