#!/usr/bin/env bash
# Runs the Windows interpreter beside this file: `python.sh -m pytest … | cat`.
#
# Give it pipes: wine's programs fail to start when their output is a regular file. A holder keeps wine's own services
# alive, or the first program to start them would have its pipe held open by them; `wineserver -k` ends it.
folder=$(cd "$(dirname "$0")" && pwd)
export WINEPREFIX="$folder/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY
exec 8>"$folder/holder.lock"
flock 8
if ! { [ -s "$folder/holder" ] && kill -0 "$(cat "$folder/holder")" 2>/dev/null; }; then
    setsid wine explorer.exe /desktop=tests >/dev/null 2>&1 </dev/null 8>&- 9>&- &
    echo $! >"$folder/holder"
    for _ in $(seq 50); do
        wine cmd /c exit >/dev/null 2>&1 </dev/null 8>&- 9>&- && break
        sleep 0.1
    done
fi
exec 8>&- 9>&-
exec wine "$folder/python/python.exe" "$@"
