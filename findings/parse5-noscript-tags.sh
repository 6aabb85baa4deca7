#!/usr/bin/env bash
# Expected: a parser that runs no scripts reads the content of `<noscript>` as elements, as a browser without scripts does.
# Seen: parse5 parses as a browser with scripts unless `scriptingEnabled: false` is given. Then the whole content of a
#   `<noscript>` in the body is one text, tags included. A program that collects the text of a page shows the tags.
# Versions: parse5 8.1.1.
# Meaning: pages that need a script often repeat their text in `<noscript>`. It comes out twice, the second time as code.
# Porthor: build/policy/import/read-html.ts drops the element, as the page shows its text elsewhere.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund parse5@8.1.1
grep -H '"version"' node_modules/parse5/package.json
cat > try.mjs <<'JS'
import { parse } from 'parse5';

const page = '<!doctype html><title>Rules</title><body><noscript><p>I will <b>ask</b> first.</p></noscript>';
const textOf = (node) => (node.nodeName === '#text' ? node.value : (node.childNodes ?? []).map(textOf).join(''));
const usual = textOf(parse(page));
const without = textOf(parse(page, { scriptingEnabled: false }));
console.log('as it comes:     ', JSON.stringify(usual));
console.log('without scripts: ', JSON.stringify(without));
process.exitCode = usual.includes('<b>ask</b>') && without.endsWith('I will ask first.') ? 0 : 1;
JS
node try.mjs
