"""What Linux's files say of the system, read from samples; damage is never an error, and never a guess."""

import hashlib
import ssl
from datetime import date

import pytest

from agent import system_linux as linux
from checks.answers.system import Language, Protection
from tests.agent.samples import sample


@pytest.mark.parametrize(
    ("names", "distribution", "version"),
    [
        (sample("linux/debian_12/os-release"), "debian", (12,)),
        (sample("linux/ubuntu_24_04/os-release"), "ubuntu", (24, 4)),
        (sample("linux/primtux/os-release"), "primtux", (8,)),
        (sample("linux/fedora/os-release"), "fedora", (43,)),
        ("ID=debian\nNAME=PrimTux\nVERSION_ID=8\n", "primtux", (8,)),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n', "opensuse", (15, 6)),
        ("ID=arch\n", "other", ()),
        ("", "other", ()),
        ("\x00\x00ID", "other", ()),
    ],
)
def test_a_distribution_names_itself(names: str, distribution: str, version: tuple[int, ...]) -> None:
    found = linux.parse_release(names, bits=64)
    assert (found.family, found.distribution, found.version) == ("linux", distribution, version)


@pytest.mark.parametrize(
    ("status", "extended"),
    [
        (sample("linux/ubuntu_24_04/pro_attached.json"), True),
        ('{"attached": true, "services": [{"name": "esm-infra", "status": "disabled"}]}', False),
        (sample("linux/ubuntu_24_04/pro_unattached.json"), False),
        ("", None),
        ("[]", None),
        ('{"attached": true, "services": 3}', None),
        ("[" * 100_000, None),
    ],
)
def test_ubuntu_says_whether_its_extended_maintenance_is_on(status: str, extended: bool | None) -> None:
    found = linux.parse_release(sample("linux/ubuntu_24_04/os-release"), bits=64, pro_status=status)
    assert found.extended_support is extended
    debian = linux.parse_release(sample("linux/debian_12/os-release"), bits=64, pro_status=status)
    assert debian.extended_support is None


def test_the_last_upgrade_counts_and_installing_a_program_does_not() -> None:
    assert linux.parse_history(sample("linux/debian_12/history.log")) == date(2026, 11, 25)
    only_install = "Start-Date: 2026-10-16  23:03:57\nInstall: cmake:amd64 (3.25.1-1)\nEnd-Date: 2026-10-16  23:04:01\n"
    assert linux.parse_history(only_install) is None
    assert linux.parse_history("Upgrade: x\nEnd-Date: 2026-13-45  00:00:00\n") is None
    assert linux.parse_history("") is None


@pytest.mark.parametrize(
    ("settings", "automatic"),
    [
        (sample("linux/recorded/20auto-upgrades"), True),
        ('APT::Periodic::Unattended-Upgrade "0";', False),
        ('APT::Periodic::Unattended-Upgrade "1";\nAPT::Periodic::Unattended-Upgrade "0";', False),
        ('// APT::Periodic::Unattended-Upgrade "1";', None),
        ("", None),
    ],
)
def test_apts_settings_say_whether_updates_are_automatic(settings: str, automatic: bool | None) -> None:
    assert linux.parse_automatic(settings) is automatic


def test_a_root_is_known_by_its_fingerprint_and_a_damaged_bundle_holds_none() -> None:
    pem = ssl.DER_cert_to_PEM_cert(b"not a certificate, and its bytes are all that counts")
    known = hashlib.sha256(b"not a certificate, and its bytes are all that counts").hexdigest()
    found = linux.parse_roots(
        f"# comment\n{pem}\n-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----", (known, "0" * 64)
    )
    assert [(root.root_sha256, root.state) for root in found.roots] == [(known, "trusted"), ("0" * 64, "absent")]
    assert found.fetches_roots is False
    assert linux.parse_roots("", (known,)).roots[0].state == "absent"


@pytest.mark.parametrize(
    ("session", "locale", "display"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "", "fr"),
        ({"LANGUAGE": "oc:fr", "LANG": "fr_FR.UTF-8"}, "", "oc"),
        ({"LANG": "C.UTF-8"}, sample("linux/recorded/locale_fr"), "fr"),
        ({}, sample("linux/ubuntu_24_04/locale_en"), "en"),
        ({"LC_ALL": "POSIX"}, "", None),
        ({"LANG": "ja_JP.UTF-8"}, "", "other"),
        ({"LANG": "fy_NL"}, "", "other"),
        ({}, "", None),
    ],
)
def test_the_session_speaks_before_the_system(session: dict[str, str], locale: str, display: str | None) -> None:
    assert linux.parse_language(session, locale, "").display == display


@pytest.mark.parametrize(
    ("text", "keyboard"),
    [
        (sample("linux/recorded/keyboard_fr"), "azerty"),
        (sample("linux/ubuntu_24_04/keyboard_oss"), "azerty"),
        (sample("linux/ubuntu_24_04/keyboard_bepo"), "bepo"),
        (sample("linux/fedora/vconsole.conf"), "azerty"),
        (sample("linux/fedora/00-keyboard.conf"), "qwertz"),
        ("XKBLAYOUT=us\n", "qwerty"),
        ("XKBLAYOUT=fr\nXKBVARIANT=us\n", "qwerty"),
        ("XKBLAYOUT=ru\n", "other"),
        ("XKBLAYOUT=\n", None),
        ("", None),
    ],
)
def test_a_keyboard_is_told_by_its_layout(text: str, keyboard: str | None) -> None:
    assert linux.parse_language({}, "", text) == Language(display=None, keyboard=keyboard)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ufw", "firewalld", "nftables", "firewall"),
    [
        (sample("linux/recorded/ufw_on.conf"), False, False, "on"),
        (sample("linux/recorded/ufw_off.conf"), False, False, "off"),
        ("ENABLED=no\n", True, False, "on"),
        ("", False, True, "on"),
        ("", False, False, None),
    ],
)
def test_a_firewall_is_on_when_one_starts_with_the_system(
    ufw: str, firewalld: bool, nftables: bool, firewall: str | None
) -> None:
    found = linux.parse_protection(ufw, firewalld=firewalld, nftables=nftables)
    assert found == Protection(antivirus="not_expected", firewall=firewall)  # type: ignore[arg-type]


def test_a_package_counts_when_it_is_installed_and_under_its_whole_name() -> None:
    status = sample("linux/debian_12/dpkg-status")
    assert linux.parse_packages(status, ("curl",)) == (7, 88, 1)
    assert linux.parse_packages(status, ("absent", "firefox-esr")) == (153, 7, 0)
    assert linux.parse_packages(status, ("libreoffice-core",)) is None  # its settings are left, and nothing else
    assert linux.parse_packages(status, ("cur",)) is None
    assert linux.parse_packages(status, (".*",)) is None
    assert linux.parse_packages("Package: odd\nStatus: install ok installed\n", ("odd",)) == ()
    assert linux.parse_packages("", ("curl",)) is None
