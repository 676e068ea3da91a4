#!/usr/bin/env bash
# Unpacks an archive and runs the exporter in it once, for a simulated account.
#
#     .github/start_archive.sh spacelift-promex_<version>_linux_amd64.tar.gz
set -euo pipefail
archive=$1
case $archive in
  *.zip) unzip -q "$archive" ;;
  *) tar xzf "$archive" ;;
esac
binary=./spacelift-promex
"$binary" --version
export SPACELIFT_PROMEX_LISTEN_ADDRESS=127.0.0.1:9953
"$binary" demo &
exporter=$!
trap 'kill "$exporter"' EXIT
for _ in $(seq 30); do
  if "$binary" health 2>/dev/null; then break; fi
  sleep 1
done
"$binary" health
curl --fail --silent --show-error http://127.0.0.1:9953/metrics | grep '^spacelift_up 1$'
