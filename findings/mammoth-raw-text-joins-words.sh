#!/usr/bin/env bash
# Expected: the raw text of a paragraph has at least a space where the author has broken a line.
# Seen: `extractRawText` drops the break, and the last word of one line and the first of the next become one word. A tab
#   and the end of a paragraph are kept, and `convertToHtml` keeps the break. There is no message.
# Versions: mammoth 1.13.0.
# Meaning: "Never share" above "your password" reads "Never shareyour password". A search, a count of words or a
#   comparison of two versions of a policy goes wrong.
# Porthor: build/policy/import/word-body.ts reads breaks itself, and a break between promises separates them.
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

const body = '<w:p><w:r><w:t>Never share</w:t><w:br/><w:t>your password</w:t><w:tab/><w:t>here.</w:t></w:r></w:p>';
const raw = await mammoth.extractRawText({ buffer: makeWord(body) });
const html = await mammoth.convertToHtml({ buffer: makeWord(body) });
console.log('raw text:', JSON.stringify(raw.value), JSON.stringify(raw.messages));
console.log('HTML:    ', JSON.stringify(html.value));
const isAsDescribed =
  raw.value.trim() === 'Never shareyour password\there.' && raw.messages.length === 0 && html.value.includes('<br />');
process.exitCode = isAsDescribed ? 0 : 1;
JS
node try.mjs
