#!/bin/sh
set -eu

# The store is slow in the morning, when everything starts at once. Waiting a little has helped so far.
sleep 30

exec node server.js
