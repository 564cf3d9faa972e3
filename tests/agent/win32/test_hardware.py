"""What a PC is made of and which browsers it has, read from samples."""

import struct
from typing import Any

import pytest

from agent.win32 import browsers, cards, hardware, session, wifi
from checks.answers.software import ProgramAsked
from tests.agent.win32.recorded import RecordedRegistry

TEN, ELEVEN = map(RecordedRegistry, ("windows_10_pro_fr", "windows_11_education_en"))


def test_a_processor_is_told_by_its_makers_numbers() -> None:
    intel = hardware.parse_processor(TEN.values(hardware.PROCESSOR), cores=2, threads=4, bits=64)
    assert (intel.maker, intel.family, intel.model, intel.stepping, intel.maximum_mhz) == ("intel", 6, 78, 3, 2304)
    amd = hardware.parse_processor(ELEVEN.values(hardware.PROCESSOR), cores=4, threads=8, bits=64)
    assert (amd.maker, amd.architecture, amd.family, amd.model) == ("amd", "x86", 23, 24)
    arm = hardware.parse_processor(
        {"identifier": "ARMv8 (64-bit) Family 8 Model D4B Revision 0", "vendoridentifier": "Qualcomm Technologies Inc"},
        cores=8,
        threads=8,
        bits=64,
    )
    assert (arm.maker, arm.architecture, arm.family) == ("qualcomm", "arm", None)


@pytest.mark.parametrize(
    ("registry", "starts_by", "secure_boot"),
    [(TEN, "uefi", "off"), (ELEVEN, "uefi", "on"), (TEN, "bios", None), (TEN, None, None)],
)
def test_secure_boot_is_about_uefi(registry: RecordedRegistry, starts_by: Any, secure_boot: str | None) -> None:
    assert hardware.read_firmware(registry, starts_by=starts_by, tpm="2.0").secure_boot == secure_boot


@pytest.mark.parametrize(
    ("result", "version", "tpm"),
    [(0, 2, "2.0"), (0, 1, "1.2"), (0, 0, None), (0x8028400F, 0, "absent"), (0x80284001, 2, None)],
)
def test_a_tpm_is_there_not_there_or_not_told(result: int, version: int, tpm: str | None) -> None:
    assert hardware.parse_tpm(result, version) == tpm


@pytest.mark.parametrize(("registry", "allowed"), [(TEN, True), (ELEVEN, False)])
def test_a_camera_may_be_forbidden_by_policy_or_by_its_owner(registry: RecordedRegistry, allowed: bool) -> None:
    consents = tuple(map(registry.values, hardware.CAMERA_CONSENTS))
    assert hardware.parse_camera_consent(registry.values(hardware.CAMERA_POLICY), consents) is allowed
    assert hardware.parse_camera_consent({}, ({}, {})) is None
    assert hardware.parse_camera_consent({}, ({"value": "Allow"}, {"value": "Deny"})) is False


def test_the_interfaces_of_one_camera_are_one_camera() -> None:
    kind = "{e5323777-f976-4f5b-9b55-b94699c46e44}"
    first = rf"\\?\usb#vid_04f2&pid_b6c2&mi_00#6&1&0&0000#{kind}\global"
    infrared = rf"\\?\usb#vid_04f2&pid_b6c2&mi_02#6&1&0&0000#{kind}\global"
    other = rf"\\?\usb#vid_046d&pid_0825#5&2&0&1#{kind}\global"
    assert hardware.parse_interfaces("\0") == 0
    assert hardware.parse_interfaces("\0".join((first, infrared, other, "", ""))) == 2


@pytest.mark.parametrize(("dpi", "percent"), [(96, 100), (120, 125), (144, 150), (0, None)])
def test_scaling_is_told_from_dots_per_inch(dpi: int, percent: int | None) -> None:
    assert session.parse_scale(dpi) == percent


@pytest.mark.parametrize(
    ("number", "is_hardware", "kind"),
    [(6, True, "wired"), (6, False, "virtual"), (71, True, "wifi"), (53, False, "virtual"), (243, True, "other")],
)
def test_cards_are_told_by_number(number: int, is_hardware: bool, kind: str) -> None:
    assert cards.kind_of(number, hardware=is_hardware) == kind


HE, AC, N = 10, 8, 7


def capability(*radios: int) -> bytes:
    """WLAN_INTERFACE_CAPABILITY: kind, 802.11d, two sizes of lists, how many radios, and 64 places for them."""
    return struct.pack("<5I64I", 0, 0, 32, 32, len(radios), *radios, *(0,) * (64 - len(radios)))


@pytest.mark.parametrize(
    ("channel", "radios", "band"),
    [
        (6, (N,), "2.4"),
        (1, (N, AC), "2.4"),
        (13, (N, AC), "2.4"),
        (36, (N, AC), "5"),
        (149, (AC,), "5"),
        (44, (HE,), "5"),
        (6, (HE,), "2.4"),
        (5, (HE,), None),  # 2.4 GHz, or the first of 6 GHz that cards look at
        (149, (HE,), None),
        (37, (HE,), "6"),
        (229, (HE,), "6"),
        (1, (), None),  # the card does not say what it is able of
        (0, (N,), None),
        (5_180_000, (N,), None),
    ],
)
def test_a_band_is_told_by_a_channel_or_not_at_all(channel: int, radios: tuple[int, ...], band: str | None) -> None:
    assert wifi.parse_band(struct.pack("<I", channel), capability(*radios)) == band


@pytest.mark.parametrize(
    ("dbm", "percent"), [(-50, 100), (-30, 100), (-75, 50), (-100, 0), (-110, 0), (0, None), (-200, None), (7, None)]
)
def test_power_is_told_as_windows_shows_it(dbm: int, percent: int | None) -> None:
    assert wifi.parse_rssi(struct.pack("<i", dbm)) == percent


def test_a_radio_is_off_when_every_part_of_it_is() -> None:
    def state(*switches: tuple[int, int]) -> bytes:
        rows = b"".join(struct.pack("<III", number, *pair) for number, pair in enumerate(switches))
        return struct.pack("<I", len(switches)) + rows + bytes(12 * (64 - len(switches)))

    assert wifi.parse_radio_off(state((1, 1), (1, 1))) is False
    assert wifi.parse_radio_off(state((2, 1), (1, 2))) is True, "by software, and by hand"
    assert wifi.parse_radio_off(state((2, 1), (1, 1))) is False
    assert wifi.parse_radio_off(state()) is None
    assert wifi.parse_radio_off(struct.pack("<I", 9)) is None


def test_what_windows_refuses_to_say_of_wifi_is_not_known() -> None:
    assert wifi.read(lambda code: b"", b"") == wifi.Wifi()
    said = {4: struct.pack("<IIII", 1, 0, 1, 1), 8: struct.pack("<I", 11), 0x10000102: struct.pack("<i", -60)}
    found = wifi.read(lambda code: said[code], capability(N))
    assert found == wifi.Wifi(radio_off=False, signal_percent=80, band="2.4")
    assert set(said) == {4, 8, 0x10000102}, "no question whose answer holds a network's name"


def test_a_card_says_its_duplex_and_its_radio_only_while_it_works() -> None:
    heard = wifi.Wifi(radio_off=False, signal_percent=80, band="2.4")

    def shown(kind: Any, *, up: bool, full: bool | None) -> tuple[Any, ...]:
        card = cards.Card(index=1, kind=kind, up=up, receives_kbps=100_000, sends_kbps=100_000)
        seen = cards.link(card, carries=True, full=full, radio=heard if kind == "wifi" else None)
        return seen.duplex, seen.radio_off, seen.signal_percent, seen.band

    assert shown("wired", up=True, full=False) == ("half", None, None, None)
    assert shown("wired", up=True, full=True) == ("full", None, None, None)
    assert shown("wired", up=True, full=None) == (None, None, None, None)
    assert shown("wired", up=False, full=False) == (None, None, None, None)
    assert shown("wifi", up=True, full=False) == (None, False, 80, "2.4")
    assert shown("wifi", up=False, full=None) == (None, False, None, None)


def test_browsers_are_found_wherever_they_say_they_are() -> None:
    found = [(b.name, b.version, b.default, b.place) for b in browsers.read_browsers(TEN, session=True)]
    assert found == [
        ("edge", (142, 0, 3595, 90), False, "machine"),
        ("firefox_esr", (128, 5, 0), True, "machine"),
    ], "Chrome was removed and left its beacon; WebView is no browser"
    (chrome,) = browsers.read_browsers(ELEVEN, session=True)
    assert (chrome.version, chrome.default, chrome.place) == ((142, 0, 7444, 60), True, "user")


def test_without_a_session_no_default_browser_can_be_told() -> None:
    assert {browser.default for browser in browsers.read_browsers(TEN, session=False)} == {None}


@pytest.mark.parametrize(
    ("prog_id", "names"),
    [
        ("MSEdgeHTM", ("edge",)),
        ("ChromeHTML", ("chrome",)),
        ("FirefoxHTML-308046B0AF4A39CB", ("firefox", "firefox_esr")),
        ("OperaStable", ()),
        ("", None),
    ],
)
def test_the_default_browser_is_told_by_what_was_chosen(prog_id: str, names: Any) -> None:
    assert browsers.parse_choice(prog_id) == names


def test_only_the_programs_asked_for_are_told() -> None:
    asked = (
        ProgramAsked(program="LibreOffice", windows=("LibreOffice",)),
        ProgramAsked(program="Scratch", windows=("Scratch 3.exe",)),
        ProgramAsked(program="GCompris", windows=("GCompris",)),
    )
    found = [(one.program, one.installed, one.version) for one in browsers.read_programs(TEN, asked)]
    assert found == [("LibreOffice", True, (24, 8, 3, 2)), ("Scratch", True, ()), ("GCompris", False, ())]
