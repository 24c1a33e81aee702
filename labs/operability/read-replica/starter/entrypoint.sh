#!/bin/sh
set -eu

: "${PRIMARY_URL:?must be the address of the primary, for example postgresql://app@primary:5432/shop}"
: "${REPLICA_URL:?must be the address of the replica}"

exec python3 server.py
