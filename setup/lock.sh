#!/bin/sh
# Writes both lock files again from pyproject.toml, with digests and no registry address, and installs the
# second one. For developers (uv is in the `dev` extra): add UPGRADE=1 for the newest versions.
set -eu
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
    ${UPGRADE:+--upgrade} "$@" pyproject.toml
}
compile --extra build --output-file requirements/runtime.txt
compile --extra build --extra dev --output-file requirements/dev.txt
sh setup/python.sh dev
