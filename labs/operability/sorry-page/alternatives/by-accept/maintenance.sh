#!/bin/sh
set -eu

read -r nginx < /tmp/nginx.pid
before=$(cat "/proc/$nginx/task/$nginx/children")
sh nginx.sh say "$1"
sh nginx.sh reload
for worker in $before; do
  while [ -e "/proc/$worker" ]; do sleep 0.1; done
done
