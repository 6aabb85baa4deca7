#!/bin/sh
# Runs the agent in a desktop session, and starts it again when it has died: at once, and after ten deaths once a minute.
# It ends when the agent ends in order (or finds another there), and with the session that started it.

program=$(dirname "$0")/../../../opt/Porthor/porthor
pause=2
deaths=0

parent() {
  sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$$/stat"
}

session=$(parent)
"$program" --at-logon --kept="$pause" "$@" && exit 0
while [ "$(parent)" = "$session" ]; do
  deaths=$((deaths + 1))
  [ "$deaths" -lt 10 ] || pause=60
  sleep "$pause"
  "$program" --kept="$pause" "$@" && exit 0
done
