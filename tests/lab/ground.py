"""Where does the lab stand? In namespaces of its own, so that nothing outlives it, not even after SIGKILL.

The runner starts itself again as the first process of new PID, mount and network namespaces. When it ends, however it
ends, the kernel ends every process in there, and with the last of them go mounts, files, cards and rules.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

INSIDE: Final = "PREAU_LAB_INSIDE"
RUN: Final = Path("/run/lab")
"""The lab's own files, on a tmpfs that only the lab sees."""
PROGRAMS: Final = {
    "ip": "iproute2",
    "tc": "iproute2",
    "nft": "nftables",
    "squid": "squid-openssl",
    "e2guardian": "e2guardian",
    "dnsmasq": "dnsmasq",
    "openssl": "openssl",
    "unshare": "util-linux",
    "setpriv": "util-linux",
}
"""What the lab runs, and the Debian package it comes from."""
FAKETIME: Final = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("/no/libfaketime.so.1"))
_PR_SET_PDEATHSIG: Final = 1


def missing() -> str:
    """Say what this machine lacks to hold the lab, and what to do; "" when it lacks nothing."""
    if sys.platform != "linux":
        return "the lab needs Linux"
    if os.geteuid() != 0:
        return "the lab makes network namespaces, and needs root"
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    packages = {package for program, package in PROGRAMS.items() if shutil.which(program) is None}
    packages |= set() if FAKETIME.exists() else {"libfaketime"}
    if packages:
        return f"the lab needs Debian packages: run .ci/install, or apt-get install {' '.join(sorted(packages))}"
    if not Path("/dev/net/tun").exists():
        return "the lab needs /dev/net/tun"
    tried = subprocess.run([*_UNSHARE, "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no namespaces here: {tried.stderr.strip()}"


_UNSHARE: Final = ("unshare", "--net", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child")


def enter(arguments: list[str]) -> int:
    """Start the runner again in there with these arguments; returns its exit code."""
    command = [*_UNSHARE, sys.executable, "-m", "tests.lab", *arguments]
    child = subprocess.Popen(command, env={**os.environ, INSIDE: "1"}, preexec_fn=_die_with_parent)
    try:
        return child.wait()
    except KeyboardInterrupt:
        # Ctrl-C interrupts the whole group, and the runner inside tells what it found so far.
        try:
            return child.wait(timeout=10)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            child.kill()  # and with it everything inside
            return 128 + signal.SIGINT


def settle() -> None:
    """Give the lab its own /run, and hide from it what this machine resolves and trusts."""
    for place, mode in (("/run", "755"), ("/dev/shm", "1777")):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode={mode}", "none", place], check=True)
    Path("/run/netns").mkdir()
    RUN.mkdir()
    resolver = Path("/etc/resolv.conf").resolve()  # often a link into /run, which has just been covered
    if not resolver.exists():
        resolver.parent.mkdir(parents=True)
        resolver.touch()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, 9)
