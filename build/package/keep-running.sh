#!/bin/sh
# The watchdog: runs the agent in a desktop session and restarts it after a crash: after two seconds, from the tenth crash
# on after a minute. It ends when the agent ends normally (or finds another agent), and with its session.

program=$(dirname "$0")/../../../opt/Porthor/porthor
pause=2
deaths=0

parent() {
  sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$$/stat"
}

# Only on X11 can a window place itself above others. Since Electron 38 a Wayland session would get a Wayland window. The
# switch must be on the command line: Chromium chooses the platform before the agent's own code runs.
[ -z "$DISPLAY" ] || set -- --ozone-platform=x11 "$@"

session=$(parent)
"$program" --at-logon --kept="$pause" "$@" && exit 0
while [ "$(parent)" = "$session" ]; do
  deaths=$((deaths + 1))
  [ "$deaths" -lt 10 ] || pause=60
  sleep "$pause"
  "$program" --kept="$pause" "$@" && exit 0
done
