"""What Windows' registry, WMI and libraries say, read from samples in French and English; a wrong type is no answer."""

import base64
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.tunnel import Way
from agent.win32 import browsers, hardware, session, system, winhttp, wmi
from agent.win32.wmi import Said
from checks.answers.software import ProgramAsked
from checks.answers.system import Language, Updates
from tests.agent.registry import Recorded, recorded

TEN, ELEVEN, SEVEN = map(recorded, ("windows_10_pro_fr", "windows_11_education_en", "windows_7_fr"))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ESU, NO_ESU, UNASKED = Said(esu=True), Said(esu=False), Said()


@pytest.mark.parametrize(
    ("registry", "version", "build", "edition"),
    [
        (TEN, (10, 0), 19045, "pro"),
        (ELEVEN, (10, 0), 26200, "education"),
        (SEVEN, (6, 1), 7601, "pro"),
        (Recorded({}), (), None, "other"),
    ],
)
def test_it_is_told_by_numbers_and_never_by_a_translated_name(
    registry: Recorded, version: tuple[int, ...], build: int | None, edition: str
) -> None:
    found = system.parse_release(registry.values(system.CURRENT), bits=64, said=UNASKED, consumer_esu={})
    assert (found.version, found.build, found.edition) == (version, build, edition)


@pytest.mark.parametrize(
    ("said", "consumer", "extended"),
    [
        (ESU, {}, True),
        (NO_ESU, {}, False),
        (NO_ESU, {"esueligibility": 3}, True),
        (NO_ESU, {"esueligibility": "3"}, False),
        (NO_ESU, None, None),  # nobody's session: an account may be enrolled
        (UNASKED, {}, None),  # PowerShell did not answer
        (ESU, None, True),
    ],
)
def test_windows_10_with_and_without_paid_updates_are_told_apart_or_unknown(
    said: Said, consumer: dict[str, Any] | None, extended: bool | None
) -> None:
    found = system.parse_release(TEN.values(system.CURRENT), bits=64, said=said, consumer_esu=consumer)
    assert found.extended_support is extended


@pytest.mark.parametrize(
    ("edition", "found"),
    [
        ("Core", "home"),
        ("CoreSingleLanguage", "home"),
        ("ProfessionalEducation", "pro_education"),
        ("ProfessionalN", "pro"),
        ("EnterpriseS", "enterprise_ltsc"),
        ("IoTEnterpriseS", "enterprise_ltsc"),
        ("Cloud", "other"),
        (7, "other"),
    ],
)
def test_an_edition_is_an_identifier(edition: Any, found: str) -> None:
    assert system.parse_edition({"editionid": edition}) == found


def test_updates_are_dated_and_a_restart_is_seen() -> None:
    assert system.read_updates(TEN, UNASKED, NOW) == Updates(
        installed_days=40, looked_for_days=0, automatic=True, restart_pending=True
    )
    by_wmi = Said(installed="2026-11-20T09:00:00", looked_for="1899-12-30T00:00:00")
    assert system.read_updates(ELEVEN, by_wmi, NOW) == Updates(
        installed_days=4, looked_for_days=None, automatic=False, restart_pending=False
    )
    odd = {system.UPDATE_POLICY: {"noautoupdate": "1", "auoptions": [4]}, system.UPDATE_SERVICE: {"start": b"\x04"}}
    assert system.read_updates(Recorded(odd), Said(installed="hier"), NOW).automatic is None


def test_the_keyboard_is_the_first_one_and_the_language_a_number() -> None:
    preloads = [(one.values(system.KEYBOARDS), one.values(system.SUBSTITUTES)) for one in (TEN, ELEVEN)]
    assert system.parse_language(0x040C, *preloads[0]) == Language(display="fr", keyboard="azerty")
    assert system.parse_language(0x0409, *preloads[1]) == Language(display="en", keyboard="qwerty")
    assert system.parse_language(0x0C0C, {"1": "0002040c"}, {}) == Language(display="fr", keyboard="bepo")
    assert system.parse_language(0, {"1": 1036}, {}) == Language(display=None, keyboard=None)


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ((397568,), "on"),  # 0x061100
        ((397584,), "outdated"),  # 0x061110
        ((393472,), "off"),  # 0x060100
        ((393472, 397568), "on"),
        ((), "absent"),
        (None, None),
    ],
)
def test_the_best_antivirus_speaks(states: tuple[int, ...] | None, found: str | None) -> None:
    assert system.parse_antivirus(states) == found


def test_a_firewall_is_on_for_every_network_or_another_stands_in_its_place() -> None:
    assert system.read_firewall(ELEVEN, UNASKED) == "on"
    assert system.read_firewall(TEN, UNASKED) is None
    assert system.read_firewall(TEN, Said(firewall=())) == "off"
    assert system.read_firewall(TEN, Said(firewall=(0x041000,))) == "on"
    assert system.read_protection(TEN, Said(antivirus=()), expected=False).antivirus is None


def test_processors_are_told_by_their_numbers() -> None:
    old = hardware.parse_processor(TEN.values(hardware.PROCESSOR), cores=4, threads=4, bits=64)
    assert (old.maker, old.family, old.model, old.stepping, old.maximum_mhz) == ("intel", 6, 60, 3, 3492)
    ryzen = hardware.parse_processor(ELEVEN.values(hardware.PROCESSOR), cores=None, threads=8, bits=64)
    assert (ryzen.maker, ryzen.family, ryzen.model, ryzen.bits) == ("amd", 23, 24, 64)
    odd = {"identifier": 6, "vendoridentifier": ["GenuineIntel"], "~mhz": "3492"}
    nothing = hardware.parse_processor(odd, cores=None, threads=1, bits=32)
    assert (nothing.maker, nothing.architecture, nothing.bits, nothing.maximum_mhz) == ("other", "other", None, None)


def test_secure_boot_and_tpm_are_known_or_unknown_never_guessed() -> None:
    assert hardware.read_firmware(ELEVEN, starts_by="uefi", tpm="2.0").secure_boot == "on"
    assert hardware.read_firmware(TEN, starts_by="uefi", tpm=None).secure_boot is None
    assert hardware.read_firmware(ELEVEN, starts_by="bios", tpm="1.2").secure_boot is None
    wrong = Recorded({hardware.SECURE_BOOT: {"uefisecurebootenabled": "1"}})
    assert hardware.read_firmware(wrong, starts_by="uefi", tpm=None).secure_boot is None
    assert [hardware.parse_tpm(*said) for said in ((0, 2), (0, 1), (0x8028400F, 0), (5, 2), (0, 9))] == [
        "2.0",
        "1.2",
        "absent",
        None,
        None,
    ]


def test_cameras_are_counted_once_and_allowed_only_when_nobody_denies() -> None:
    webcam = r"\\?\usb#vid_046d&pid_0825&mi_00#6&1#{e5323777-f976-4f5b-9b55-b94699c46e44}\global"
    assert hardware.parse_interfaces("\0".join([webcam, webcam.upper(), ""])) == 1
    assert hardware.parse_interfaces("") == 0
    assert hardware.parse_camera_consent({}, ({"value": "Allow"}, {"value": "Deny"})) is False
    assert hardware.parse_camera_consent({"letappsaccesscamera": 2}, ({"value": "Allow"},)) is False
    assert hardware.parse_camera_consent({}, ({"value": "Allow"}, {})) is True
    assert hardware.parse_camera_consent({"letappsaccesscamera": "2"}, ({"value": 1}, {})) is None
    assert [session.parse_scale(dpi) for dpi in (96, 120, 144, 0, 5000)] == [100, 125, 150, None, None]


def test_browsers_are_found_in_every_place_of_the_registry() -> None:
    found = {(b.name, b.version, b.place, b.default) for b in browsers.read_browsers(TEN, session=True)}
    assert found == {
        ("firefox_esr", (128, 5, 0), "machine", True),
        ("edge", (142, 0, 3595, 65), "machine", False),
        ("chrome", (142, 0, 7444, 60), "user", False),
    }
    english = browsers.read_browsers(ELEVEN, session=True)
    assert [(b.name, b.version, b.default) for b in english] == [("firefox", (145, 0), False)]
    assert {b.default for b in browsers.read_browsers(TEN, session=False)} == {None}


def test_only_the_profiles_programs_are_looked_for() -> None:
    asked = (
        ProgramAsked(program="LibreOffice", windows=("LibreOffice",)),
        ProgramAsked(program="GCompris", windows=("GCompris",)),
        ProgramAsked(program="Tux Paint", linux=("tuxpaint",)),
    )
    found = [(p.installed, p.version) for p in browsers.read_programs(TEN, asked)]
    assert found == [(True, (24, 8, 4, 2)), (False, ()), (None, ())]


@pytest.mark.parametrize(
    "output",
    [b"", b"{", b"[]", b'{"antivirus": [1]}', b'\xff\xfe{\x00"', "{'é': 1}".encode("cp1252"), b'{"preau": 2}'],
)
def test_a_powershell_that_says_something_else_said_nothing(output: bytes) -> None:
    assert wmi.parse_said(output) == Said()


def test_what_wmi_says_is_read_with_its_types() -> None:
    said = wmi.parse_said(
        b'{"preau":1,"antivirus":[397568],"firewall":[],"esu":[0,1],"installed":"2026-11-20T09:00:00"}\r\n'
    )
    assert said == Said(antivirus=(397568,), firewall=(), esu=True, installed="2026-11-20T09:00:00")
    odd = json.dumps({"preau": 1, "antivirus": ["397568"], "firewall": 3, "esu": [True], "installed": 5}).encode()
    assert wmi.parse_said(odd) == Said()


def test_one_call_of_powershell_asks_for_all_and_for_esu_only_where_it_exists() -> None:
    scripts = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        scripts.append(base64.b64decode(command[-1]).decode("utf-16-le"))
        return subprocess.CompletedProcess(command, 0, stdout=b"")

    assert wmi.ask(Path("powershell.exe"), esu=True, run=run) == Said()
    assert wmi.ask(Path("powershell.exe"), esu=False, run=run) == Said()
    assert ["SoftwareLicensingProduct" in script for script in scripts] == [True, False]

    def hang(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        raise subprocess.TimeoutExpired(command, wmi.WITHIN_S)

    assert wmi.ask(Path("powershell.exe"), esu=True, run=hang) == Said()


def test_proxies_are_read_as_windows_writes_them() -> None:
    proxy = Way(kind="http", host="proxy.example.fr", port=3128)
    assert winhttp.parse_proxies("proxy.example.fr:3128") == (proxy, proxy)
    https, http = winhttp.parse_proxies("http=autre.example.fr:80;https=proxy.example.fr:3128")
    assert (https, http) == (proxy, Way(kind="http", host="autre.example.fr", port=80))
    assert winhttp.parse_proxies("") == (None, None)
    assert winhttp.parse_bypass("*.local;192.168.*; <local>") == ("*.local", "192.168.*", "<local>")
    machine = {"proxyenable": 1, "proxyserver": "proxy.example.fr:3128", "proxyoverride": "<local>"}
    assert winhttp.parse_machine(machine).https == proxy
    assert winhttp.parse_machine({**machine, "proxyenable": "1"}).https is None
