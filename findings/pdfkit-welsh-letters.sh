#!/usr/bin/env bash
# Expected: a letter that a font cannot show becomes a blank or an error; the letters after it stay right. PDFKit's
#   maintainers say that the standard fonts cover Windows-1252 (foliojs/pdfkit issue 262), and no more than that.
# Seen: with a standard font, every letter above U+00FF that Windows-1252 lacks spoils the rest of its run of text as
#   well: its code has three hexadecimal digits, so all later pairs of digits are shifted by one. Nothing throws.
# Versions: pdfkit 0.20.2, read back with unpdf 1.8.1.
# Meaning: Welsh uses ŵ and ŷ all the time, while â, ê, î, ô and û work, so a test with those finds nothing. An
#   agreement or certificate in Welsh shows other words than were signed. Embed a font for every text.
# Porthor: the agent prints agreements through Chromium (electron/windows/print-page.ts). PDFKit makes documents for
#   tests only (tests/fixtures/documents/make-pdf.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 22.13 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund pdfkit@0.20.2 unpdf@1.8.1
grep -H '"version"' node_modules/{pdfkit,unpdf}/package.json
cat > try.mjs <<'JS'
import { Writable } from 'node:stream';
import PDFDocument from 'pdfkit';
import { extractText } from 'unpdf';

const readBack = async (text) => {
  const parts = [];
  const sink = new Writable({ write: (part, _encoding, done) => done(void parts.push(part)) });
  const pdf = new PDFDocument();
  pdf.pipe(sink);
  pdf.font('Helvetica').text(text);
  pdf.end();
  await new Promise((resolve) => sink.on('finish', resolve));
  return (await extractText(new Uint8Array(Buffer.concat(parts)))).text[0];
};
const results = {};
for (const text of ['tâncyfan', 'tŷcyfan', 'gŵrifanc']) {
  results[text] = await readBack(text);
  console.log(`written: ${text}   read back: ${JSON.stringify(results[text])}`);
}
const isAsDescribed =
  results['tâncyfan'] === 'tâncyfan' && !results['tŷcyfan'].includes('cyfan') && !results['gŵrifanc'].includes('rifanc');
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
