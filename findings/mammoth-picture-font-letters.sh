#!/usr/bin/env bash
# Expected: a tick and a cross of the font Wingdings come out as a tick and a cross, or not at all. Mammoth maps the
#   letters of this font to Unicode.
# Seen: it does so only for `w:sym`, the form of "Insert symbol". Where the sign is typed text in that font, which Word
#   shows in the same way, the letter behind the picture comes out: "ü" for a tick, "û" for a cross. There is no message.
# Versions: mammoth 1.13.0.
# Meaning: "ü Phones in lessons" and "û Phones in lessons" differ by an accent where one allows and one forbids.
# Porthor: build/policy/import/word-body.ts asks which font a run has, and reads such letters as signs before an item.
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

const words = '<w:r><w:t xml:space="preserve"> Phones</w:t></w:r>';
const symbol = (code) => `<w:p><w:r><w:sym w:font="Wingdings" w:char="${code}"/></w:r>${words}</w:p>`;
const typed = (letter) =>
  `<w:p><w:r><w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr><w:t>${letter}</w:t></w:r>${words}</w:p>`;
const read = async (body) => mammoth.extractRawText({ buffer: makeWord(body) });
const inserted = await read(symbol('F0FC') + symbol('F0FB'));
const written = await read(typed('\u00FC') + typed('\u00FB'));
console.log('w:sym:', JSON.stringify(inserted.value));
console.log('typed:', JSON.stringify(written.value), JSON.stringify(written.messages));
const isAsDescribed =
  inserted.value.startsWith('\u2713') && written.value === '\u00FC Phones\n\n\u00FB Phones\n\n' && written.messages.length === 0;
process.exitCode = isAsDescribed ? 0 : 1;
JS
node try.mjs
