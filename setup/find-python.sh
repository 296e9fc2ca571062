#!/bin/sh
# Prints the path of a Python >= 3.11 that can make virtual environments; status 1 when there is none.
for name in python3 python3.14 python3.13 python3.12 python3.11; do
  path=$(command -v "$name" 2>/dev/null) || continue
  "$path" -c 'import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null || continue
  printf '%s\n' "$path"
  exit 0
done
exit 1
