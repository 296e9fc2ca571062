#!/bin/sh
# Stops what runs and removes what the project made on this machine; system packages stay.
set -eu
cd "$(dirname "$0")/.."
. setup/messages.sh
home=${SAS_HOME:-.sas}
if .venv/bin/python -c 'import cli.main' 2>/dev/null; then
  .venv/bin/sas stop --remove
else
  # Without a working environment: the processes first, then the data, wherever they stand.
  for place in "$home" "$home/test" "$home"/bench/geocoding-*; do
    data=$place/pg
    [ -f "$place/pg-location" ] && data=$(cat "$place/pg-location")
    [ -f "$data/postmaster.pid" ] && kill -INT "$(head -n 1 "$data/postmaster.pid")" 2>/dev/null && sleep 2
    rm -rf "$data"
  done
fi
# A SAS_HOME chosen outside of the project may hold other things: only ours go.
for name in bench cache cluster.lock cursor.key data demo downloads log maps pg pg.part pg-location server.log server.pid test; do
  rm -rf "${home:?}/$name"
done
[ ! -d "$home" ] || rmdir "$home" 2>/dev/null || say "Il reste des fichiers dans $home."
rm -rf .venv node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache
find . -name __pycache__ -type d -prune -exec rm -rf {} +
say "Tout est enlevé. Les paquets système restent installés."
