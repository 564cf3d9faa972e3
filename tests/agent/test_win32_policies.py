"""What Windows' policies impose on browsers, read from registries laid out as Group Policy lays them out."""

from pathlib import Path
from typing import Any

import pytest

from agent.policies import policies_of
from agent.win32.policies import KEYS, parse_key, parse_list, read_policies
from tests.agent.registry import Recorded

HOST = "ent.example.fr"
CHROME, FIREFOX = (rf"HKLM\{KEYS[name]}" for name in ("chrome", "firefox"))


def read(keys: dict[str, dict[str, Any]], *, session: bool = True, closed: str = "") -> tuple[dict[Any, str], set[Any]]:
    imposed = read_policies(Recorded(keys, closed), installed=("edge", "chrome", "firefox_esr"), session=session)
    found = policies_of(imposed, (HOST,))
    return (
        {(p.browser, p.scope): p.state for p in found.places if p.installed},
        {(e.browser, e.scope, e.forbids) for e in found.effects},
    )


def test_lists_and_numbers_are_read_for_the_machine_and_for_the_account() -> None:
    states, effects = read(
        {
            rf"{CHROME}\URLBlocklist": {"1": "*"},
            rf"{CHROME}\urlallowlist": {"1": "autre.fr", "2": "ressources.example.fr"},
            CHROME: {"homepagelocation": "https://ent.example.fr"},
            rf"HKCU\{KEYS['edge']}": {"defaultcookiessetting": 2, "defaultpopupssetting": 2},
        }
    )
    assert states == {
        ("chrome", "machine"): "read",
        ("chrome", "user"): "absent",
        ("edge", "machine"): "absent",
        ("edge", "user"): "read",
        ("firefox", "machine"): "absent",
        ("firefox", "user"): "absent",
    }
    assert effects == {
        ("chrome", "machine", "address"),
        ("edge", "user", "cookies"),
        ("edge", "user", "popups"),
    }


@pytest.mark.parametrize(
    ("keys", "forbids"),
    [
        ({rf"{FIREFOX}\WebsiteFilter\Block": {"1": "<all_urls>"}}, {"address"}),
        (
            {
                rf"{FIREFOX}\WebsiteFilter\Block": {"1": "<all_urls>"},
                rf"{FIREFOX}\WebsiteFilter\Exceptions": {"1": "*://*.example.fr/*"},
            },
            set(),
        ),
        ({rf"{FIREFOX}\Cookies": {"behavior": "reject"}}, {"cookies"}),
        (
            {
                rf"{FIREFOX}\Cookies": {"behavior": "reject"},
                rf"{FIREFOX}\Cookies\Allow": {"1": "https://ent.example.fr"},
            },
            set(),
        ),
        ({rf"{FIREFOX}\PopupBlocking": {"default": 1, "locked": 1}}, {"popups"}),
        ({rf"{FIREFOX}\Preferences\javascript.enabled": {"value": 0, "status": "locked"}}, {"javascript"}),
        ({FIREFOX: {"preferences": ['{"javascript.enabled":', '{"Value": false}}']}}, {"javascript"}),
        ({rf"{FIREFOX}\Preferences\javascript.enabled": {"value": "0"}}, set()),
    ],
)
def test_firefox_is_bound_by_nested_keys_or_by_json(keys: dict[str, dict[str, Any]], forbids: set[str]) -> None:
    assert read(keys)[1] == {("firefox", "machine", one) for one in forbids}


@pytest.mark.parametrize("wrong", [b"\x02\x00", "2", ["2"], None, 3.5, -2, 2**70])
def test_a_value_of_the_wrong_type_is_as_if_it_were_not_there(wrong: Any) -> None:
    states, effects = read({CHROME: {"defaultcookiessetting": wrong, "urlblocklist": wrong}})
    assert states["chrome", "machine"] == "read"
    assert effects == set()


def test_another_account_or_a_closed_key_is_unreadable_and_not_guessed() -> None:
    keys: dict[str, dict[str, Any]] = {CHROME: {"defaultcookiessetting": 2}}
    assert read(keys, session=False)[0]["chrome", "user"] == "unreadable"
    states, effects = read(keys, closed=CHROME)
    assert (states["chrome", "machine"], effects) == ("unreadable", set())


def test_firefoxs_own_file_counts_beside_the_registry(tmp_path: Path) -> None:
    folder = tmp_path / "Mozilla Firefox"
    (folder / "distribution").mkdir(parents=True)
    file = folder / "distribution" / "policies.json"
    file.write_text('{"policies": {"Cookies": {"Behavior": "reject"}, "WebsiteFilter": {"Block": ["<all_urls>"]}}}')
    keys: dict[str, dict[str, Any]] = {
        r"HKLM\SOFTWARE\Mozilla\Mozilla Firefox\153.7.0 ESR (x64 fr)\Main": {"install directory": str(folder)},
        rf"{FIREFOX}\Cookies": {"behavior": "accept"},
    }
    assert read(keys)[1] == {("firefox", "machine", "address")}
    file.write_text("{")
    assert read(keys)[0]["firefox", "machine"] == "unreadable"


def test_a_key_is_read_no_deeper_than_a_browser_reads_it() -> None:
    deep = r"HKLM\SOFTWARE\Policies\Google\Chrome" + r"\Cookies" * 50
    assert parse_key(Recorded({deep: {"value": 1}}), CHROME) == {"Cookies": {"Cookies": {"Cookies": {}}}}
    assert parse_list({"2": "b", "10": "c", "1": "a", "x": "d", "3": 4, "999999": "e"}) == ["a", "b", "c"]
