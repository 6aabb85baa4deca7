#!/usr/bin/env bash
# Expected: words that an author has struck out do not come back as a rule. Mammoth marks them with `<s>` (readme,
#   "Strikethrough"), and turndown's readme promises to turn HTML into Markdown.
# Seen: turndown drops the mark and keeps the words. "Pupils may ~~not~~ use phones" becomes "Pupils may not use phones":
#   the opposite of what stands in the document. The rule for `<s>` is in a plugin of its own.
# Versions: mammoth 1.13.0, turndown 7.2.5.
# Meaning: the two packages are the usual way from Word to Markdown, and neither says a word. Install
#   turndown-plugin-gfm, or take struck words out of the HTML before.
# Porthor: build/policy/import/word-body.ts and read-html.ts leave struck words out and list them in the report.
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
npm install --silent --no-audit --no-fund turndown@7.2.5
grep -H '"version"' node_modules/turndown/package.json
cat > try.mjs <<'JS'
import mammoth from 'mammoth';
import TurndownService from 'turndown';
import { makeWord } from './word.mjs';

const run = (text, look = '') => `<w:r><w:rPr>${look}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;
const body = `<w:p>${run('Pupils may ')}${run('not ', '<w:strike/>')}${run('use phones.')}</w:p>`;
const { value: html } = await mammoth.convertToHtml({ buffer: makeWord(body) });
const markdown = new TurndownService().turndown(html);
console.log(`HTML: ${html}`);
console.log(`Markdown: ${markdown}`);
const isAsDescribed = html.includes('<s>not </s>') && markdown === 'Pupils may not use phones.';
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
