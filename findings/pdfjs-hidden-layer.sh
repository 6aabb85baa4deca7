#!/usr/bin/env bash
# Expected: text extraction gives what a reader shows, or says which layer a text belongs to. pdf.js has the layer's
#   state (`getOptionalContentConfig`), draws by it, and reports the marks around a text on request
#   (`includeMarkedContent`). Poppler's pdftotext leaves such text out.
# Seen: text on a layer that is switched off comes out like any other. The mark around it has the tag `OC` and
#   `id: null`, so the text cannot be matched with its layer. Only the list of drawing commands names the layer.
# Versions: unpdf 1.8.1 (pdf.js); poppler-utils of Debian 12 for comparison, where it is installed.
# Meaning: drafts, translations and marks of the printer that the author has hidden become part of the text. Code that
#   compares the mark's `id` with the layers looks right and never hides anything.
# Porthor: build/policy/import/pdf-page.ts follows the layers in the drawing commands, letter by letter.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 22.13 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund unpdf@1.8.1
grep -H '"version"' node_modules/unpdf/package.json
cat > make.mjs <<'JS'
import { writeFileSync } from 'node:fs';

const drawing =
  'BT /F1 12 Tf 72 700 Td (Shown rule.) Tj ET\n' +
  '/OC /Draft BDC BT /F1 12 Tf 72 680 Td (Rule of a draft.) Tj ET EMC';
const objects = [
  '<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]/Order[6 0 R]>>>>>>',
  '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/Properties<</Draft 6 0 R>>>>>>',
  `<</Length ${drawing.length}>>stream\n${drawing}\nendstream`,
  '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
  '<</Type/OCG/Name(Draft)>>',
];
let pdf = '%PDF-1.7\n';
const places = [];
for (const [index, object] of objects.entries()) {
  places.push(pdf.length);
  pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
}
const table = pdf.length;
pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
for (const place of places) pdf += `${String(place).padStart(10, '0')} 00000 n \n`;
pdf += `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF`;
writeFileSync('layers.pdf', pdf, 'latin1');
JS
node make.mjs
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { extractText, getDocumentProxy } from 'unpdf';

const bytes = () => new Uint8Array(readFileSync('layers.pdf'));
const [text] = (await extractText(bytes())).text;
const document = await getDocumentProxy(bytes());
const [[id, layer]] = [...(await document.getOptionalContentConfig())];
const { items } = await (await document.getPage(1)).getTextContent({ includeMarkedContent: true });
const mark = items.find(({ type }) => type?.startsWith('begin'));
console.log(`layer ${id} «${layer.name}» is visible: ${layer.visible}`);
console.log(`text: ${JSON.stringify(text)}`);
console.log(`mark around the hidden text: ${JSON.stringify(mark)}`);
const isAsDescribed = layer.visible === false && text.includes('Rule of a draft.') && mark.tag === 'OC' && mark.id === null;
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
if command -v pdftotext >/dev/null; then echo "pdftotext: $(pdftotext layers.pdf - | tr '\n\f' '  ')"; fi
