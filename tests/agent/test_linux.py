"""What this system's tables say, read from recorded samples; and this very machine, asked for real."""

import os
import time
from pathlib import Path

import pytest

from agent import linux
from agent.linux import LinuxMachine
from agent.lookup import farthest
from tests.agent.systems import needs_linux

ROUTE = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
"""
NO_DEFAULT = "\n".join(ROUTE.splitlines()[::2])
ROUTE6 = (
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 "
    "00000400 00000001 00000000 00000003     eth0\n"
)
UNREACHABLE6 = (
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 "
    "ffffffff 00000001 00000000 00200200       lo\n"
)


def test_default_routes_are_found_in_the_systems_tables() -> None:
    assert linux.parse_ipv4_route(ROUTE)
    assert not linux.parse_ipv4_route(NO_DEFAULT)
    assert not linux.parse_ipv4_route("")
    assert linux.parse_ipv6_route(ROUTE6)
    assert not linux.parse_ipv6_route(UNREACHABLE6)


@pytest.mark.parametrize(
    ("names", "distribution", "version"),
    [
        ({"ID": "debian", "VERSION_ID": "12"}, "debian", (12,)),
        ({"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "22.04"}, "ubuntu", (22, 4)),
        ({"ID": "debian", "NAME": "PrimTux", "VERSION_ID": "8"}, "primtux", (8,)),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse", "VERSION_ID": "15.6"}, "opensuse", (15, 6)),
        ({"ID": "arch"}, "other", ()),
        ({}, "other", ()),
    ],
)
def test_a_distribution_names_itself(names: dict[str, str], distribution: str, version: tuple[int, ...]) -> None:
    found = linux.parse_release(names, bits=64)
    assert (found.family, found.distribution, found.version) == ("linux", distribution, version)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Mozilla Firefox 128.5.0esr\n", (128, 5, 0)),
        ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n", (156, 0, 8078, 79)),
        ("Google Chrome 130.0.6723.58 \n", (130, 0, 6723, 58)),
        ("Microsoft Edge 142.0.3595.53 \n", (142, 0, 3595, 53)),
        ("", ()),
        ("cannot open display", ()),
    ],
)
def test_a_browser_says_its_version(said: str, version: tuple[int, ...]) -> None:
    assert linux.parse_version(said) == version


@pytest.mark.parametrize(
    ("said", "browser"),
    [
        ("firefox-esr.desktop\n", "firefox_esr"),
        ("google-chrome.desktop\n", "chrome"),
        ("chromium_chromium.desktop\n", "chromium"),
        ("org.gnome.Epiphany.desktop\n", None),
        ("", None),
    ],
)
def test_the_default_browser_is_a_desktop_file(said: str, browser: str | None) -> None:
    assert linux.parse_default(said) == browser


def test_cards_are_told_by_their_folder(tmp_path: Path) -> None:
    for name, inside in (("wlan0", "wireless"), ("eth0", "device"), ("docker0", "bridge")):
        (tmp_path / name / inside).mkdir(parents=True)
    kinds = {name: linux.card_kind(tmp_path / name) for name in ("wlan0", "eth0", "docker0")}
    assert kinds == {"wlan0": "wifi", "eth0": "wired", "docker0": "virtual"}


def test_a_card_has_its_most_far_reaching_address() -> None:
    assert farthest(["fe80::1%eth0", "fd00::2"]) == "private"
    assert farthest([]) is None


@needs_linux
def test_a_browser_that_hangs_is_given_up_with_all_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "children"
    hung = tmp_path / "firefox"
    hung.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {marker}\nwait\n")
    hung.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(linux, "BROWSER_S", 0.5)
    started = time.monotonic()
    found = {browser.name: browser.version for browser in LinuxMachine().browsers()}
    assert time.monotonic() - started < 10
    assert found["firefox"] == ()
    child = int(marker.read_text())
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@needs_linux
def test_this_machine_answers_every_question() -> None:
    machine = LinuxMachine()
    assert machine.release().family == "linux"
    assert machine.memory().total_bytes > 100_000_000
    assert machine.disk().total_bytes >= machine.disk().free_bytes > 0
    assert all(card.kind in ("wired", "wifi", "virtual", "other") for card in machine.network().interfaces)
    assert machine.collector_clock() is None
    assert machine.controls() == ()
