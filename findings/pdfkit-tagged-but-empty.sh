#!/usr/bin/env bash
# Expected: a PDF made with `tagged: true` says that it is tagged, and holds a structure that names the text, or marks
#   loose text as an artefact. ISO 32000-1, 14.8, asks both of a document that calls itself tagged; PDFKit's guide to
#   accessibility names `tagged: true` for it.
# Seen: the file calls itself tagged (`/Marked true`) and holds a structure tree with nothing in it. Text that was
#   added with `text()` outside of `struct()` is neither in the tree nor marked as an artefact.
# Versions: pdfkit 0.20.2, read with unpdf 1.8.1 (pdf.js).
# Meaning: a reader that trusts the mark and follows the structure finds an empty document: a screen reader is silent,
#   an importer imports nothing. Use the tree only if it leads to the words of the page.
# Porthor: build/policy/import/read-pdf.ts reads such a page by the places of its words.
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
import { getDocumentProxy } from 'unpdf';

const parts = [];
const sink = new Writable({ write: (part, _encoding, done) => done(void parts.push(part)) });
const pdf = new PDFDocument({ tagged: true, pdfVersion: '1.7', lang: 'en-GB' });
pdf.pipe(sink);
pdf.text('Pupils keep their password to themselves.');
pdf.end();
await new Promise((resolve) => sink.on('finish', resolve));

const document = await getDocumentProxy(new Uint8Array(Buffer.concat(parts)));
const page = await document.getPage(1);
const { Marked: isMarked } = await document.getMarkInfo();
const tree = await page.getStructTree();
const { items } = await page.getTextContent({ includeMarkedContent: true });
const words = items.filter(({ str }) => str).map(({ str }) => str);
const marks = items.filter(({ type }) => type?.startsWith('begin'));
console.log(`calls itself tagged: ${isMarked}`);
console.log(`structure tree: ${JSON.stringify(tree)}`);
console.log(`words on the page: ${JSON.stringify(words)}; marks around them: ${marks.length}`);
const isAsDescribed = isMarked && tree.children.length === 0 && words.length > 0 && marks.length === 0;
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
