from dataclasses import replace
from typing import Any

from checks.answers.network import Control, Page
from checks.network.page import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(slow_ms=5000, services=(ENT,))
BARE = Requirement(services=(replace(ENT, known_text=""),))
HASHED = Requirement(services=(replace(ENT, known_text="", known_sha256="dd"),))


def control(**seen: Any) -> Control:
    usual: dict[str, Any] = {"age_s": 60, "failure": None, "issuer_sha256": "aa", "leaf_sha256": "bb"}
    usual |= {"body_sha256": "cc", "has_known_text": True}
    return Control(service="ent", **{**usual, **seen})


def came(failure: Any = None, controls: Any = (), **seen: Any) -> Facts:
    usual = {
        "status": 200,
        "body_sha256": "dd",
        "body_bytes": 900,
        "has_known_text": True,
        "redirect": "none",
        "filter": "none",
        "via_proxy": False,
        "took_ms": 80,
    }
    return Facts(pages=(Page(service="ent", failure=failure, **{**usual, **seen}),), controls=controls)


OTHER: dict[str, Any] = {"has_known_text": False, "body_sha256": "ee"}
SAME, WRONG = (control(body_sha256="dd"),), (control(body_sha256="ee", has_known_text=False),)
EMPTY: dict[str, Any] = {"body_bytes": 0, "has_known_text": None, "status": 302, "redirect": "elsewhere"}
ROWS = [
    Row("the known words", came(), ASKS, READY, None),
    Row("the known hash", came(has_known_text=None), HASHED, READY, None),
    Row("what the collector received", came(controls=(control(body_sha256="dd"),)), BARE, READY, None),
    Row("slow", came(took_ms=5001), ASKS, AT_RISK, "page_slow"),
    Row("nothing", came("timeout"), ASKS, BLOCKED, "page_not_received"),
    Row("a filter refuses the tunnel", came("proxy_refused", filter="squid"), ASKS, BLOCKED, "page_blocked"),
    Row(
        "two empty bodies prove nothing",
        came(
            body_bytes=0, controls=(control(body_sha256="dd"),), has_known_text=None, status=302, redirect="elsewhere"
        ),
        BARE,
        BLOCKED,
        "page_sent_elsewhere",
    ),
    Row(
        "an error for all",
        came(**OTHER, status=503, controls=(control(body_sha256="ee", has_known_text=False),)),
        ASKS,
        BLOCKED,
        "page_error",
    ),
    Row(
        "an error here, and not for the collector",
        came(**OTHER, status=502, controls=(control(),)),
        ASKS,
        BLOCKED,
        "page_replaced",
    ),
    Row("a filter's page, with status 200", came(**OTHER, filter="e2guardian"), ASKS, BLOCKED, "page_blocked"),
    Row("a portal", came(**OTHER, status=302, redirect="elsewhere"), ASKS, BLOCKED, "page_sent_elsewhere"),
    Row("an unknown page, with status 200", came(**OTHER), ASKS, BLOCKED, "page_replaced"),
    Row("unlike the collector's", came(**OTHER, controls=(control(),)), BARE, BLOCKED, "page_replaced"),
    Row("changed for all", came(**OTHER, controls=(control(body_sha256="ee"),)), ASKS, UNMEASURED, "page_changed"),
    Row("an error", came(**OTHER, status=503), ASKS, BLOCKED, "page_error"),
    Row("nothing known of it", came(has_known_text=None), BARE, UNMEASURED, "page_not_described"),
    Row("a service added since", Facts(pages=(), controls=()), ASKS, UNMEASURED, "never_asked"),
]
test_judge = judge_test(CHECK, ROWS)
