#!/usr/bin/env bash
# Expected: pressing a key is input, holding it down is not: the user did one thing once. So says the description of the
#   idle time in XScreenSaverQueryInfo(3), and a mouse button behaves like that.
# Seen: while a letter key is down, the idle time of X11 stays near 0, because the server's own repeats of the key count
#   as input. A held mouse button and a held Shift key let it rise.
# Versions: Xorg 21.1, xprintidle 0.2 and xdotool 3.2021 of Debian 12.
# Meaning: a book on the keyboard, or a key that sticks, keeps an idle lock from locking, all night. A test that holds a
#   mouse button or Shift does not show it.
# Porthor: takes the idle time as it is on X11 (electron/platform/idle/idle.linux.ts); docs/known-limits.md says so.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need Xorg 'install the Debian packages xserver-xorg-core and xserver-xorg-video-dummy'
need xprintidle 'install the Debian package xprintidle'
need xdotool 'install the Debian package xdotool'
work=$(mktemp -d)
server=''
finish() {
  if [[ -n $server ]]; then kill "$server" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
cat > xorg.conf <<'CONF'
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
EndSection
CONF
mkfifo display
Xorg -noreset -nolisten tcp -displayfd 3 -logfile xorg.log -config "$work/xorg.conf" 3<> display 2> /dev/null &
server=$!
read -r -t 60 number < display || { echo 'MISSING: an X server that starts' >&2; exit 2; }
export DISPLAY=":$number"
dpkg-query --show xserver-xorg-core xprintidle 2> /dev/null || true
held() {
  local idle
  xdotool "$1" "$2"
  sleep 4
  idle=$(xprintidle)
  xdotool "$3" "$2"
  echo "$4 held for 4 s: idle $idle ms" >&2
  echo "$idle"
}
letter=$(held keydown a keyup 'the key A')
shift_key=$(held keydown shift keyup 'the Shift key')
button=$(held mousedown 1 mouseup 'the mouse button')
if [[ $letter -lt 2000 && $shift_key -ge 3500 && $button -ge 3500 ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
