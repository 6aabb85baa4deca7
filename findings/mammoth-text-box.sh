#!/usr/bin/env bash
# Expected: the words of a text box come out. Mammoth's readme lists text boxes as supported: a paragraph after the one
#   that holds the box.
# Seen: Mammoth reads only the old VML copy of a box (`v:textbox`). A box in DrawingML alone (`wps:txbx`), which the
#   standard allows and programs other than Word write, vanishes with all its words. Mammoth gives a warning for other
#   elements that it does not know, and none here.
# Versions: mammoth 1.13.0.
# Meaning: schools put the most important rules into a box. A conversion without a warning may lack them.
# Porthor: build/policy/import/word-body.ts reads both kinds, each box once.
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

const drawing = 'http://schemas.openxmlformats.org/drawingml/2006';
const shape = 'http://schemas.microsoft.com/office/word/2010/wordprocessingShape';
const box =
  `<w:p><w:r><w:drawing><wp:inline xmlns:wp="${drawing}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">` +
  '<wp:extent cx="3000000" cy="900000"/><wp:docPr id="1" name="Box"/>' +
  `<a:graphic xmlns:a="${drawing}/main"><a:graphicData uri="${shape}"><wps:wsp xmlns:wps="${shape}"><wps:cNvSpPr txBox="1"/>` +
  '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="3000000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>' +
  '<wps:txbx><w:txbxContent><w:p><w:r><w:t>Tell an adult at once.</w:t></w:r></w:p></w:txbxContent></wps:txbx><wps:bodyPr/>' +
  '</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>';
const convert = async (body) => mammoth.convertToHtml({ buffer: makeWord(body) });
const boxed = await convert(`<w:p><w:r><w:t>Before the box.</w:t></w:r></w:p>${box}`);
console.log(`HTML: ${boxed.value}`);
console.log(`messages: ${JSON.stringify(boxed.messages)}`);
const other = await convert('<w:p><w:r><w:t>Text</w:t></w:r></w:p><w:altChunk/>');
console.log(`messages for another element: ${JSON.stringify(other.messages)}`);
const isAsDescribed =
  !boxed.value.includes('Tell an adult') && boxed.messages.length === 0 && other.messages.length === 1;
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
