#!/bin/sh
set -eu

npm ci
node make-stamp.js
