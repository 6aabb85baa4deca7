#!/usr/bin/env bash
# Expected: a volume that blkid calls crypto_LUKS holds its content encrypted. blkid's manual speaks of the type of the
#   content, and `cryptsetup isLuks` agrees.
# Seen: after `cryptsetup reencrypt --encrypt --init-only`, the documented first step for a volume in use, the header is
#   there and not a byte of the content is encrypted. blkid and isLuks say LUKS; a file's words can still be read from
#   the image. Only `luksDump` names the state (`online-reencrypt`), and on a device it needs root.
# Versions: cryptsetup 2.6 and util-linux 2.38 of Debian 12.
# Meaning: a stick whose encryption was started and never finished passes for a protected one, on every PC that asks
#   blkid, lsblk or udisks. Encrypt a stick to the end before it is given out.
# Porthor: says "locked" for such a stick while it is closed; docs/known-limits.md names the limit.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
PATH=$PATH:/usr/sbin:/sbin
need cryptsetup 'install the Debian package cryptsetup-bin'
need blkid 'install the Debian package util-linux'
need mkfs.ext4 'install the Debian package e2fsprogs'
need debugfs 'install the Debian package e2fsprogs'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cryptsetup --version
blkid --version
truncate -s 64M stick.img
mkfs.ext4 -q stick.img
echo 'the marks of class 4b' > marks.txt
debugfs -w -R 'write marks.txt marks.txt' stick.img 2> /dev/null
truncate -s 96M stick.img
printf 'only for this example' > key
cryptsetup reencrypt --encrypt --init-only --reduce-device-size 32M --key-file key \
  --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --batch-mode stick.img
type=$(blkid -p -o value -s TYPE stick.img)
echo "blkid: $type"
isLuks=no
if cryptsetup isLuks stick.img; then isLuks=yes; fi
echo "cryptsetup isLuks: $isLuks"
cryptsetup luksDump stick.img | grep Requirements
readable=no
if grep -q 'the marks of class 4b' stick.img; then readable=yes; fi
echo "the words of the file can be read: $readable"
if [[ $type == crypto_LUKS && $isLuks == yes && $readable == yes ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
