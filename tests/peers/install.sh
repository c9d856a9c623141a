#!/usr/bin/env bash
# Installs what the tests against real parts talk to into target/peers; quick where it is there already.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/peers
[ -x "$target/python/bin/python" ] || python3 -m venv "$target/python"
"$target/python/bin/python" -c 'import boto3' 2>/dev/null || "$target/python/bin/pip" install --quiet 'boto3==1.43.11'
