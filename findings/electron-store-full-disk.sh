#!/usr/bin/env bash
# Expected: a write that does not fit on the disk fails with an error and leaves the old file whole. The readmes of
#   electron-store and conf say that changes are written atomically and never corrupt the existing config; the readme
#   of atomically, which does the work for them, calls a partly written file impossible.
# Seen: if the disk has room for a part of the file, `set` returns without an error. The good file is gone, and in its
#   place is the part that fitted. The next start throws a SyntaxError. With no room at all, `set` throws ENOSPC.
# Versions: conf 16.0.0 (the whole of electron-store 12.0.0 but for two Electron paths), atomically 2.1.1; Linux.
# Meaning: write(2) may write less than it was asked to, and atomically ignores how much was written. A settings file
#   on a PC whose profile disk or quota is nearly full can be lost without a word. Do not keep in electron-store what
#   cannot be made again.
# Porthor: receipts, identity and settings go through electron/storage/durable-file.ts, which checks every write.
#   electron-store keeps the chosen language only (electron/storage/preferences/preferences.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
need unshare 'install the Debian package util-linux'
unshare --user --map-root-user --mount true 2>/dev/null ||
  { echo 'MISSING: user namespaces, to mount a small disk without root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund electron-store@12.0.0 conf@16.0.0 atomically@2.1.1
grep -H '"version"' node_modules/{electron-store,conf,atomically}/package.json
cat > try.mjs <<'JS'
import fs from 'node:fs';
import Conf from 'conf';

const folder = process.argv[2];
const file = `${folder}/state.json`;
const open = () => new Conf({ cwd: folder, configName: 'state', projectName: 'example' });
const store = open();
store.set('answers', Array.from({ length: 200 }, (_, number) => ({ number, text: `answer ${number}` })));
const before = fs.readFileSync(file, 'utf8');
console.log(`before: ${before.length} bytes of good JSON`);

const filler = fs.openSync(`${folder}/filler`, 'w');
try {
  for (;;) fs.writeSync(filler, Buffer.alloc(4096));
} catch (error) {
  console.log(`the disk is full: ${error.code}`);
}
fs.ftruncateSync(filler, fs.fstatSync(filler).size - 8192);
console.log('8192 bytes are free again');

let outcome = 'returned without an error';
try {
  store.set('one', 'more');
} catch (error) {
  outcome = `threw ${error.code}`;
}
const after = fs.readFileSync(file, 'utf8');
console.log(`set ${outcome}; the file now has ${after.length} bytes`);
let next = 'reads it';
try {
  open();
} catch (error) {
  next = `throws ${error.name}`;
}
console.log(`the next start ${next}`);
const isAsDescribed = outcome.startsWith('returned') && before.startsWith(after.slice(0, 20)) && after.length === 8192 && next !== 'reads it';
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
mkdir disk
unshare --user --map-root-user --mount sh -c 'mount -t tmpfs -o size=64k none disk && node try.mjs disk'
