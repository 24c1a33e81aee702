#!/bin/sh
# sh maintenance.sh on|off. When `on` has ended, the database team stops the store.
set -eu

sh nginx.sh say "$1"
sh nginx.sh reload
# Whoever was let in before still needs the store.
while [ "$(sh nginx.sh old)" -gt 0 ]; do sleep 0.1; done
