"""This very Windows, asked for real: whatever it answers has the shape every judge expects."""

import sys
from collections.abc import Callable, Iterator

import pytest

from agent.door import open_door
from agent.proxy import Settings
from agent.reaching import Known
from agent.tunnel import Way
from agent.win32 import winhttp
from checks.answers.software import ProgramAsked
from checks.machine import CannotAnswer
from tests.agent.systems import needs_windows, under_wine
from tests.agent.win32.recorded import RecordedRegistry

pytestmark = needs_windows


def test_it_is_told_as_windows_says_it() -> None:
    release = open_door(Known()).release()
    assert (release.family, release.version, release.bits) == ("windows", (10, 0), 64)
    assert release.build is not None
    assert release.build > 10_000


def test_what_windows_says_without_an_administrator_has_sense() -> None:
    machine = open_door(Known())
    assert machine.memory().total_bytes > 100_000_000
    assert machine.disk().total_bytes >= machine.disk().free_bytes > 0
    processor = machine.processor()
    assert (processor.architecture, processor.bits) == ("x86", 64)
    assert processor.threads_count >= (processor.cores_count or 1) >= 1
    assert processor.family is not None
    assert any(screen.main and screen.width_px > 0 for screen in machine.screens())
    assert machine.language().display is not None
    assert machine.sound().outputs_count >= 0
    assert machine.firmware().starts_by in ("uefi", "bios", None)


def test_cards_have_addresses_and_no_name() -> None:
    network = open_door(Known()).network()
    assert network.ipv4_route
    assert any(card.up and card.ipv4 for card in network.interfaces)


def test_roots_are_looked_for_by_hash_alone() -> None:
    (root,) = open_door(Known()).trust_store(("00" * 32,)).roots
    assert root.state == "absent"


def test_a_program_nobody_installed_is_absent() -> None:
    (found,) = open_door(Known()).programs((ProgramAsked(program="X", windows=("no such program",)),))
    assert (found.installed, found.version) == (False, ())


@pytest.mark.skipif(not under_wine(), reason="a real Windows has a PowerShell that answers")
def test_a_powershell_that_answers_nothing_leaves_all_unknown_never_off() -> None:
    """wine's is a stub that prints nothing and returns 0."""
    machine = open_door(Known())
    assert machine.protection().antivirus is None
    assert machine.updates().installed_days is None


@pytest.mark.skipif(not under_wine(), reason="a real Windows lists its cameras")
def test_a_library_without_the_function_is_not_supported() -> None:
    with pytest.raises(CannotAnswer):
        open_door(Known()).cameras()


@pytest.fixture
def connected() -> Iterator[Callable[[str], Settings]]:
    """Let this account be connected as a real one was seen to be, and ask WinHTTP; never on somebody's own Windows."""
    if sys.platform != "win32" or not under_wine():
        pytest.skip("changes the proxies of this account")
    import winreg

    where, name = (
        r"Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections",
        "DefaultConnectionSettings",
    )
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, where) as key:

        def ask(sample: str) -> Settings:
            seen = RecordedRegistry(sample).values(f"HKCU\\{where}")[name.lower()]
            winreg.SetValueEx(key, name, 0, winreg.REG_BINARY, seen)
            return winhttp.settings()

        yield ask
        winreg.DeleteValue(key, name)


def test_winhttp_tells_the_proxy_that_a_real_account_had(connected: Callable[[str], Settings]) -> None:
    found = connected("seen_connection_proxy")
    assert (found.source, found.https) == ("desktop", Way(kind="http", host="127.0.0.1", port=80))
    assert found.bypass == ("<local>",)


def test_winhttp_tells_the_script_that_a_real_account_had(connected: Callable[[str], Settings]) -> None:
    assert connected("seen_connection_script").script_url == "http://wpad.example.fr/proxy1.pac"
