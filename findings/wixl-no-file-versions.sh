#!/usr/bin/env bash
# Expected: an MSI names the version of each program and library, as WiX does, so that an upgrade replaces older ones.
#   Microsoft's page on the table File has the column Version for it, and MsiFileHash is for files without a version.
# Seen: wixl leaves Version empty for a program that has one, and gives it a hash as if it had none. By Microsoft's "File
#   Versioning Rules" a file with a version on the disk then beats the file in the package.
# Versions: wixl and msitools 0.101 of Debian 12; 7za.exe of the npm package 7zip-bin@5.2.0 as the program.
# Meaning: an upgrade into the same folder may keep old programs beside new data, and reports success. Remove the old
#   product before the new files are copied, or give each version a folder of its own.
# Porthor: does both (build/msi/porthor.wxs, build/msi/build-msi.ts).
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
need wixl 'install the Debian package wixl'
need msiinfo 'install the Debian package msitools'
need strings 'install the Debian package binutils'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
dpkg-query --show wixl msitools 2> /dev/null || wixl --version
npm install --silent --no-audit --no-fund --ignore-scripts 7zip-bin@5.2.0
cp node_modules/7zip-bin/win/x64/7za.exe program.exe
echo 'text' > readme.txt
cat > example.wxs <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="11111111-2222-4333-8444-555555555555" Name="Example" Language="1033" Version="1.0.0" Manufacturer="Example" UpgradeCode="22222222-2222-4333-8444-555555555555">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine"/>
    <Media Id="1" Cabinet="a.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Component Id="One" Guid="33333333-2222-4333-8444-555555555555"><File Id="Program" Source="program.exe" KeyPath="yes"/></Component>
      <Component Id="Two" Guid="44444444-2222-4333-8444-555555555555"><File Id="Readme" Source="readme.txt" KeyPath="yes"/></Component>
    </Directory>
    <Feature Id="All" Level="1"><ComponentRef Id="One"/><ComponentRef Id="Two"/></Feature>
  </Product>
</Wix>
XML
wixl -o example.msi example.wxs
own=$(strings -e l program.exe | grep -A 1 '^FileVersion$' | tail -n 1)
row() { msiinfo export example.msi "$1" | tr -d '\r' | awk -F '\t' -v id="$2" '$1 == id'; }
version=$(row File Program | cut -f 5)
hashed=$(row MsiFileHash Program | wc -l)
echo "version in the program itself: $own"
echo "version in the table File: «$version»"
echo "rows for it in MsiFileHash: $hashed"
if [[ -n $own && -z $version && $hashed == 1 ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
