from typing import Any

from checks.answers.ways import ProxyWay
from checks.network.proxy import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(services=(ENT,))


def way(**seen: Any) -> Facts:
    usual: dict[str, Any] = {"source": "environment", "script": "none", "via_proxy": True, "failure": None, "login": ()}
    usual |= {"filter": "none", "given_up_count": 0, "direct": "timeout", "direct_asked": True}
    usual |= {"browser_differs": None, "proxy_sha256": "ab" * 32, "took_ms": 30}
    return Facts(ways=(ProxyWay(host="ent.example.fr", port=443, **usual | seen),))


def script(script: str, direct: str | None) -> Facts:
    return way(source="pac", script=script, via_proxy=False, direct=direct)


ROWS = [
    Row("straight", way(source="none", via_proxy=False, direct=None, direct_asked=False), ASKS, READY, None),
    Row("through the proxy", way(), ASKS, READY, None),
    Row("the proxy would, and finds no way: another's cause", way(failure="unreachable"), ASKS, READY, None),
    Row("not asked", Facts(ways=()), ASKS, UNMEASURED, "never_asked"),
    Row("unreachable", way(failure="proxy_unreachable"), ASKS, BLOCKED, "proxy_unreachable"),
    Row("left over from elsewhere", way(failure="proxy_unreachable", direct=None), ASKS, BLOCKED, "proxy_not_here"),
    Row("refuses", way(failure="proxy_refused", filter="squid"), ASKS, BLOCKED, "proxy_refused"),
    Row("asks who", way(failure="proxy_needs_login", login=("basic", "ntlm")), ASKS, BLOCKED, "proxy_login_asked"),
    Row("asks who, without saying how", way(failure="proxy_needs_login"), ASKS, BLOCKED, "proxy_login_asked"),
    Row("SOCKS", way(failure="proxy_unusable"), ASKS, UNMEASURED, "proxy_unusable"),
    Row("no script, and no other way", script("unreachable", "timeout"), ASKS, BLOCKED, "script_unreachable"),
    Row("no script, and straight passes", script("unreachable", None), ASKS, AT_RISK, "script_unreachable"),
    Row("a wrong script", script("invalid", "timeout"), ASKS, BLOCKED, "script_invalid"),
    Row("an endless script", script("endless", "timeout"), ASKS, BLOCKED, "script_endless"),
    Row("none found where one is looked for", script("not_found", None), ASKS, READY, None),
    Row(
        "the second proxy answers",
        way(source="pac", script="used", given_up_count=1),
        ASKS,
        AT_RISK,
        "first_proxy_silent",
    ),
    Row("a browser goes another way", way(browser_differs=True), ASKS, AT_RISK, "browser_differs"),
]
test_judge = judge_test(CHECK, ROWS)
