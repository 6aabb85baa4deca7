#!/usr/bin/env bash
# Expected: `RegistryValue` with `Type="expandable"` or `Type="binary"` makes a value of that type. In the table Registry
#   of an MSI the type is a prefix of the value, `#%` for REG_EXPAND_SZ and `#x` for REG_BINARY (Microsoft's page
#   "Registry Table"); WiX writes these prefixes, and wixl writes `#` for numbers.
# Seen: wixl takes both types without a word and writes the bare value. Windows Installer reads that as REG_SZ: the text
#   `%ProgramFiles%` is never expanded, and the bytes become the text `0A0B`.
# Versions: wixl and msitools 0.101 of Debian 12.
# Meaning: the package builds, installs and shows the right letters in regedit; only the type is wrong, and the program
#   that reads the value fails. Look at the table after the build.
# Porthor: the installer writes texts and numbers only (build/msi/porthor.wxs, build/msi/settings.wxs), and a test reads
#   its tables (tests/packaging/).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need wixl 'install the Debian package wixl'
need msiinfo 'install the Debian package msitools'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
dpkg-query --show wixl msitools 2>/dev/null || wixl --version
cat > example.wxs <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="11111111-2222-4333-8444-555555555555" Name="Example" Language="1033" Version="1.0.0" Manufacturer="Example" UpgradeCode="22222222-2222-4333-8444-555555555555">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Component Id="Values" Guid="33333333-2222-4333-8444-555555555555">
        <RegistryKey Root="HKLM" Key="Software\Example">
          <RegistryValue Name="number" Type="integer" Value="5" KeyPath="yes"/>
          <RegistryValue Name="expandable" Type="expandable" Value="%ProgramFiles%"/>
          <RegistryValue Name="binary" Type="binary" Value="0A0B"/>
        </RegistryKey>
      </Component>
    </Directory>
    <Feature Id="All" Level="1"><ComponentRef Id="Values"/></Feature>
  </Product>
</Wix>
XML
wixl -o example.msi example.wxs
valueOf() { msiinfo export example.msi Registry | tr -d '\r' | awk -F '\t' -v name="$1" '$4 == name { print $5 }'; }
for name in number expandable binary; do echo "$name: $(valueOf "$name")"; done
if [[ $(valueOf number) == '#5' && $(valueOf expandable) == '%ProgramFiles%' && $(valueOf binary) == '0A0B' ]]; then
  echo 'AS DESCRIBED'
else
  echo 'CHANGED'
  exit 1
fi
