#!/bin/sh
# Runs once, while the image is built, with the artefact store at hand. The image gets these files and everything that is
# in the folder built/ at the end.
set -eu
: "${STORE_URL:?must be the address of the artefact store, for example http://store:9000}"

mkdir -p built
node build.js
