#!/bin/sh
set -eu

npm install --no-package-lock
node make-stamp.js
