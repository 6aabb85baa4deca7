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

/** For Windows programs on this system. */
export const wineNeeds = [
  { what: 'wine', packages: ['wine'] },
  { what: '/usr/lib/wine/wine64', packages: ['wine64'] },
] as const;
