#!/bin/sh
# The first process of a virtual machine with a desktop: loads the kernel's modules, then changes into the host's system,
# which is shared read-only. Folders that need writing are in memory.
export PATH=/usr/bin:/bin:/usr/sbin:/sbin
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs devtmpfs /dev
for module in virtio_pci 9pnet_virtio 9p xhci-pci sd_mod vfat nls_cp437 nls_ascii; do
  busybox modprobe "$module" || echo "no module $module" > /dev/console
done
# An emulated processor is slow enough without the kernel's pause of one second before it reads a stick.
busybox modprobe usb-storage delay_use=0
busybox mkdir -p /system
share() {
  busybox mount -t 9p -o "trans=virtio,version=9p2000.L,msize=524288,$3" "$1" "$2" || echo "no share $1" > /dev/console
}
share system /system ro,cache=loose
share project /system/mnt ro,cache=loose
share out /system/srv rw
for folder in proc sys dev; do
  busybox mount -o bind "/$folder" "/system/$folder"
done
for folder in tmp run media; do
  busybox mount -t tmpfs tmpfs "/system/$folder"
done
busybox mkdir -p /system/dev/shm /system/dev/pts
busybox mount -t tmpfs tmpfs /system/dev/shm
busybox mount -t devpts devpts /system/dev/pts
busybox ifconfig lo 127.0.0.1 up
exec busybox chroot /system /bin/sh /mnt/tests/usb-vm/guest/desktop.sh
