#!/usr/bin/env bash
# Expected: on a computer without a USB bus, `getDevices()` gives an empty list. WebUSB, which the readme of usb says it
#   follows, has no error for it; a browser gives an empty list.
# Seen: every call rejects with "/sys/bus/usb/devices/ not found". Its code is GenericFailure, as for every
#   other error, so only its text says that there is simply nothing to list.
# Versions: usb 3.1.0 on Linux.
# Meaning: virtual machines, thin clients' servers and containers have no USB bus. A program that lists at its start
#   fails there, and one that treats every error alike reports a fault where all is well.
# Porthor: electron/platform/usb/usb.linux.ts looks for the folder itself and states the capability as none, with
#   the reason.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
need unshare 'install the Debian package util-linux'
unshare --user --map-root-user --mount true 2>/dev/null ||
  { echo 'MISSING: user namespaces, to hide the USB bus from one process' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund usb@3.1.0
grep -H '"version"' node_modules/usb/package.json
cat > try.mjs <<'JS'
import { usb, webusb } from 'usb';

const outcomes = [];
for (const [name, list] of Object.entries({ usb: () => usb.getDevices(), webusb: () => webusb.getDevices() })) {
  let outcome;
  try {
    outcome = `${(await list()).length} devices`;
  } catch (error) {
    outcome = `rejects, code ${error.code}: ${error.message}`;
  }
  console.log(`${name}.getDevices(): ${outcome}`);
  outcomes.push(outcome);
}
const isAsDescribed = outcomes.every((outcome) => /^rejects, code .*: .*\/sys\/bus\/usb\/devices\/ not found/.test(outcome));
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
unshare --user --map-root-user --mount sh -c 'mount -t tmpfs none /sys/bus && node try.mjs'
