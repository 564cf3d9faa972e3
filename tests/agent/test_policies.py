"""What policies imposed on browsers take from a host, by the browsers' own documented rules."""

from typing import Any

import pytest

from agent.policies import Imposed, merged, policies_of

HOST = "ent.example.fr"


def taken(browser: Any, policies: dict[str, Any]) -> set[str]:
    imposed = Imposed(browser=browser, scope="machine", installed=True, state="read", policies=policies)
    return {effect.forbids for effect in policies_of((imposed,), (HOST,)).effects}


@pytest.mark.parametrize(
    ("blocked", "allowed", "forbidden"),
    [
        (["*"], [], True),
        (["*"], ["example.fr"], False),
        (["*"], ["https://ent.example.fr"], False),
        (["*"], ["http://ent.example.fr"], True),
        (["*"], ["autre.fr"], True),
        (["example.fr"], [], True),
        ([".example.fr"], [], False),  # that host alone, not those below it
        (["example.fr"], ["ent.example.fr"], False),
        (["ent.example.fr"], ["example.fr"], True),  # the longest host decides
        (["ent.example.fr"], ["ent.example.fr"], False),  # an exception beats a refusal as exact
        ([".ent.example.fr"], [], True),
        (["ent.example.fr/jeux"], [], False),  # one part of the site, not its start page
        (["ent.example.fr:8080"], [], False),
        (["ent.example.fr:443"], [], True),
        (["http://*"], [], False),
        (["https://*"], [], True),
        (["ENT.EXAMPLE.FR"], [], True),
        (["xample.fr"], [], False),
        (["*.example.fr"], [], False),  # Chromium takes no such pattern
        (["javascript://*", "file://*"], [], False),
        ([3, None, ["*"]], [], False),
        ([], [], False),
    ],
)
@pytest.mark.parametrize("browser", ["chrome", "chromium", "edge"])
def test_an_address_is_blocked_as_chromium_chooses(
    browser: str, blocked: list[Any], allowed: list[str], forbidden: bool
) -> None:
    assert taken(browser, {"URLBlocklist": blocked, "URLAllowlist": allowed}) == ({"address"} if forbidden else set())


@pytest.mark.parametrize(
    ("policies", "forbidden"),
    [
        ({"DefaultCookiesSetting": 2}, {"cookies"}),
        ({"DefaultCookiesSetting": 4}, set()),  # kept until the browser closes: an ENT works
        ({"DefaultCookiesSetting": "2"}, set()),  # of a wrong type: the browser ignores it
        ({"DefaultCookiesSetting": 2, "CookiesAllowedForUrls": ["[*.]example.fr"]}, set()),
        ({"DefaultCookiesSetting": 2, "CookiesSessionOnlyForUrls": ["https://ent.example.fr"]}, set()),
        ({"CookiesBlockedForUrls": ["[*.]example.fr"]}, {"cookies"}),
        ({"CookiesBlockedForUrls": ["[*.]example.fr"], "CookiesAllowedForUrls": ["https://ent.example.fr"]}, set()),
        ({"CookiesBlockedForUrls": ["http://ent.example.fr"]}, set()),
        ({"CookiesBlockedForUrls": ["ample.fr", "[*.]ample.fr"]}, set()),
        ({"BlockThirdPartyCookies": True}, {"third_party_cookies"}),
        ({"BlockThirdPartyCookies": 1}, {"third_party_cookies"}),  # as the registry holds it
        ({"BlockThirdPartyCookies": True, "CookiesAllowedForUrls": ["*"]}, set()),
        ({"DefaultJavaScriptSetting": 2}, {"javascript"}),
        ({"DefaultJavaScriptSetting": 2, "JavaScriptAllowedForUrls": ["https://ent.example.fr:443/*"]}, set()),
        ({"JavaScriptBlockedForUrls": ["*"]}, {"javascript"}),
        ({"DefaultPopupsSetting": 2}, {"popups"}),
        ({"DefaultPopupsSetting": 2, "PopupsAllowedForUrls": ["[*.]example.fr"]}, set()),
        ({"PopupsBlockedForUrls": "https://ent.example.fr"}, set()),  # a text where a list is wanted
        ({"HomepageLocation": "https://ent.example.fr"}, set()),
    ],
)
def test_a_setting_is_refused_by_default_or_by_pattern(policies: dict[str, Any], forbidden: set[str]) -> None:
    assert taken("chrome", policies) == forbidden


@pytest.mark.parametrize(
    ("policies", "forbidden"),
    [
        ({"WebsiteFilter": {"Block": ["<all_urls>"]}}, {"address"}),
        ({"WebsiteFilter": {"Block": ["<all_urls>"], "Exceptions": ["*://*.example.fr/*"]}}, set()),
        ({"WebsiteFilter": {"Block": ["https://ent.example.fr/*"]}}, {"address"}),
        ({"WebsiteFilter": {"Block": ["http://ent.example.fr/*", "https://ent.example.fr/jeux/*"]}}, set()),
        ({"WebsiteFilter": '{"Block": ["*://*/*"]}'}, {"address"}),  # as Windows may hold it
        ({"WebsiteFilter": "{"}, set()),
        ({"WebsiteFilter": ["<all_urls>"]}, set()),
        ({"Cookies": {"Behavior": "reject"}}, {"cookies"}),
        ({"Cookies": {"Behavior": "reject", "Allow": ["https://ent.example.fr"]}}, set()),
        ({"Cookies": {"Block": ["https://ent.example.fr/"]}}, {"cookies"}),
        ({"Cookies": {"Behavior": "reject-foreign"}}, {"third_party_cookies"}),
        ({"Cookies": {"AcceptThirdParty": "never"}}, {"third_party_cookies"}),
        ({"Cookies": {"Behavior": "reject-tracker"}}, set()),
        ({"PopupBlocking": {"Default": True}}, set()),  # Firefox's own way: the user may still allow
        ({"PopupBlocking": {"Default": True, "Locked": True}}, {"popups"}),
        ({"PopupBlocking": {"Default": True, "Locked": True, "Allow": ["https://ent.example.fr"]}}, set()),
        ({"Preferences": {"javascript.enabled": False}}, {"javascript"}),
        ({"Preferences": {"javascript.enabled": {"Value": False, "Status": "locked"}}}, {"javascript"}),
        ({"Preferences": {"javascript.enabled": {"Value": True}}}, set()),
        ({"Preferences": {"javascript.enabled": "false"}}, set()),
    ],
)
def test_firefox_is_bound_by_its_own_policies(policies: dict[str, Any], forbidden: set[str]) -> None:
    assert taken("firefox", policies) == forbidden


def test_a_later_file_goes_over_an_earlier_one() -> None:
    assert merged(['{"A": 1, "B": 1}', '{"B": 2}']) == {"A": 1, "B": 2}


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "\x00", '{"A": ' + "[" * 100_000])
def test_what_is_no_table_is_said_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        merged([text])


def test_the_places_looked_into_are_told_even_when_nothing_is_taken() -> None:
    absent = Imposed(browser="edge", scope="user", installed=False, state="absent", policies={})
    found = policies_of((absent,), (HOST,))
    assert found.effects == ()
    assert [(p.browser, p.scope, p.installed, p.state) for p in found.places] == [("edge", "user", False, "absent")]
