#!/usr/bin/env bash
# Expected: in lsblk's JSON, a device that is not mounted has an empty list of mount points. The manual says that
#   MOUNTPOINTS holds all locations where the device is mounted; its column of text is empty.
# Seen: the list has one element, and that is null: `"mountpoints": [null]`.
# Versions: lsblk of util-linux 2.38 (Debian 12); the column exists since 2.37.
# Meaning: code that asks whether the list is empty calls every stick mounted, and code that takes the first element as a
#   path fails on null. Filter the list for texts first.
# Porthor: electron/platform/volumes/parse-lsblk.ts keeps the elements that start with a slash.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need lsblk 'install the Debian package util-linux'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
lsblk --version
mkdir -p root/sys/block/sda/{holders,slaves,queue} root/sys/dev/block root/proc/self root/etc
echo 8:0 > root/sys/block/sda/dev
echo 131072 > root/sys/block/sda/size
echo 0 > root/sys/block/sda/ro
ln -s ../../block/sda root/sys/dev/block/8:0
touch root/proc/self/mountinfo root/proc/swaps root/etc/fstab
json=$(lsblk --sysroot "$PWD/root" --json --output NAME,MOUNTPOINTS)
echo "$json"
if [[ $(tr -d ' \n' <<< "$json") == *'"mountpoints":[null]'* ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
