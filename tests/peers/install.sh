#!/usr/bin/env bash
# Brings what the tests in tests/peers run against, into target/peers; what is there already stays.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=${CARGO_TARGET_DIR:-target}/peers
mkdir -p "$peers"

# Python: the runtime interface client of Lambda.
[ -x "$peers/venv/bin/python" ] || python3 -m venv "$peers/venv"
"$peers/venv/bin/python" -m pip install --quiet --disable-pip-version-check awslambdaric==4.2.2
