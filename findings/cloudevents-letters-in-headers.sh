#!/usr/bin/env bash
# Expected: `HTTP.binary` writes attributes as headers that HTTP can carry. The CloudEvents HTTP binding, section
#   3.1.3.2, has every character outside of printable ASCII percent-encoded, as UTF-8, and decoded by the receiver.
# Seen: the SDK encodes and decodes nothing. A letter above U+00FF, such as ŷ, makes Node and fetch refuse the request; a
#   letter up to U+00FF goes out as Latin-1; and what another SDK encoded arrives with its percent signs.
# Versions: cloudevents 10.0.0.
# Meaning: an event about a person or a school with a Welsh name cannot be sent in binary mode, or gets another name on
#   the way. Use structured mode, whose body is JSON.
# Porthor: agents send batches in structured mode (electron/services/reporting/collector-client.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund cloudevents@10.0.0
grep -H '"version"' node_modules/cloudevents/package.json
cat > try.mjs <<'JS'
import { CloudEvent, HTTP } from 'cloudevents';

const event = (subject) => new CloudEvent({ id: '1', source: 'urn:example', type: 'example.seen', subject, data: {} });
const header = HTTP.binary(event('Llŷr')).headers['ce-subject'];
console.log(`subject Llŷr becomes the header ce-subject: ${header}`);
let sending = 'can be sent';
try {
  new Headers({ 'ce-subject': header });
} catch (error) {
  sending = `${error.name}: ${error.message}`;
}
console.log(`such a header: ${sending}`);
const received = HTTP.toEvent({
  headers: {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': 'urn:example',
    'ce-type': 'example.seen',
    'ce-subject': 'Ll%C5%B7r',
  },
  body: '{}',
}).subject;
console.log(`the header Ll%C5%B7r, encoded as the binding says, arrives as: ${received}`);
const isAsDescribed = header === 'Llŷr' && sending.startsWith('TypeError') && received === 'Ll%C5%B7r';
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
