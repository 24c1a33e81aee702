#!/bin/sh
set -eu

# Without a store there is nothing to do: say so at once.
: "${STORE_URL:?must be the address of the store, for example http://store:9000}"

node server.js
