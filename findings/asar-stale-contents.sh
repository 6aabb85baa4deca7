#!/usr/bin/env bash
# Expected: `@electron/asar` reads the archive that is on the disk. Its readme mentions no cache.
# Seen: the table of contents of a path is kept for the life of the process. After the archive was written again at the
#   same path, by the same package, `listPackage` gives the old list and `extractFile` gives bytes of the new file cut
#   at the old places: not an error and not the old content, but a piece of something else.
# Versions: @electron/asar 4.3.2.
# Meaning: a build or a test that packs, reads back, packs again and reads back compares with rubbish. `uncacheAll()`,
#   which the readme does not name, helps.
# Porthor: the packaging tests read each archive once, in a process that packs nothing a second time
#   (tests/packaging/linux-package.test.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 22.13 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund @electron/asar@4.3.2
grep -H '"version"' node_modules/@electron/asar/package.json
cat > try.mjs <<'JS'
import { mkdirSync, writeFileSync } from 'node:fs';
import { createPackage, extractFile, listPackage, uncacheAll } from '@electron/asar';

mkdirSync('app');
const pack = async (files) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(`app/${name}`, text);
  await createPackage('app', 'app.asar');
};
const look = () => ({ list: listPackage('app.asar', {}), rules: String(extractFile('app.asar', 'rules.txt')) });

await pack({ 'rules.txt': 'first' });
const first = look();
await pack({ 'rules.txt': 'second text', 'added.txt': 'new' });
const second = look();
uncacheAll();
const third = look();
console.log('packed once:        ', first);
console.log('packed again:       ', second);
console.log('after uncacheAll(): ', third);
const isAsDescribed =
  second.list.length === 1 && !['first', 'second text'].includes(second.rules) && third.rules === 'second text';
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
