#!/usr/bin/env bash
# Runs the agent's and the checks' tests on the Windows interpreter, then the agent itself against a real collector.
set -euo pipefail
cd "$(dirname "$0")/../.."

PREAU_WINDOWS=$(tests/windows/interpreter.sh)
export PREAU_WINDOWS
trap 'WINEPREFIX="$PREAU_WINDOWS/prefix" wineserver -k || true' EXIT

timeout 900 "$PREAU_WINDOWS/python.sh" -X utf8 -m pytest -q -p no:cacheprovider --timeout 120 tests/checks tests/agent 2>&1 | cat
.venv/bin/python -m pytest -q tests/windows "$@"
