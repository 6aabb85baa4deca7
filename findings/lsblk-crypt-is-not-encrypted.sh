#!/usr/bin/env bash
# Expected: lsblk's type `crypt` is an encrypted mapping. Its manual says "device type", and guides tell readers to look
#   for `crypt` to see whether a disk is encrypted.
# Seen: lsblk takes the type from the part of the device-mapper id before the first hyphen. cryptsetup's other tools
#   write the same one: a dm-verity mapping (`CRYPT-VERITY-…`) and a dm-integrity mapping (`CRYPT-INTEGRITY-…`) encrypt
#   nothing and are `crypt` as well.
# Versions: lsblk of util-linux 2.38 (Debian 12).
# Meaning: a program that calls a drive encrypted for its `crypt` child is wrong about drives whose every byte can be
#   read. Read the whole id from `dm/uuid` in sysfs.
# Porthor: electron/platform/volumes/find-encryption.ts accepts the ids of mappings that encrypt, and no others.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need lsblk 'install the Debian package util-linux'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
lsblk --version
block() {
  mkdir -p "root/sys/block/$1"/{holders,slaves,queue} root/sys/dev/block root/proc/self root/etc
  echo "$2" > "root/sys/block/$1/dev"
  echo 131072 > "root/sys/block/$1/size"
  echo 0 > "root/sys/block/$1/ro"
  ln -s "../../block/$1" "root/sys/dev/block/$2"
}
mapping() {
  block "$1" "$2"
  mkdir "root/sys/block/$1/dm"
  echo "$3" > "root/sys/block/$1/dm/uuid"
  echo "$4" > "root/sys/block/$1/dm/name"
  ln -s "../../$1" "root/sys/block/sda/holders/$1"
  ln -s ../../sda "root/sys/block/$1/slaves/sda"
}
block sda 8:0
mapping dm-0 253:0 CRYPT-LUKS2-0123456789abcdef0123456789abcdef-luks luks
mapping dm-1 253:1 CRYPT-VERITY-0123456789abcdef0123456789abcdef-verity verity
mapping dm-2 253:2 CRYPT-INTEGRITY-integrity integrity
touch root/proc/self/mountinfo root/proc/swaps root/etc/fstab
lsblk --sysroot "$PWD/root" --output NAME,TYPE
types=$(lsblk --sysroot "$PWD/root" --list --noheadings --output NAME,TYPE | awk '$1 != "sda" { print $1 "=" $2 }' | sort | tr '\n' ' ')
if [[ $types == 'integrity=crypt luks=crypt verity=crypt ' ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
