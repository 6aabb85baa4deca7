/** The system packages of the tests that need more than a display and a browser. */

/** For a test's own bus and logind. */
export const logindNeeds = [
  { what: 'dbus-daemon', packages: ['dbus-daemon', 'dbus'] },
  { what: 'busctl', packages: ['systemd'] },
  { what: 'gdbus', packages: ['libglib2.0-bin'] },
  { what: '/usr/lib/python3/dist-packages/dbusmock/__init__.py', packages: ['python3-dbusmock'] },
] as const;

/** For a virtual machine with a USB bus, and for its drives. */
export const machineNeeds = [
  { what: 'qemu-system-x86_64', packages: ['qemu-system-x86'] },
  { what: '/bin/busybox', packages: ['busybox-static'] },
  { what: '/lib/systemd/systemd-udevd', packages: ['udev'] },
  { what: '/usr/bin/setpriv', packages: ['util-linux'] },
  { what: '/bin/mount', packages: ['mount'] },
  { what: '/sbin/cryptsetup', packages: ['cryptsetup-bin'] },
  { what: '/sbin/mkfs.vfat', packages: ['dosfstools'] },
  { what: 'mkfs.exfat', packages: ['exfatprogs'] },
  { what: 'mkfs.ntfs', packages: ['ntfs-3g'] },
  { what: 'mkfs.ext4', packages: ['e2fsprogs'] },
  { what: 'genisoimage', packages: ['genisoimage'] },
] as const;

/** A C compiler for libraries that the tests load. */
export const compilerNeeds = [
  { what: 'cc', packages: ['gcc'] },
  { what: '/usr/include/stdlib.h', packages: ['libc6-dev'] },
] as const;

/** For WiX's own compiler, which is a .NET program. */
export const wixNeeds = [
  { what: 'mono', packages: ['mono-runtime'] },
  { what: '/usr/lib/mono/4.5/System.Xml.dll', packages: ['libmono-system-xml4.0-cil'] },
] as const;

/** Windows' headers, and a compiler that reads them. */
export const windowsHeaderNeeds = [
  { what: 'x86_64-w64-mingw32-gcc', packages: ['gcc-mingw-w64-x86-64-win32', 'gcc-mingw-w64-x86-64'] },
] as const;

/** For Windows programs on this system. */
export const wineNeeds = [
  { what: 'wine', packages: ['wine'] },
  { what: '/usr/lib/wine/wine64', packages: ['wine64'] },
] as const;

/** An independent reader of transparency logs: Go, and the packages of Go's own checksum database. */
export const goNeeds = [
  { what: 'go', packages: ['golang-go'] },
  {
    what: '/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog',
    packages: ['golang-golang-x-mod-dev'],
  },
] as const;
