#!/usr/bin/env bash
# Expected: a program with an entry in /etc/xdg/autostart starts with a session of Openbox from Debian. Openbox brings
#   `openbox-xdg-autostart` for this and calls it at the end of each session's start.
# Seen: the tool needs PyXDG. Debian's openbox neither depends on python3-xdg nor recommends or suggests it. Without it
#   the tool ends with an error on a stream that no user sees, and no entry starts.
# Versions: openbox 3.6.1 of Debian 12.
# Meaning: on light desktops, as schools put on old PCs and thin clients, an agent that relies on XDG autostart is
#   installed and never runs. Install python3-xdg there, or start the agent from Openbox's own autostart file.
# Porthor: the Debian package starts the agent by XDG autostart (build/package/build-deb.ts); docs/installing.md says what
#   Openbox needs.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need openbox 'install the Debian package openbox'
need dpkg-query 'this script asks Debian for the dependencies of its package'
tool=$(dpkg-query --listfiles openbox | grep '/openbox-xdg-autostart$') ||
  { echo 'MISSING: openbox-xdg-autostart: install the Debian package openbox' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
dpkg-query --show openbox
relations=$(dpkg-query --show --showformat '${Depends} ${Recommends} ${Suggests}' openbox)
named=no
if [[ $relations == *python3-xdg* ]]; then named=yes; fi
echo "openbox names python3-xdg: $named"
status=0
# -S leaves out the folder of Debian's Python packages, so that python3-xdg is absent here even where it is installed.
/usr/bin/python3 -S "$tool" --list > seen 2>&1 || status=$?
said=$(tr -s '\n' ' ' < seen)
echo "without it, $(basename "$tool") --list ends with $status:$said"
if [[ $named == no && $status != 0 && $said == *PyXDG* ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
