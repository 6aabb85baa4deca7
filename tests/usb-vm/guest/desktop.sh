# Continues desktop-init.sh in the host's system: starts a device manager, a root shell on one serial line to the tests,
# and the agent on its own desktop with another line.
export PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp/home LC_ALL=C.UTF-8 TMPDIR=/tmp XDG_RUNTIME_DIR=/run/desktop
mkdir -p /tmp/home /tmp/.X11-unix /run/lock /run/desktop
chmod 1777 /tmp /tmp/.X11-unix
chmod 700 /run/desktop
/lib/systemd/systemd-udevd --daemon
udevadm trigger --type=subsystems --action=add
udevadm trigger --type=devices --action=add
udevadm settle --timeout=60
stty -F /dev/ttyS1 raw -echo
stty -F /dev/ttyS2 raw -echo
# Reads a number and a command per line, and answers with the command's output and the number.
(
  while read -r number command; do
    sh -c "$command" < /dev/null 2>&1 | sed 's/^/| /'
    echo "= $number"
  done < /dev/ttyS2 > /dev/ttyS2
) &
cd /mnt || exit 1
"$(cat /srv/node)" tests/usb-vm/guest/show-window.ts < /dev/ttyS1 > /dev/ttyS1 2> /dev/console
echo "the desktop ended" > /dev/console
# The kernel stops when its first process ends.
while :; do sleep 60; done
