#!/usr/bin/env bash
# Expected: a media type with a parameter is read like the bare one, and `charset` names are case-insensitive (RFC 9110,
#   section 8.3.2). The SDK itself writes `application/cloudevents+json; charset=utf-8`.
# Seen: the SDK knows a single event with its own spelling of the parameter only. The same event with `charset=UTF-8`,
#   or with no space before the parameter, is refused as an invalid content type. A batch is taken in every spelling.
# Versions: cloudevents 10.0.0.
# Meaning: clients in Java, .NET and browsers often write UTF-8 in capitals. Their batches arrive and their single
#   events do not, and the error names the content type without saying what is wrong with it. Cut parameters off first.
# Porthor: the collector takes batches only; its parser is registered by media type, whatever the parameters
#   (collector/src/routes/events.ts).
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

const event = { specversion: '1.0', id: '1', source: 'urn:example', type: 'example.seen', data: {} };
const isTaken = (type, parameter) => {
  const body = JSON.stringify(type.includes('batch') ? [event] : event);
  let answer = 'taken';
  try {
    HTTP.toEvent({ headers: { 'content-type': type + parameter }, body });
  } catch (error) {
    answer = error.message;
  }
  console.log(`${type}${parameter}: ${answer}`);
  return answer === 'taken';
};
const parameters = ['', '; charset=utf-8', ';charset=utf-8', '; charset=UTF-8'];
const single = parameters.map((parameter) => isTaken('application/cloudevents+json', parameter));
const batch = parameters.map((parameter) => isTaken('application/cloudevents-batch+json', parameter));
const isAsDescribed = single.join() === 'true,true,false,false' && batch.every(Boolean);
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
