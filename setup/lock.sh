#!/bin/sh
# Writes the lock files again, with digests and no registry address, and installs that of the developers: those of
# the project from pyproject.toml, that of the peer of a benchmark from requirements/addok.in. For developers (uv
# is in the `dev` extra): add UPGRADE=1 for the newest versions.
set -eu
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
    ${UPGRADE:+--upgrade} "$@"
}
compile --extra build --extra speed --output-file requirements/runtime.txt pyproject.toml
compile --extra build --extra speed --extra dev --output-file requirements/dev.txt pyproject.toml
compile --output-file requirements/addok.txt requirements/addok.in
sh setup/python.sh dev
