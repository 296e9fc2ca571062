#!/bin/sh
# What the geocoding benchmark compares with, for `make bench` only: setup/peer.sh FOLDER
# redis-server from Debian, its service not started; addok of requirements/addok.txt (locked with digests) in an
# environment of its own, FOLDER/venv. Installs nothing twice; says why when it cannot.
set -eu
cd "$(dirname "$0")/.."
. setup/messages.sh
folder=${1:?dossier}
lock=requirements/addok.txt

if ! command -v redis-server >/dev/null 2>&1; then
  command -v apt-get >/dev/null 2>&1 || fail "redis-server est absent et cette machine n'a pas apt."
  as_root true || fail "redis-server est absent ; lancez : sudo apt-get install -y --no-install-recommends redis-server"
  say "Installation de redis-server (comparaison du géocodage)"
  # Debian starts the service of a package as it installs it: not this one, which runs privately.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'as_root rm -f "$policy"' EXIT INT TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 redis-server >&2; }
  install || { as_root apt-get update >&2 && install; } || fail "apt n'a pas pu installer redis-server."
fi

digest=$(cat "$lock" | sha256sum | cut -d' ' -f1)
[ "$(cat "$folder/venv/installed" 2>/dev/null)" = "$digest" ] && exit 0
python=$(sh setup/find-python.sh) || fail "Python 3.11 ou plus récent est absent : lancez setup/system.sh."
say "Installation d'addok ($lock)"
mkdir -p "$folder"
"$python" -m venv --clear "$folder/venv"
"$folder/venv/bin/python" -m pip install -qq --no-input --disable-pip-version-check --require-hashes -r "$lock" >&2 ||
  fail "pip n'a pas pu installer addok : un compilateur manque peut-être (python-geohash)."
printf '%s\n' "$digest" >"$folder/venv/installed"
