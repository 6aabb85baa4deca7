#!/bin/sh
# The collector's commands on the data of its service, with the rights of its account: `sudo porthor-collector console`.
set -eu
program=/usr/lib/porthor-collector
export PORTHOR_DATA="${PORTHOR_DATA:-/var/lib/porthor-collector}"
export PORTHOR_COMMAND="${PORTHOR_COMMAND:-sudo porthor-collector}"
if [ "$(id -u)" -eq 0 ] && [ -z "${PORTHOR_DATABASE_URL:-}" ]; then
  # The address of a database server is the one setting of the service that commands share.
  url="$(sed -n 's/^PORTHOR_DATABASE_URL=//p' /etc/porthor-collector/collector.env 2>/dev/null | tail -n 1)"
  if [ -n "$url" ]; then export PORTHOR_DATABASE_URL="$url"; fi
fi
if [ "$(id -u)" -eq 0 ]; then
  exec setpriv --reuid=porthor-collector --regid=porthor-collector --init-groups -- \
    "$program/node" "$program/collector/src/cli.ts" "$@"
fi
exec "$program/node" "$program/collector/src/cli.ts" "$@"
