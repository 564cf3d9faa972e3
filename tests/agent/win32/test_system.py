"""What the registry and WMI say of a Windows, read from samples; what is damaged or closed reads as unknown."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.win32 import browsers, hardware, system
from agent.win32.wmi import Said
from checks.answers.software import ProgramAsked
from tests.agent.win32.recorded import RecordedRegistry

TEN, ELEVEN, DAMAGED = map(RecordedRegistry, ("windows_10_pro_fr", "windows_11_education_en", "damaged_fr"))
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def release(registry: RecordedRegistry, said: Said, *, session: bool = True) -> Any:
    consumer = registry.values(system.CONSUMER_ESU) if session else None
    return system.parse_release(registry.values(system.CURRENT), bits=64, said=said, consumer_esu=consumer)


@pytest.mark.parametrize(
    ("said", "session", "extended"),
    [
        (Said(esu=True), True, True),
        (Said(esu=True), False, True),
        (Said(esu=False), True, False),
        (Said(esu=False), False, None),  # an account of the PC may be enrolled, and none was asked
        (Said(), True, None),  # WMI did not answer
    ],
)
def test_windows_10_with_and_without_esu_is_told_apart(said: Said, session: bool, extended: bool | None) -> None:
    found = release(TEN, said, session=session)
    assert (found.version, found.build, found.edition) == ((10, 0), 19045, "pro")
    assert found.extended_support is extended


def test_windows_11_has_no_esu_and_wmi_need_not_say() -> None:
    found = release(ELEVEN, Said())
    assert (found.build, found.edition, found.extended_support) == (26100, "education", False)
    assert not system.may_have_extended_support(ELEVEN.values(system.CURRENT))
    assert system.may_have_extended_support(TEN.values(system.CURRENT))


@pytest.mark.parametrize(
    ("edition", "kind", "expected"),
    [
        ("Core", "Client", "home"),
        ("CoreSingleLanguage", "Client", "home"),
        ("ProfessionalN", "Client", "pro"),
        ("ProfessionalEducation", "Client", "pro_education"),
        ("Enterprise", "Client", "enterprise"),
        ("EnterpriseS", "Client", "enterprise_ltsc"),
        ("EnterpriseSN", "Client", "enterprise_ltsc"),
        ("IoTEnterpriseS", "Client", "enterprise_ltsc"),
        ("ServerStandard", "Server", "server"),
        ("CloudEdition", "Client", "other"),
        ("", "", "other"),
    ],
)
def test_editions_are_told_by_identifier_not_by_name(edition: str, kind: str, expected: str) -> None:
    values = {"editionid": edition, "installationtype": kind}
    assert system.parse_edition(values) == expected


@pytest.mark.parametrize(
    ("sample", "bits", "word"),
    [
        ("windows_8.1_fr", 64, "antérieurs à Windows 10"),
        ("windows_10_pro_fr", 32, "32 bits"),
        ("windows_10_pro_fr", 64, ""),
        ("windows_11_education_en", 64, ""),
        ("damaged_fr", 64, ""),
    ],
)
def test_what_only_the_test_page_serves_is_said(sample: str, bits: int, word: str) -> None:
    said = system.parse_too_old(RecordedRegistry(sample).values(system.CURRENT), bits)
    assert (word in said, "page de test" in said) == (True, bool(word))


def test_updates_are_dated_by_the_system_and_ruled_by_policy() -> None:
    found = system.read_updates(ELEVEN, Said(looked_for="2026-11-24T20:00:00"), NOW)
    assert (found.installed_days, found.looked_for_days) == (13, 0)
    assert (found.automatic, found.restart_pending) == (False, True)
    ten = system.read_updates(TEN, Said(installed="1899-12-30T00:00:00"), NOW)
    assert (ten.installed_days, ten.automatic, ten.restart_pending) == (None, True, False)


@pytest.mark.parametrize(
    ("policy", "service", "automatic"),
    [
        ({}, {"start": 3}, True),
        ({}, {"start": 4}, False),
        ({}, {}, None),
        ({"noautoupdate": 1}, {"start": 3}, False),
        ({"auoptions": 4}, {"start": 3}, True),
        ({"auoptions": 2}, {"start": 3}, False),
    ],
)
def test_updates_are_automatic_unless_somebody_said_no(
    policy: dict[str, object], service: dict[str, object], automatic: bool | None
) -> None:
    assert system.parse_automatic(policy, service) is automatic


@pytest.mark.parametrize(
    ("sample", "interface", "display", "keyboard"),
    [("windows_10_pro_fr", 0x040C, "fr", "azerty"), ("windows_11_education_en", 0x0409, "en", "qwerty")],
)
def test_a_session_has_a_language_and_a_keyboard(sample: str, interface: int, display: str, keyboard: str) -> None:
    registry = RecordedRegistry(sample)
    values = (registry.values(system.KEYBOARDS), registry.values(system.SUBSTITUTES))
    found = system.parse_language(interface, *values)
    assert (found.display, found.keyboard) == (display, keyboard)
    assert system.parse_language(0x0411, {}, {}).display == "other"


ON, OUTDATED, OFF = 397568, 397584, 393472


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((ON,), "on"),
        ((OUTDATED,), "outdated"),
        ((OFF,), "off"),
        ((OFF, ON), "on"),
        ((), "absent"),
        (None, None),
    ],
)
def test_the_best_antivirus_counts_and_silence_is_not_absence(states: Any, expected: str | None) -> None:
    assert system.parse_antivirus(states) == expected


def test_a_firewall_off_for_one_network_is_off_and_another_may_stand_in_its_place() -> None:
    assert system.read_firewall(TEN, Said()) == "on"
    assert system.read_firewall(ELEVEN, Said()) is None
    assert system.read_firewall(ELEVEN, Said(firewall=())) == "off"
    assert system.read_firewall(ELEVEN, Said(firewall=(ON,))) == "on"
    assert system.read_protection(TEN, Said(antivirus=(ON,)), expected=False).antivirus is None


def test_values_of_the_wrong_type_read_as_absent() -> None:
    found = release(DAMAGED, Said())
    assert (found.version, found.build, found.edition, found.extended_support) == ((), None, "other", None)
    updates = system.read_updates(DAMAGED, Said(), NOW)
    assert (updates.installed_days, updates.automatic) == (None, None)
    assert system.read_firewall(DAMAGED, Said(firewall=())) is None
    assert system.parse_language(0x040C, DAMAGED.values(system.KEYBOARDS), {}).keyboard is None
    processor = hardware.parse_processor(DAMAGED.values(hardware.PROCESSOR), cores=None, threads=4, bits=64)
    assert (processor.maker, processor.architecture, processor.maximum_mhz) == ("other", "other", None)
    assert hardware.read_firmware(DAMAGED, starts_by="uefi", tpm=None).secure_boot is None
    assert [(b.name, b.version, b.default) for b in browsers.read_browsers(DAMAGED, session=True)] == [
        ("chrome", (), None),
        ("firefox", (), None),
    ]
    assert not browsers.read_programs(DAMAGED, (ProgramAsked(program="A", windows=("1",)),))[0].installed


def test_a_key_that_may_not_be_opened_is_an_error_of_rights() -> None:
    closed = RecordedRegistry("windows_10_pro_fr", forbidden=system.FIREWALL)
    with pytest.raises(PermissionError):
        system.read_firewall(closed, Said())
