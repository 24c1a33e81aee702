#!/bin/sh
set -eu

: "${ENGINE_URL:?must be the address of the price engine, for example http://engine:9000}"

exec node server.js
