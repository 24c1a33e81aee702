#!/bin/sh
set -eu

# Whatever is there from last time is not the program.
rm -rf /work/app
cp -R /app /work/app
cd /work/app
exec node server.js
