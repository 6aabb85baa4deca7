#!/usr/bin/env bash
# Expected: python-dbusmock's template `logind` answers the usual calls in the way of logind. Its readme says that the
#   templates simulate common services, so that a program can be tested against them.
# Seen: `Manager.LockSession` and `Manager.TerminateSession` answer success and do nothing: no Lock signal comes, and the
#   session stays in the list. `Session.Lock` does send the signal. `Manager.GetUser` fails with a TypeError of Python for
#   a user whom `ListUsers` lists. An inhibitor that was taken is not in `ListInhibitors`.
# Versions: python3-dbusmock 0.28.7 of Debian 12.
# Meaning: a test of a lock, a sign-out or an inhibitor that looks at the answer alone passes, whatever the program does.
#   Give the mock methods of your own that leave a mark.
# Porthor: tests/support/private-logind.ts does so.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need dbus-daemon 'install the Debian package dbus-daemon'
need gdbus 'install the Debian package libglib2.0-bin'
need busctl 'install the Debian package systemd'
/usr/bin/python3 -c 'import dbusmock' 2> /dev/null ||
  { echo 'MISSING: dbusmock: install the Debian package python3-dbusmock' >&2; exit 2; }
work=$(mktemp -d)
children=()
finish() {
  for child in "${children[@]}"; do kill "$child" 2> /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
dpkg-query --show python3-dbusmock 2> /dev/null || true
cat > bus.conf <<CONF
<busconfig>
  <type>system</type>
  <listen>unix:path=$work/bus</listen>
  <policy context="default"><allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/></policy>
</busconfig>
CONF
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
mkfifo ready
dbus-daemon --config-file="$work/bus.conf" --nofork --print-address=3 3<> ready 2> /dev/null &
children+=($!)
read -r -t 30 _ < ready
/usr/bin/python3 -m dbusmock --template logind > /dev/null 2>&1 &
children+=($!)
service=org.freedesktop.login1
manager=/org/freedesktop/login1
gdbus wait --system --timeout 30 $service
call() { busctl --system --json=short call $service "$@" 2>&1 || true; }
call $manager org.freedesktop.DBus.Mock AddSession ssusb c1 seat0 1000 user true > /dev/null
gdbus monitor --system --dest $service > signals &
children+=($!)
for _ in $(seq 100); do
  if grep -q 'is owned by' signals; then break; fi
  sleep 0.1
done
signals() { grep -c 'login1.Session.Lock ()' signals || true; }
echo "LockSession answers: «$(call $manager $service.Manager LockSession s c1)»"
call $manager $service.Manager ListSessions > /dev/null
sleep 1
afterManager=$(signals)
call $manager/session/c1 $service.Session Lock > /dev/null
for _ in $(seq 50); do
  if [[ $(signals) -gt $afterManager ]]; then break; fi
  sleep 0.1
done
afterSession=$(signals)
echo "Lock signals after Manager.LockSession: $afterManager, after Session.Lock: $afterSession"
echo "TerminateSession answers: «$(call $manager $service.Manager TerminateSession s c1)»"
sessions=$(call $manager $service.Manager ListSessions)
echo "sessions afterwards: $sessions"
users=$(call $manager $service.Manager ListUsers)
user=$(call $manager $service.Manager GetUser u 1000)
echo "ListUsers: $users"
echo "GetUser 1000: $(tail -n 1 <<< "$user")"
call $manager $service.Manager Inhibit ssss sleep example example delay > /dev/null
inhibitors=$(call $manager $service.Manager ListInhibitors)
echo "ListInhibitors with one taken: $inhibitors"
if [[ $afterManager == 0 && $afterSession == 1 && $sessions == *c1* && $users == *1000* && $user == *TypeError* && $inhibitors == *'[[]]'* ]]; then
  echo 'AS DESCRIBED'
else
  echo 'CHANGED'
  exit 1
fi
