#!/usr/bin/env bash
# Brings what the tests in tests/peers run against, into target/peers; what is there already stays.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=${CARGO_TARGET_DIR:-target}/peers
mkdir -p "$peers"

# Python: moto, which speaks like AWS's services.
[ -x "$peers/venv/bin/python" ] || python3 -m venv "$peers/venv"
"$peers/venv/bin/python" -m pip install --quiet --disable-pip-version-check 'moto[server]==5.1.22' boto3==1.44.5

# Node: dynalite, which speaks like DynamoDB.
[ -x "$peers/node_modules/.bin/dynalite" ] ||
    npm install --silent --no-audit --no-fund --prefix "$peers" dynalite@4.0.0
