#!/bin/sh
set -eu

npm install
node make-stamp.js
