#!/bin/sh
# After an installation or an upgrade: the account, the data folder, the service.
set -e
if [ "$1" = configure ]; then
  if ! getent passwd porthor-collector >/dev/null; then
    useradd --system --user-group --home-dir /var/lib/porthor-collector --no-create-home \
      --shell /usr/sbin/nologin porthor-collector
  fi
  install -d -m 0700 -o porthor-collector -g porthor-collector /var/lib/porthor-collector
  # It may hold a password of a database server, and only the service manager reads it.
  chown root:root /etc/porthor-collector/collector.env
  chmod 0600 /etc/porthor-collector/collector.env
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable porthor-collector.service
    systemctl restart porthor-collector.service
  fi
  if [ -z "$2" ]; then
    echo "Porthor collector: settings are in /etc/porthor-collector/collector.env."
    echo "For an address that signs you in to the console, run: sudo porthor-collector console"
  fi
fi
