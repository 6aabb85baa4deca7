#!/usr/bin/env bash
# Expected: a C function that answers 2 has answered true. C says that every value but 0 is true, Windows documents
#   BOOL as "nonzero" for success, and koffi itself decodes a byte of 2 in memory as true.
# Seen: as the result of a call, koffi's `bool` keeps the lowest bit only: 2, 256 and every other even number are false,
#   1, 3 and 257 are true.
# Versions: koffi 3.3.4, glibc on x86-64 Linux.
# Meaning: a Windows function declared with `bool` for BOOL reads a success as a failure if the function answers an
#   even number. Most answer 1, so a test seldom shows it. Declare BOOL as `int` and compare with 0.
# Porthor: electron/platform/native/native.win32.ts declares BOOL as `int32_t` and BOOLEAN as `uint8_t`.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 22.13 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund koffi@3.3.4
grep -H '"version"' node_modules/koffi/package.json
cat > try.mjs <<'JS'
import koffi from 'koffi';

const library = koffi.load('libc.so.6');
const asBool = library.func('abs', 'bool', ['int']);
const asInt = library.func('abs', 'int', ['int']);
const rows = [0, 1, 2, 3, 256, 257].map((value) => ({ value, int: asInt(value), bool: asBool(value) }));
console.table(rows);
const inMemory = koffi.decode(Buffer.from([2]), 'bool');
console.log(`a byte of 2, decoded from memory as bool: ${inMemory}`);
const isAsDescribed = rows.every(({ value, bool }) => bool === (value % 2 === 1)) && inMemory === true;
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
