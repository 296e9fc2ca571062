#!/bin/sh
# Virtual environment .venv from the hashed lock: setup/python.sh [runtime|dev]
# A stamp holds the digest of what was installed; an installation cut short has none and is done again.
set -eu
cd "$(dirname "$0")/.."
. setup/messages.sh
profile=${1:-runtime}

digest_of() { cat "requirements/$1.txt" pyproject.toml | { cat; pwd; } | sha256sum | cut -d' ' -f1; }
installed() {
  [ -x .venv/bin/sas ] && .venv/bin/python -c '' 2>/dev/null &&
    [ "$(cat ".venv/installed-$1" 2>/dev/null)" = "$(digest_of "$1")" ]
}

# The tools of a developer come on top of what serving needs.
installed "$profile" && exit 0
[ "$profile" = runtime ] && installed dev && exit 0

python=$(sh setup/find-python.sh) || fail "Python 3.11 ou plus récent est absent : lancez setup/system.sh."
[ "$(free_mb .)" -ge 1500 ] || fail "disque presque plein : il faut 1,5 Go libres ici pour l'environnement Python."
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  say "Environnement Python : $("$python" --version)"
  "$python" -m venv --clear .venv
fi
say "Installation des bibliothèques Python (requirements/$profile.txt)"
pip() { .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check "$@"; }
pip --require-hashes --only-binary :all: -r "requirements/$profile.txt" ||
  fail "pip n'a pas pu installer les bibliothèques : vérifiez le réseau, puis recommencez."
pip --no-deps --no-build-isolation --editable . || fail "pip n'a pas pu installer le projet."
digest_of "$profile" >".venv/installed-$profile.part"
mv ".venv/installed-$profile.part" ".venv/installed-$profile"
