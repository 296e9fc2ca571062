#!/bin/sh
# Outlines of the departments for the demonstration: world_map.gpkg (Natural Earth, public domain), taken out of
# Debian's package qgis-common, which is downloaded and not installed. Result: $SAS_HOME/cache/world_map.gpkg
set -eu
cd "$(dirname "$0")/.."
. setup/messages.sh
cache=${SAS_HOME:-.sas}/cache
[ -s "$cache/world_map.gpkg" ] && exit 0
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
[ "$(free_mb "$cache")" -ge 300 ] || fail "disque presque plein : il faut 300 Mo libres dans $cache."
say "Contours des départements (paquet qgis-common)"
draft=$cache/outlines.part
rm -rf "$draft"
mkdir "$draft"
trap 'rm -rf "$draft"' EXIT INT TERM
download() { (cd "$draft" && apt-get download -q qgis-common >/dev/null 2>&1); }
download || { as_root apt-get update -q >/dev/null 2>&1 && download; } ||
  fail "le paquet qgis-common est introuvable : les cartes de la démonstration n'auront pas de contours."
dpkg-deb --fsys-tarfile "$draft"/qgis-common_*.deb |
  tar -x -C "$draft" ./usr/share/qgis/resources/data/world_map.gpkg ||
  fail "qgis-common ne contient plus world_map.gpkg : les cartes de la démonstration n'auront pas de contours."
mv "$draft/usr/share/qgis/resources/data/world_map.gpkg" "$cache/world_map.gpkg"
