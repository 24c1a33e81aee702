#!/bin/sh
set -eu

npm ci
