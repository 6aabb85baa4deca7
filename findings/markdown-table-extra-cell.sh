#!/usr/bin/env bash
# Expected: a Markdown reader and a Markdown renderer of one family agree on the cells of a table. The specification of
#   GitHub's Markdown, section 4.10, says that cells beyond those of the header row are ignored.
# Seen: mdast-util-from-markdown keeps the extra cell with its words in the tree. react-markdown, which builds on the
#   same tree, drops it without a warning.
# Versions: mdast-util-from-markdown 2.1.0, micromark-extension-gfm-table 2.1.2, mdast-util-gfm-table 2.0.1,
#   react-markdown 10.1.0, react 19.3.1.
# Meaning: a check, a hash, a search or a word count over the tree, or over the file, holds a rule that no reader of the
#   page ever sees. Compare the length of each row with that of the header.
# Porthor: the import widens the header, so that such words stay on the page (build/policy/import/read-markdown.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund mdast-util-from-markdown@2.1.0 micromark-extension-gfm-table@2.1.2 \
  mdast-util-gfm-table@2.0.1 react-markdown@10.1.0 react@19.3.1 react-dom@19.3.1
grep -H '"version"' node_modules/{mdast-util-from-markdown,micromark-extension-gfm-table,mdast-util-gfm-table,react-markdown,react}/package.json
cat > try.mjs <<'JS'
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';

const text = '| Place | Rule |\n| --- | --- |\n| Library | Be quiet | and eat nothing |\n';
const tree = fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
const rows = tree.children[0].children.map((row) => row.children.map((cell) => cell.children[0].value));
function readTables() {
  const data = this.data();
  data.micromarkExtensions = [gfmTable()];
  data.fromMarkdownExtensions = [gfmTableFromMarkdown()];
}
const page = renderToStaticMarkup(createElement(Markdown, { remarkPlugins: [readTables] }, text));
console.log(`in the tree: ${JSON.stringify(rows)}`);
console.log(`on the page: ${page}`);
const isAsDescribed = rows[1].length === 3 && page.includes('Be quiet') && !page.includes('eat nothing');
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
