#!/bin/sh
set -eu

# In case something is missing here.
npm install --no-package-lock --loglevel=error >&2
exec node labels.js
