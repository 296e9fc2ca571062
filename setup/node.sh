#!/bin/sh
# npm packages of the lock file into node_modules, no script of theirs run.
set -eu
cd "$(dirname "$0")/.."
. setup/messages.sh
digest=$(cat package.json package-lock.json .npmrc | sha256sum | cut -d' ' -f1)
[ "$(cat node_modules/.installed 2>/dev/null)" = "$digest" ] && exit 0
say "Installation des paquets npm"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
  fail "npm n'a pas pu installer les paquets : vérifiez le réseau, puis recommencez."
printf '%s\n' "$digest" >node_modules/.installed.part
mv node_modules/.installed.part node_modules/.installed
