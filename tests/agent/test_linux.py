"""What this system's tables say, read from recorded samples; and this very machine, asked for real."""

import os
import time
from pathlib import Path

import pytest

from agent import browsers_linux, links_linux, reading
from agent.linux import LinuxMachine
from agent.lookup import farthest
from checks.answers.software import ProgramAsked
from checks.answers.system import LANGUAGES
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
    assert links_linux.parse_ipv4_route(ROUTE)
    assert not links_linux.parse_ipv4_route(NO_DEFAULT)
    assert not links_linux.parse_ipv4_route("")
    assert links_linux.parse_ipv6_route(ROUTE6)
    assert not links_linux.parse_ipv6_route(UNREACHABLE6)


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
    assert browsers_linux.parse_version(said) == version


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
    assert browsers_linux.parse_default(said) == browser


def test_cards_are_told_by_their_folder(tmp_path: Path) -> None:
    for name, inside in (("wlan0", "wireless"), ("eth0", "device"), ("docker0", "bridge")):
        (tmp_path / name / inside).mkdir(parents=True)
    kinds = {name: links_linux.card_kind(tmp_path / name) for name in ("wlan0", "eth0", "docker0")}
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
    monkeypatch.setattr(browsers_linux, "BROWSER_S", 0.5)
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
    assert machine.processor().threads_count >= 1
    assert machine.firmware().starts_by in ("uefi", "bios")
    assert machine.protection().antivirus == "not_expected"
    assert machine.sound().outputs_count >= 0
    assert machine.cameras().cameras_count >= 0
    assert machine.language().display in (None, *LANGUAGES)
    assert machine.updates().restart_pending in (None, True)
    assert machine.trust_store(("0" * 64,)).roots[0].state == "absent"
    assert {place.browser for place in machine.policies(("ent.example.fr",)).places} == {
        "chrome",
        "chromium",
        "edge",
        "firefox",
    }
    asked = (ProgramAsked(program="Python", linux=("python3",)), ProgramAsked(program="Paint", windows=("Paint",)))
    assert [program.installed for program in machine.programs(asked)] == [True, None]
    assert machine.collector_clock() is None
    assert machine.controls() == ()


@needs_linux
def test_what_cannot_be_read_is_no_error(tmp_path: Path) -> None:
    folder, pipe, damaged = tmp_path / "os-release", tmp_path / "pipe", tmp_path / "history.log.1.gz"
    folder.mkdir()
    os.mkfifo(pipe)
    damaged.write_bytes(b"\x1f\x8b\x08\x00damaged")
    assert [reading.text(path) for path in (folder, pipe, tmp_path / "absent")] == ["", "", ""]
    assert reading.log(str(damaged)) == reading.log(str(tmp_path / "absent.gz")) == ""
    assert reading.binary(str(folder)) == b""
    assert reading.binary(str(tmp_path / "absent")) is None
    assert reading.age_days(str(tmp_path / "absent")) is None
    assert reading.age_days(str(folder)) == 0
    latin1 = tmp_path / "latin1"
    latin1.write_bytes("NAME=École".encode("latin-1"))
    assert reading.text(latin1) == "NAME=\ufffdcole"
    assert reading.said([str(tmp_path / "absent")], 1.0) == ""


@needs_linux
def test_browsers_are_found_wherever_they_hide_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def put(path: Path, says: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\necho '{says}'\n")
        path.chmod(0o755)
        return path

    commands = tmp_path / "bin"
    put(tmp_path / "lib" / "firefox-esr", "Mozilla Firefox 153.7.0esr")
    commands.mkdir()
    for link in ("firefox", "firefox-esr"):
        (commands / link).symlink_to(tmp_path / "lib" / "firefox-esr")
    flatpak = put(tmp_path / "flatpak" / "exports" / "org.mozilla.firefox", "Mozilla Firefox 160.0")
    snap = put(tmp_path / "snap" / "bin" / "chromium", "Chromium 157.0.1 snap")
    apart = put(tmp_path / "opt" / "firefox", "Mozilla Firefox 128.5.0esr")
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr(browsers_linux, "COMMANDS", {"firefox_esr": ("firefox-esr",), "firefox": ("firefox",)})
    monkeypatch.setattr(browsers_linux, "WITHOUT_COMMAND", {"firefox": "/absent", "firefox_esr": "/absent"})
    monkeypatch.setattr(browsers_linux, "APART", (("firefox", str(apart)), ("chromium", str(snap))))
    monkeypatch.setattr(browsers_linux, "FLATPAK_FOLDERS", (str(flatpak.parent), "~absent/bin"))
    found = [(b.name, b.version, b.place) for b in browsers_linux.browsers()]
    assert found == [
        ("firefox_esr", (153, 7, 0), "machine"),
        ("firefox_esr", (128, 5, 0), "machine"),
        ("chromium", (157, 0, 1), "snap"),
        ("firefox", (160, 0), "flatpak"),
    ]


@needs_linux
def test_policies_are_read_where_each_browser_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chrome, edge = tmp_path / "chrome", tmp_path / "edge"
    for folder in (chrome, edge):
        folder.mkdir()
    (chrome / "a.json").write_text('{"URLBlocklist": ["*"]}')
    (chrome / "b.json").write_text('{"URLAllowlist": ["autre.fr"]}')
    (chrome / "c.txt").write_text("no policy")
    (edge / "broken.json").write_text("{")
    firefox, other = tmp_path / "policies.json", tmp_path / "distribution.json"
    firefox.write_text('{"policies": {"Cookies": {"Behavior": "reject"}}}')
    other.write_text('{"policies": {}}')
    places = {
        "chrome": (str(chrome),),
        "chromium": (str(tmp_path / "absent"),),
        "edge": (str(edge),),
        "firefox": (str(firefox), str(other)),
    }
    monkeypatch.setattr(browsers_linux, "POLICIES", places)
    found = LinuxMachine().policies(("ent.example.fr",))
    assert {(p.browser, p.state) for p in found.places} == {
        ("chrome", "read"),
        ("chromium", "absent"),
        ("edge", "unreadable"),
        ("firefox", "read"),
    }
    assert {(e.browser, e.forbids) for e in found.effects} == {("chrome", "address"), ("firefox", "cookies")}
    firefox.write_text('{"policies": []}')
    states = {p.browser: p.state for p in LinuxMachine().policies(("ent.example.fr",)).places}
    assert states["firefox"] == "unreadable"
