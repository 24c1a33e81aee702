#!/bin/sh
# sh maintenance.sh on|off. When `on` has ended, the database team stops the store.
set -eu

sh nginx.sh say "$1"
sh nginx.sh stop
sh nginx.sh start
