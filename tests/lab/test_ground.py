"""Does the lab leave anything behind, when it is killed or interrupted half-way?"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import need
from tests.lab import ground

MARK = "PREAU_LAB_TEST"
CARDS, NETNS = Path("/sys/class/net"), Path("/run/netns")


def marked(value: str) -> list[str]:
    """Return the commands of processes that carry our mark in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={value}\0".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found


def outside() -> set[str]:
    """Return the cards and namespaces there are, but for those of tests/several_hosts, which may run beside."""
    found = [path.name for path in (*CARDS.iterdir(), *(NETNS.iterdir() if NETNS.exists() else ()))]
    return {name for name in found if not name.startswith("preau")}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_it_leaves_nothing_behind(how: signal.Signals) -> None:
    lacking = ground.missing()
    need(not lacking, lacking)
    before, value = outside(), f"{os.getpid()}-{how}"
    command = [sys.executable, "-m", "tests.lab", "--only", "sound_box,sound_proxy"]
    lab = subprocess.Popen(
        command,
        env={**os.environ, MARK: value},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: any("dnsmasq" in one for one in marked(value)), 60)
        os.kill(lab.pid, how)
        lab.wait(30)
        until(lambda: not marked(value), 10)
    finally:
        lab.kill()
        lab.wait()
    assert marked(value) == []
    assert outside() == before


def until(true: Callable[[], bool], within_s: float) -> None:
    end = time.monotonic() + within_s
    while time.monotonic() < end and not true():
        time.sleep(0.1)
