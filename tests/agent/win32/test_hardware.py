"""What a PC is made of and which browsers it has, read from samples."""

from typing import Any

import pytest

from agent.win32 import browsers, cards, hardware, session
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
