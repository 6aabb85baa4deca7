#!/bin/sh
# Before a removal: the service ends. An upgrade restarts it afterwards.
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl disable --now porthor-collector.service
fi
