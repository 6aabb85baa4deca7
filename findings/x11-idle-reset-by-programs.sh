#!/usr/bin/env bash
# Expected: the idle time of X11 starts again when the user does something. XScreenSaverQueryInfo(3) calls it the time
#   since the last input was received from the user on any of the input devices; the wish to keep the screen from
#   going dark has calls of its own.
# Seen: `xset s reset`, which any program may ask for (XResetScreenSaver), sets the idle time back to 0. So does a
#   program that moves the pointer (XWarpPointer), as games and remote-desktop tools do. No input device took part.
# Versions: Xorg 21.1, xprintidle 0.2 and python3-xlib of Debian 12.
# Meaning: an idle lock on X11 waits for ever on a PC where a video player resets the screen saver every minute, or where
#   a game keeps the pointer in its middle. The idle time cannot tell them from a person.
# Porthor: takes the idle time as it is on X11 (electron/platform/idle/idle.linux.ts); docs/known-limits.md says so.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need Xorg 'install the Debian packages xserver-xorg-core and xserver-xorg-video-dummy'
need xprintidle 'install the Debian package xprintidle'
need xdotool 'install the Debian package xdotool'
need xset 'install the Debian package x11-xserver-utils'
/usr/bin/python3 -c 'import Xlib' 2> /dev/null || { echo 'MISSING: python3-xlib: install the Debian package python3-xlib' >&2; exit 2; }
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
cat > warp.py <<'PY'
from Xlib import display
connection = display.Display()
connection.screen().root.warp_pointer(100, 100)
connection.sync()
PY
isReset=true
try() {
  local before after
  sleep 4
  before=$(xprintidle)
  "${@:2}"
  after=$(xprintidle)
  echo "$1: idle $before ms before, $after ms after"
  [[ $before -ge 3500 && $after -lt $before ]] || isReset=false
}
try 'xset s reset' xset s reset
try 'a program warps the pointer' /usr/bin/python3 warp.py
sleep 4
echo "after 4 s without either: idle $(xprintidle) ms"
if $isReset; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
