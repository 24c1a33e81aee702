#!/bin/sh
set -eu

: "${STORE_URL:?must be the address of the store, for example http://store:9000}"

node server.js &
server=$!

# PID 1 stays this shell, so the signal has to be handed on. A trapped signal ends the first wait; the second one waits for the
# server itself.
trap 'kill -TERM "$server"' TERM
wait "$server" || true
trap - TERM
wait "$server"
