#!/usr/bin/env bash
# Expected: `<Head teacher>` in a Markdown text is a placeholder in words, and stays on the page: there is no such HTML
#   element. react-markdown's readme says that `skipHtml` ignores HTML.
# Seen: with `skipHtml` the words vanish and the sentence goes on without them. CommonMark, section 6.6, asks for the form
#   of a tag only: a letter first, then names of attributes. `<the head>` vanishes, `<1st floor>` stays.
# Versions: react-markdown 10.1.0, react 19.3.1.
# Meaning: templates of policies are full of such placeholders. What a person is asked to accept then lacks words that the
#   file, and its hash, hold. Without `skipHtml` they are shown; with it, look for HTML before publishing.
# Porthor: `npm run policy -- lint` calls HTML in a text an error (shared/policy/lint-pack.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund react-markdown@10.1.0 react@19.3.1 react-dom@19.3.1
grep -H '"version"' node_modules/{react-markdown,react}/package.json
cat > try.mjs <<'JS'
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';

const pageOf = (text) => renderToStaticMarkup(createElement(Markdown, { skipHtml: true }, text));
const rule = pageOf('Ask <Head teacher> before you film.');
const floor = pageOf('Films are kept on the <1st floor> only.');
console.log(rule);
console.log(floor);
const isAsDescribed = !rule.includes('Head teacher') && rule.includes('before you film') && floor.includes('1st floor');
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
