#!/usr/bin/env bash
# Records a fresh Windows, as wine makes it in one language: `record.sh fr_FR FOLDER` (the locale must be generated).
#
# Writes FOLDER/registry.json and FOLDER/recording.json: tests/samples/windows and tests/machines hold such ones.
set -euo pipefail
cd "$(dirname "$0")/../.."
language=$1 folder=$(mkdir -p "$2" && cd "$2" && pwd)
windows=$(tests/windows/interpreter.sh)
WINEPREFIX=$(mktemp -d)
export WINEPREFIX WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" LC_ALL="$language.UTF-8" LANG="$language.UTF-8"
unset DISPLAY
trap 'wineserver -k || true; rm -rf "$WINEPREFIX"' EXIT
timeout 120 wine wineboot -i </dev/null >/dev/null 2>&1
timeout 60 wine winecfg -v win10 </dev/null >/dev/null 2>&1
wineserver -w
export PREAU_AGENT_DIR="Z:${folder//\//\\}\\agent"
timeout 180 wine "$windows/python/python.exe" -m tests.windows.record "Z:$folder/registry.json" "Z:$folder/recording.json" \
    "Windows 10 de wine, $language" </dev/null 2>&1 | cat
rm -rf "$folder/agent"
