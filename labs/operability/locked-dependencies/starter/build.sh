#!/bin/sh
set -eu

# npm ci did not work any more.
npm install --no-package-lock
