#!/usr/bin/env bash
# Expected: a list of a Word document keeps its numbers, or a message says that it does not. Mammoth's readme names lists
#   among the supported features and gives warnings for what it cannot convert; HTML has `type` and `start` for this.
# Seen: (a), (b) and, after a paragraph, (c) become 1, 2 and 1; and the list 4.5, which is another list in Word, becomes
#   the next item of that one. There is no message.
# Versions: mammoth 1.13.0.
# Meaning: a policy refers to its rules by their numbers: "rule (c)" and "section 4.5" then lead to other rules, or to
#   none. Read the numbering of Word yourself if numbers matter.
# Porthor: build/policy/import/word-numbering.ts counts as Word does and keeps the number that the author saw.
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

const item = (text, list) =>
  `<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="${list}"/></w:numPr></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
const level = (start, format, text) =>
  `<w:lvl w:ilvl="0"><w:start w:val="${start}"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
const numbering =
  `<w:abstractNum w:abstractNumId="0">${level(1, 'lowerLetter', '(%1)')}</w:abstractNum>` +
  `<w:abstractNum w:abstractNumId="1">${level(5, 'decimal', '4.%1')}</w:abstractNum>` +
  '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>';
const body =
  item('shown as (a)', 1) + item('shown as (b)', 1) + '<w:p><w:r><w:t>Between.</w:t></w:r></w:p>' + item('shown as (c)', 1) + item('shown as 4.5', 2);
const { value, messages } = await mammoth.convertToHtml({ buffer: makeWord(body, numbering) });
console.log(value);
console.log(`messages: ${messages.length}`);
const isAsDescribed =
  value.includes('<p>Between.</p><ol><li>shown as (c)</li><li>shown as 4.5</li></ol>') && messages.length === 0;
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
