#!/bin/sh
# System packages the project needs and the machine lacks: setup/system.sh [demo|test|check]
# PostGIS (unless SAS_DATABASE_URL names one), Python, Node; Chromium for the tests; `check` needs no
# PostGIS. Installs nothing twice.
set -eu
cd "$(dirname "$0")/.."
. setup/messages.sh
profile=${1:-demo}
oldest_server=14 # PostgreSQL of Ubuntu 22.04; the project is developed and measured on 15

has_postgis() {
  for directory in /usr/lib/postgresql/*/bin; do
    [ -x "$directory/postgres" ] || continue
    version=$(basename "$(dirname "$directory")")
    [ "$version" -ge "$oldest_server" ] && [ -e "/usr/share/postgresql/$version/extension/postgis.control" ] && return 0
  done
  return 1
}

has_chromium() {
  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1
}

newest_package() { # newest_package REGEX: newest package whose name matches
  apt-cache search --names-only "$1" 2>/dev/null | awk '{ print $1 }' | sort -V | tail -n 1
}

wanted() {
  if [ "$profile" = test ] || { [ "$profile" = demo ] && [ -z "${SAS_DATABASE_URL:-}" ]; }; then
    if ! has_postgis; then
      server=$(newest_package '^postgresql-[0-9]+-postgis-3$')
      server=${server:-postgresql-15-postgis-3}
      printf '%s %s-scripts ' "$server" "$server"
    fi
  fi
  if ! sh setup/find-python.sh >/dev/null; then
    if command -v python3 >/dev/null 2>&1 && python3 -c 'import sys; raise SystemExit(sys.version_info < (3, 11))'; then
      printf 'python3-venv '
    else
      python=$(newest_package '^python3\.1[1-9]-venv$')
      python=${python:-python3.11-venv}
      printf '%s %s ' "${python%-venv}" "$python"
    fi
  fi
  command -v node >/dev/null 2>&1 || printf 'nodejs '
  command -v npm >/dev/null 2>&1 || printf 'npm '
  if [ "$profile" = test ] && ! has_chromium; then printf 'chromium '; fi
}

missing=$(wanted)
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null 2>&1 ||
  fail "il manque : $missing— cette machine n'a pas apt ; installez-les avec les outils de votre distribution."
[ "$(free_mb /usr)" -ge 1500 ] || fail "disque presque plein : il faut 1,5 Go libres dans /usr pour installer $missing"

install="DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300"
as_root true || {
  command -v sudo >/dev/null 2>&1 && prefix="sudo sh -c" || prefix="su -c"
  fail "pas le droit d'installer. Lancez cette commande, puis recommencez :
  $prefix 'apt-get update && $install ${missing% }'"
}

say "Installation des paquets système : $missing"

# Debian starts a cluster of its own when the server is installed for the first time: the project has no use for
# it, and port 5432 may be wanted by somebody. The setting is there for the time of this installation only.
no_cluster=/etc/postgresql-common/createcluster.d/sas-platform.conf
restore() { as_root rm -f "$no_cluster"; }
case $missing in
*postgis*)
  if ! command -v pg_createcluster >/dev/null 2>&1; then
    trap restore EXIT INT TERM
    as_root mkdir -p "$(dirname "$no_cluster")"
    printf 'create_main_cluster = false\n' | as_root tee "$no_cluster" >/dev/null
  fi
  ;;
esac

as_root dpkg --configure -a # an installation cut short
# shellcheck disable=SC2086
if ! as_root sh -c "$install $missing" >&2; then
  say "Mise à jour des listes de paquets"
  as_root apt-get update >&2 || fail "les listes de paquets sont injoignables : vérifiez le réseau."
  missing=$(wanted) # the first lists may have been empty: names are looked up again
  as_root sh -c "$install $missing" >&2 || fail "apt n'a pas pu installer : $missing"
fi
[ -z "$(wanted)" ] || fail "il manque encore : $(wanted)(PostgreSQL $oldest_server ou plus récent, Python 3.11 ou plus récent)"
