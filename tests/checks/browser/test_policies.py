from typing import Any

from checks.answers.browser import Policies, PolicyEffect, PolicyPlace
from checks.browser.policies import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(services=(ENT,), popups=True, third_party_cookies=True)


def seen(*effects: tuple[str, str], states: dict[str, str] | None = None, absent: tuple[str, ...] = ()) -> Facts:
    browsers: dict[Any, Any] = {"chrome": "read", "firefox": "absent", **(states or {})}
    return Facts(
        policies=Policies(
            places=tuple(
                PolicyPlace(browser=name, scope="machine", installed=name not in absent, state=state)
                for name, state in browsers.items()
            ),
            effects=tuple(
                PolicyEffect(browser=name, scope="machine", host="ent.example.fr", forbids=forbids)  # type: ignore[arg-type]
                for name, forbids in effects
            ),
        )
    )


ALONE = ("firefox",)
ROWS = [
    Row("nothing imposed", seen(), ASKS, READY, None),
    Row("no browser at all", seen(("chrome", "address"), absent=("chrome", "firefox")), ASKS, READY, None),
    Row("address", seen(("chrome", "address"), absent=ALONE), ASKS, BLOCKED, "address_forbidden"),
    Row("JavaScript", seen(("chrome", "javascript"), absent=ALONE), ASKS, BLOCKED, "javascript_forbidden"),
    Row("cookies", seen(("chrome", "cookies"), absent=ALONE), ASKS, BLOCKED, "cookies_forbidden"),
    Row("another browser still works", seen(("chrome", "cookies")), ASKS, AT_RISK, "cookies_forbidden"),
    Row("no browser works", seen(("chrome", "cookies"), ("firefox", "address")), ASKS, BLOCKED, "cookies_forbidden"),
    Row("windows", seen(("chrome", "popups")), ASKS, AT_RISK, "popups_forbidden"),
    Row("windows it never opens", seen(("chrome", "popups")), Requirement(services=(ENT,), popups=False), READY, None),
    Row("cookies in frames", seen(("chrome", "third_party_cookies")), ASKS, AT_RISK, "third_party_cookies_forbidden"),
    Row("a browser that is not there", seen(("firefox", "address"), absent=ALONE), ASKS, READY, None),
    Row("unreadable", seen(states={"chrome": "unreadable"}), ASKS, UNMEASURED, "policies_unreadable"),
    Row("unreadable where not installed", seen(states={"edge": "unreadable"}, absent=("edge",)), ASKS, READY, None),
]
test_judge = judge_test(CHECK, ROWS)
