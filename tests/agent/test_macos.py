"""What a Mac would say, read from samples written after Apple's documentation: none of this was run on a Mac."""

import plistlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent import browsers_macos, hardware_macos, macos, system_macos
from agent.proxy import SEARCH
from checks.answers.hardware import Cameras, Screen, Sound
from checks.answers.software import ProgramAsked
from checks.machine import CannotAnswer
from tests.agent.samples import sample

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("plist", "version"),
    [
        ({"ProductVersion": "15.7.1", "ProductBuildVersion": "24G231"}, (15, 7, 1)),
        ({"ProductVersion": "26.1"}, (26, 1)),
        ({"ProductVersion": 15}, ()),
        ({}, ()),
    ],
)
def test_it_names_itself(plist: dict[str, Any], version: tuple[int, ...]) -> None:
    found = system_macos.parse_release(plist)
    assert (found.family, found.version, found.build) == ("macos", version, None)


def test_a_property_list_is_read_in_both_forms_and_damage_holds_nothing() -> None:
    table = {"AppleLanguages": ["fr-FR"]}
    assert system_macos.parse_plist(plistlib.dumps(table)) == table
    assert system_macos.parse_plist(plistlib.dumps(table, fmt=plistlib.FMT_BINARY)) == table
    for damaged in (b"", b"bplist00\xff\xff", b"<plist>", plistlib.dumps(["no table"]), b"\x00" * 40):
        assert system_macos.parse_plist(damaged) == {}


def test_updates_say_when_they_were_looked_for_and_who_decides() -> None:
    looked_for = datetime(2026, 11, 20, 8)  # noqa: DTZ001 - plistlib gives UTC without saying so
    settings = {"LastSuccessfulDate": looked_for, "AutomaticallyInstallMacOSUpdates": True}
    found = system_macos.parse_updates(settings, {}, NOW)
    assert (found.looked_for_days, found.automatic, found.installed_days) == (4, True, None)
    assert system_macos.parse_updates(settings, {"AutomaticallyInstallMacOSUpdates": False}, NOW).automatic is False
    damaged = {"LastSuccessfulDate": "hier", "AutomaticallyInstallMacOSUpdates": "oui"}
    assert system_macos.parse_updates(damaged, {}, NOW) == system_macos.parse_updates({}, {}, NOW)


@pytest.mark.parametrize(
    ("languages", "layout", "display", "keyboard"),
    [
        (["fr-FR", "en-US"], "French", "fr", "azerty"),
        (["en-US"], "ABC", "en", "qwerty"),
        (["fr-CH"], "Swiss French", "fr", "qwertz"),
        (["fr-CA"], "Canadian - CSA", "fr", "qwerty"),
        (["fr-FR"], "Bépo", "fr", "bepo"),
        (["ja-JP"], "Russian", "other", "other"),
        ("fr", None, None, None),
        ([], 3, None, None),
    ],
)
def test_a_session_has_a_language_and_a_keyboard(
    languages: Any, layout: Any, display: str | None, keyboard: str | None
) -> None:
    inputs = {"AppleSelectedInputSources": [{"InputSourceKind": "Keyboard Layout", "KeyboardLayout Name": layout}]}
    found = system_macos.parse_language({"AppleLanguages": languages}, inputs)
    assert (found.display, found.keyboard) == (display, keyboard)


@pytest.mark.parametrize(
    ("said", "firewall"),
    [(sample("macos/seen/firewall_on"), "on"), (sample("macos/firewall_off"), "off"), ("", None)],
)
def test_the_firewall_says_its_state(said: str, firewall: str | None) -> None:
    assert system_macos.parse_protection(said).firewall == firewall


def test_a_proxy_that_is_looked_for_or_half_written() -> None:
    found = system_macos.parse_proxies("  ProxyAutoDiscoveryEnable : 1\n", ("ecole.example.fr",))
    assert (found.script_url, found.suffixes) == (SEARCH, ("ecole.example.fr",))
    assert system_macos.parse_proxies("  HTTPSEnable : 1\n", ()).source == "none"


def test_cards_and_routes_are_read_as_the_system_prints_them() -> None:
    assert system_macos.parse_ports(sample("macos/seen/networksetup_imac_2019"))["en1"] == "wifi"
    assert system_macos.parse_route(sample("macos/seen/route_default"))
    assert not system_macos.parse_route(sample("macos/route_none"))


def test_a_processor_that_says_nothing_is_one() -> None:
    assert hardware_macos.parse_processor("").threads_count == 1


def test_the_inventory_tells_screens_sound_and_cameras() -> None:
    said = sample("macos/system_profiler.json")
    assert hardware_macos.parse_screens(said) == (
        Screen(width_px=2560, height_px=1600, scale_percent=178, main=True),
        Screen(width_px=1280, height_px=800, scale_percent=100, main=False),
    )
    assert hardware_macos.parse_sound(said) == Sound(outputs_count=1, screen_outputs_count=1, inputs_count=1)
    assert hardware_macos.parse_cameras(said) == Cameras(cameras_count=1, allowed=None)
    assert hardware_macos.parse_screens("{") == ()


def app(folder: Path, name: str, **info: Any) -> Path:
    contents = folder / f"{name}.app" / "Contents"
    (contents / "Resources").mkdir(parents=True)
    (contents / "Info.plist").write_bytes(plistlib.dumps(info))
    return contents


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for a Mac's disk."""
    everybody, mine = tmp_path / "Applications", tmp_path / "home" / "Applications"
    app(everybody, "Safari", CFBundleIdentifier="com.apple.Safari", CFBundleShortVersionString="26.1")
    firefox = app(everybody, "Firefox", CFBundleIdentifier="org.mozilla.firefox", CFBundleShortVersionString="153.7.0")
    (firefox / "Resources" / "application.ini").write_text(
        "SourceRepository=https://hg.mozilla.org/releases/mozilla-esr153\n"
    )
    app(mine, "Google Chrome", CFBundleIdentifier="com.google.Chrome", CFBundleShortVersionString="157.0.8100.2")
    app(everybody, "LibreOffice", CFBundleIdentifier="org.libreoffice.script", CFBundleShortVersionString="24.8.4.2")
    app(everybody, "Damaged", CFBundleIdentifier=["no text"])
    managed = tmp_path / "Managed Preferences"
    (managed / "somebody").mkdir(parents=True)
    monkeypatch.setattr(browsers_macos, "FOLDERS", ((str(everybody), "machine"), (str(mine), "user")))
    monkeypatch.setattr(browsers_macos, "MANAGED", str(managed))
    monkeypatch.setattr(browsers_macos, "FIREFOX_FILE", str(firefox / "Resources" / "policies.json"))
    monkeypatch.setattr(browsers_macos, "HANDLERS", str(tmp_path / "handlers.plist"))
    return tmp_path


def test_browsers_are_read_without_starting_any(mac: Path) -> None:
    handlers = {"LSHandlers": [{"LSHandlerURLScheme": "https", "LSHandlerRoleAll": "com.google.chrome"}]}
    (mac / "handlers.plist").write_bytes(plistlib.dumps(handlers))
    found = {(b.name, b.version, b.place, b.default) for b in browsers_macos.browsers()}
    assert found == {
        ("safari", (26, 1), "machine", False),
        ("firefox_esr", (153, 7, 0), "machine", False),
        ("chrome", (157, 0, 8100, 2), "user", True),
    }
    (mac / "handlers.plist").write_bytes(plistlib.dumps({"LSHandlers": []}))
    assert [b.name for b in browsers_macos.browsers() if b.default] == ["safari"]
    (mac / "handlers.plist").unlink()
    assert {b.default for b in browsers_macos.browsers()} == {None}


def test_policies_are_read_for_the_mac_and_for_the_account(mac: Path) -> None:
    managed = mac / "Managed Preferences"
    (managed / "com.google.Chrome.plist").write_bytes(plistlib.dumps({"URLBlocklist": ["*"]}))
    (managed / "somebody" / "org.mozilla.firefox.plist").write_bytes(plistlib.dumps({"Cookies__Behavior": "reject"}))
    (managed / "com.microsoft.Edge.plist").write_bytes(b"damaged")
    (mac / "Applications/Firefox.app/Contents/Resources/policies.json").write_text("{")
    found = macos.MacMachine().policies(("ent.example.fr",))
    states = {(p.browser, p.scope): (p.installed, p.state) for p in found.places}
    assert states["chrome", "machine"] == (True, "read")
    assert states["edge", "machine"] == (False, "unreadable")
    assert states["firefox", "machine"] == (True, "unreadable")
    assert states["firefox", "user"] == (True, "read")
    assert states["chromium", "user"] == (False, "absent")
    assert {(e.browser, e.scope, e.forbids) for e in found.effects} == {
        ("chrome", "machine", "address"),
        ("firefox", "user", "cookies"),
    }


def test_only_the_profiles_names_are_looked_for(mac: Path) -> None:
    asked = (
        ProgramAsked(program="LibreOffice", macos=("LibreOffice",)),
        ProgramAsked(program="GCompris", macos=("GCompris",)),
        ProgramAsked(program="Paint", windows=("Paint",)),
    )
    found = [(p.installed, p.version) for p in macos.MacMachine().programs(asked)]
    assert found == [(True, (24, 8, 4, 2)), (False, ()), (None, ())]


def test_where_the_systems_commands_say_nothing_nothing_is_guessed() -> None:
    machine = macos.MacMachine()  # on any other system, none of them is there
    for question in (machine.screens, machine.sound, machine.cameras, machine.firmware, machine.links):
        with pytest.raises(CannotAnswer):
            question()
    assert machine.protection().firewall is None
    assert machine.release().version == ()
    assert machine.trust_store(("0" * 64,)).roots[0].state == "absent"
