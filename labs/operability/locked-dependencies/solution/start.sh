#!/bin/sh
set -eu

exec node labels.js
