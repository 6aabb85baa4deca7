#!/usr/bin/env bash
# Expected: words that Word shows struck out come out struck out, whether by one line or by two.
# Seen: Mammoth keeps a single line (`w:strike`) as `<s>`. Of a double line (`w:dstrike`), the other of Word's two effects,
#   nothing is left: the words come out as valid text. There is no message.
# Versions: mammoth 1.13.0.
# Meaning: a rule that a school has struck out twice is published as a rule in force.
# Porthor: build/policy/import/word-styles.ts reads both, and the import leaves struck words out and says so.
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

const rule = (effect) =>
  `<w:p><w:r><w:rPr><w:${effect}/></w:rPr><w:t xml:space="preserve">Phones are allowed. </w:t></w:r><w:r><w:t>Phones stay at home.</w:t></w:r></w:p>`;
const results = [];
for (const effect of ['strike', 'dstrike']) {
  const { value, messages } = await mammoth.convertToHtml({ buffer: makeWord(rule(effect)) });
  console.log(effect, value, JSON.stringify(messages));
  results.push({ value, messages });
}
const [single, double] = results;
const isAsDescribed =
  single.value.includes('<s>Phones are allowed. </s>') &&
  double.value === '<p>Phones are allowed. Phones stay at home.</p>' &&
  double.messages.length === 0;
process.exitCode = isAsDescribed ? 0 : 1;
JS
node try.mjs
