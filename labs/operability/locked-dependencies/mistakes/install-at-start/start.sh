#!/bin/sh
set -eu

# Whatever has happened to this machine.
npm ci >&2
node make-stamp.js
exec node labels.js
