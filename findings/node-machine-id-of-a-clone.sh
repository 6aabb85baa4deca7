#!/usr/bin/env bash
# Expected: on Linux the machine id is the one of /etc/machine-id, which machine-id(5) calls the unique id of the local
#   system, and which a technician renews on a cloned disk.
# Seen: node-machine-id asks D-Bus's own copy first, /var/lib/dbus/machine-id. Where that is a file and not a link to the
#   other, as on many Debian installations, the clone keeps the id of its original after /etc/machine-id was renewed.
# Versions: node-machine-id 1.1.12 on Linux.
# Meaning: two PCs report under one id. Renew both files on a cloned disk, or remove D-Bus's copy and link it to
#   /etc/machine-id.
# Porthor: reads the files in the same order (electron/platform/machine/machine.linux.ts); docs/known-limits.md says what
#   to renew on a cloned disk.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
need unshare 'install the Debian package util-linux'
[[ -d /var/lib/dbus && -e /etc/machine-id ]] || { echo 'MISSING: /var/lib/dbus and /etc/machine-id: install the Debian package dbus' >&2; exit 2; }
unshare --user --map-root-user --mount true 2>/dev/null ||
  { echo 'MISSING: user namespaces, to show other ids to one process' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund node-machine-id@1.1.12
grep -H '"version"' node_modules/node-machine-id/package.json
original=11111111111111111111111111111111
renewed=22222222222222222222222222222222
echo "$renewed" > renewed-id
cat > clone.sh <<SH
mount --bind renewed-id /etc/machine-id
mount -t tmpfs none /var/lib/dbus
[ "\$1" = both ] && echo $original > /var/lib/dbus/machine-id || ln -s /etc/machine-id /var/lib/dbus/machine-id
node -p "require('node-machine-id').machineIdSync({ original: true })"
SH
both=$(unshare --user --map-root-user --mount sh clone.sh both)
linked=$(unshare --user --map-root-user --mount sh clone.sh linked)
echo "/etc/machine-id renewed to $renewed"
echo "D-Bus's copy is a file with the original's id: node-machine-id says $both"
echo "D-Bus's copy is a link:                        node-machine-id says $linked"
if [[ $both == "$original" && $linked == "$renewed" ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
