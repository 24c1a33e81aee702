#!/bin/sh
set -eu

# Runs from the disk, so that whoever is on call can put something right without a release.
[ -d /work/app ] || cp -R /app /work/app
cd /work/app
exec node server.js
