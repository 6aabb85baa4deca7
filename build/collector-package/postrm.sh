#!/bin/sh
# After a removal: what people have signed stays, unless the technician says otherwise.
set -e
if [ "$1" = purge ]; then
  if [ "${PORTHOR_REMOVE_DATA:-}" = 1 ]; then
    rm -rf /var/lib/porthor-collector
    if getent passwd porthor-collector >/dev/null; then userdel porthor-collector; fi
  elif [ -d /var/lib/porthor-collector ]; then
    echo "Porthor collector: the records in /var/lib/porthor-collector are kept."
    echo "To remove them too: sudo rm -r /var/lib/porthor-collector"
  fi
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
