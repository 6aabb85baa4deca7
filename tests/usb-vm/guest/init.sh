#!/bin/sh
# The first process of the virtual machine: starts a small Linux with a device manager, the agent's device watching as an
# ordinary account on one serial line to the tests, and a root shell on another.
export PATH=/usr/bin:/bin:/usr/sbin:/sbin
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs devtmpfs /dev
busybox mount -t tmpfs -o mode=755 tmpfs /run
busybox mount -t tmpfs tmpfs /tmp
busybox mkdir -p /dev/pts /run/lock /media
echo 0 > /proc/sys/kernel/printk_ratelimit
/lib/systemd/systemd-udevd --daemon
# An emulated processor is slow enough without the kernel's pause of one second before it reads a stick.
busybox modprobe usb-storage delay_use=0
for module in xhci-pci uas sd_mod sr_mod dm-crypt xts ecb vfat nls_cp437 nls_ascii exfat isofs loop; do
  busybox modprobe "$module" || echo "no module $module" > /dev/console
done
udevadm trigger --type=subsystems --action=add
udevadm trigger --type=devices --action=add
udevadm settle --timeout=30
busybox stty -F /dev/ttyS1 raw -echo
busybox stty -F /dev/ttyS2 raw -echo
export DM_DISABLE_UDEV=1
# The root shell reads a number and a command per line, and answers with the command's output and the number.
(
  while read -r number command; do
    sh -c "$command" < /dev/null 2>&1 | busybox sed 's/^/| /'
    echo "= $number"
  done < /dev/ttyS2 > /dev/ttyS2
) &
busybox chmod 666 /dev/ttyS1
cd /agent
while :; do
  /usr/bin/setpriv --reuid 1000 --regid 1000 --clear-groups /usr/bin/node /agent/main.js < /dev/ttyS1 > /dev/ttyS1 2> /dev/console
  echo "the watching ended" > /dev/console
  busybox sleep 1
done
