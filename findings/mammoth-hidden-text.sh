#!/usr/bin/env bash
# Expected: text that Word hides (`w:vanish`: the reader sees no such words, on the screen or on paper) stays out of the
#   HTML, or is marked there. Mammoth leaves deleted text of tracked changes out, and its readme says that it ignores
#   looks such as font and colour, not that it publishes what is hidden.
# Seen: hidden words come out as ordinary text in the middle of their sentence, in HTML and as raw text, without a
#   message.
# Versions: mammoth 1.13.0.
# Meaning: notes of the author to colleagues, and template instructions, are published to every reader.
# Porthor: build/policy/import/word-body.ts leaves hidden words out and lists them in the import's report.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund mammoth@1.13.0 fflate@0.8.3
grep -H '"version"' node_modules/mammoth/package.json
cat > word.mjs <<'JS'
import { strToU8, zipSync } from 'fflate';

const office = 'http://schemas.openxmlformats.org';
const main = `${office}/wordprocessingml/2006/main`;
const types = `${office}/package/2006/content-types`;
const relations = `${office}/package/2006/relationships`;
const kind = `${office}/officeDocument/2006/relationships`;
const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
/** The bytes of a Word document; both texts are WordprocessingML. */
export const makeWord = (body, numbering = '') =>
  Buffer.from(
    zipSync({
      '[Content_Types].xml': strToU8(
        `<Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
          `<Override PartName="/word/document.xml" ContentType="${wordType}.document.main+xml"/>` +
          `<Override PartName="/word/numbering.xml" ContentType="${wordType}.numbering+xml"/></Types>`,
      ),
      '_rels/.rels': strToU8(
        `<Relationships xmlns="${relations}"><Relationship Id="d" Type="${kind}/officeDocument" Target="word/document.xml"/></Relationships>`,
      ),
      'word/_rels/document.xml.rels': strToU8(
        `<Relationships xmlns="${relations}"><Relationship Id="n" Type="${kind}/numbering" Target="numbering.xml"/></Relationships>`,
      ),
      'word/numbering.xml': strToU8(`<w:numbering xmlns:w="${main}">${numbering}</w:numbering>`),
      'word/document.xml': strToU8(`<w:document xmlns:w="${main}"><w:body>${body}</w:body></w:document>`),
    }),
  );
JS
cat > try.mjs <<'JS'
import mammoth from 'mammoth';
import { makeWord } from './word.mjs';

const body =
  '<w:p><w:r><w:t xml:space="preserve">Ask first. </w:t></w:r>' +
  '<w:r><w:rPr><w:vanish/></w:rPr><w:t xml:space="preserve">Is this still our rule? </w:t></w:r><w:r><w:t>Then use it.</w:t></w:r></w:p>';
const html = await mammoth.convertToHtml({ buffer: makeWord(body) });
const raw = await mammoth.extractRawText({ buffer: makeWord(body) });
console.log('shown by Word: Ask first. Then use it.');
console.log(`HTML: ${html.value}`);
console.log(`raw text: ${raw.value.trim()}`);
console.log(`messages: ${html.messages.length + raw.messages.length}`);
const isAsDescribed =
  [html, raw].every(({ value, messages }) => value.includes('Is this still our rule?') && messages.length === 0);
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
