#!/usr/bin/env bash
# Expected: `DELETE FROM` a table deletes every row that its condition names. Microsoft's page "SQL Syntax" for Windows
#   Installer says so, and msibuild's manual promises to execute SQL.
# Seen: msibuild deletes every second of these rows, because each row that is deleted moves the next one into its place.
#   It prints nothing and ends with 0. `UPDATE` with the same condition reaches all rows.
# Versions: msitools 0.101 of Debian 12.
# Meaning: a build that takes actions, conditions or files out of a package by SQL takes half of them out, and the rest is
#   installed. A condition that names one row is safe; else repeat until the table no longer changes.
# Porthor: build/msi/adapt-for-wixl.ts inserts and updates by key, and deletes nothing.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need msibuild 'install the Debian package msitools'
need msiinfo 'install the Debian package msitools'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
dpkg-query --show msitools 2> /dev/null || true
msibuild example.msi -q 'CREATE TABLE `Rule` (`Id` CHAR(20) NOT NULL, `Kind` CHAR(20) NOT NULL PRIMARY KEY `Id`)'
for number in 1 2 3 4 5 6 7 8; do
  msibuild example.msi -q "INSERT INTO \`Rule\` (\`Id\`, \`Kind\`) VALUES ('rule$number', 'old')"
done
rows() { msiinfo export example.msi Rule | tr -d '\r' | tail -n +4; }
echo "rows before: $(rows | wc -l)"
msibuild example.msi -q "UPDATE \`Rule\` SET \`Kind\` = 'older' WHERE \`Kind\` = 'old'"
updated=$(rows | grep -c older || true)
echo "rows that UPDATE reached: $updated"
status=0
msibuild example.msi -q "DELETE FROM \`Rule\` WHERE \`Kind\` = 'older'" || status=$?
left=$(rows | wc -l)
echo "DELETE of all of them ended with $status; rows left: $left"
rows
if [[ $updated == 8 && $status == 0 && $left == 4 ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
