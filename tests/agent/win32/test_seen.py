"""What real Windows were seen to say in public, French and English; `samples/README.md` tells where."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.win32 import browsers, hardware, system
from agent.win32.wmi import ESU_IDS, Said, parse_said
from checks.answers.system import Language
from tests.agent.win32.recorded import SAMPLES, RecordedRegistry

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def released(name: str, said: Said | None = None, consumer_esu: Any = None) -> Any:
    current = RecordedRegistry(name).values(system.CURRENT)
    return system.parse_release(current, bits=64, said=said or Said(), consumer_esu=consumer_esu)


@pytest.mark.parametrize(
    ("name", "edition", "build"),
    [
        ("seen_windows_10_famille_fr", "home", 18363),
        ("seen_windows_10_pro_fr", "other", 19044),  # its edition was not shown
        ("seen_windows_11_pro", "pro", 26100),  # which calls itself "Windows 10 Pro"
        ("seen_windows_10_ltsc_n", "enterprise_ltsc", 17763),
        ("seen_windows_10_education", "education", None),  # "EditionId", and no build was shown
    ],
)
def test_which_windows_it_is(name: str, edition: str, build: int | None) -> None:
    found = released(name)
    assert (found.edition, found.build) == (edition, build)


def test_a_french_windows_7_is_sent_to_the_test_page() -> None:
    current = RecordedRegistry("seen_windows_7_pro_fr").values(system.CURRENT)
    assert system.parse_release(current, bits=64, said=Said(), consumer_esu=None).version == (6, 1)
    assert "antérieurs à Windows 10" in system.parse_too_old(current, 64)


def test_the_keyboard_of_a_french_windows_is_numbered_in_capitals() -> None:
    preload = RecordedRegistry("seen_windows_10_famille_fr").values(system.KEYBOARDS)
    assert system.parse_language(0x040C, preload, {}) == Language(display="fr", keyboard="azerty")


def test_an_account_enrolled_for_more_updates() -> None:
    account = RecordedRegistry("seen_consumer_esu").values(system.CONSUMER_ESU)
    assert released("seen_windows_10_pro_fr", Said(esu=False), account).extended_support is True
    assert released("seen_windows_10_pro_fr", Said(esu=False), {}).extended_support is False
    assert "f520e45e-7413-4a34-a497-d2765967d094" in ESU_IDS


@pytest.mark.parametrize(("name", "automatic"), [("by_policy", True), ("asked_first", False)])
def test_updates_by_policy(name: str, automatic: bool) -> None:
    assert system.read_updates(RecordedRegistry(f"seen_updates_{name}"), Said(), NOW).automatic is automatic


@pytest.mark.parametrize(("name", "firewall"), [("windows_10", "on"), ("windows_7", "off")])
def test_firewalls(name: str, firewall: str) -> None:
    assert system.read_firewall(RecordedRegistry(f"seen_firewall_{name}"), Said(firewall=())) == firewall


@pytest.mark.parametrize(("state", "word"), [(397568, "on"), (266240, "on"), (266256, "outdated"), (397312, "on")])
def test_what_antivirus_programs_told_the_security_centre(state: int, word: str) -> None:
    assert system.parse_antivirus((state,)) == word


def test_the_duplex_of_a_french_pcs_cards() -> None:
    """Its cards as `wmic` listed them, put in the line of our script as the script chooses them."""
    chosen = [
        card for card in cards("seen_netadapter_fr") if card["HardwareInterface"] == "TRUE" and card["FullDuplex"]
    ]
    numbers = [(int(card["InterfaceIndex"]), int(card["FullDuplex"] == "TRUE")) for card in chosen]
    line = json.dumps({"preau": 1, "duplex": [number for pair in numbers for number in pair]})
    assert parse_said(line.encode()).duplex == {35: True, 2: True}


def test_a_list_that_powershell_wraps_is_that_list() -> None:
    wrapped = b'{"preau":1,"antivirus":{"value":[397568],"Count":1}}'
    assert parse_said(wrapped).antivirus == (397568,)
    assert parse_said(b'{"preau":1,"antivirus":{"value":397568,"Count":1}}').antivirus is None


@pytest.mark.parametrize(
    ("name", "model", "mhz", "architecture"),
    [
        ("seen_i7_8750h_fr", (6, 158, 10), 2208, "x86"),
        ("seen_windows_7_fr", (6, 42, 7), 2809, "x86"),
        ("seen_xeon", (6, 26, 5), 2000, "x86"),
        ("seen_thinkpad_x13s", (None, None, None), 1440, "arm"),
    ],
)
def test_processors(name: str, model: tuple[int | None, ...], mhz: int, architecture: str) -> None:
    values = RecordedRegistry(name).values(hardware.PROCESSOR)
    found = hardware.parse_processor(values, cores=4, threads=4, bits=64)
    assert (found.family, found.model, found.stepping) == model
    assert (found.maximum_mhz, found.architecture) == (mhz, architecture)
    assert found.maker == ("qualcomm" if architecture == "arm" else "intel")


@pytest.mark.parametrize(
    ("sample", "name", "version"),
    [("seen_firefox_fr", "firefox", (57, 0, 2)), ("seen_firefox_esr_fr", "firefox_esr", (115, 14, 0))],
)
def test_a_french_firefox_is_listed_under_its_language(sample: str, name: str, version: tuple[int, ...]) -> None:
    (found,) = browsers.read_browsers(RecordedRegistry(sample), session=True)
    assert (found.name, found.version) == (name, version)


def test_what_chrome_wrote_when_it_last_ran_counts_only_where_it_is_installed() -> None:
    assert browsers.read_browsers(RecordedRegistry("seen_chrome"), session=True) == ()


@pytest.mark.parametrize(
    ("prog_id", "names"),
    [
        ("FirefoxURL-308046B0AF4A39CB", ("firefox", "firefox_esr")),
        ("FirefoxURL-6F193CCC56814779", ("firefox", "firefox_esr")),
        ("ChromeHTML", ("chrome",)),
        ("MSEdgeDHTML", ()),  # the Edge that was not Chromium yet
    ],
)
def test_the_browser_chosen(prog_id: str, names: tuple[str, ...]) -> None:
    assert browsers.parse_choice(prog_id) == names


def test_windows_11_goes_by_its_latest_choice() -> None:
    """Of this one machine the owner had switched that off, and its browser was Firefox: docs/windows.md."""
    registry = RecordedRegistry("seen_windows_11_firefox")
    assert browsers.read_choice(registry) == ("edge",)
    before = registry.values(browsers.CHOICES[1])["progid"]
    assert browsers.parse_choice(str(before)) == ("firefox", "firefox_esr")
    assert browsers.read_choice(RecordedRegistry("windows_10_pro_fr")) == ("firefox", "firefox_esr")


def cards(name: str) -> Iterator[dict[str, str]]:
    for block in (SAMPLES / f"{name}.wmi").read_text(encoding="utf-8").split("\n\n"):
        yield dict(line.split("=", 1) for line in block.splitlines())
