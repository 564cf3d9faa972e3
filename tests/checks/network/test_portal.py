from typing import Any

from checks.answers.network import Control
from checks.answers.ways import PlainAnswer, Portal
from checks.network.portal import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, ENT, READY, Row, judge_test

ASKS = Requirement(services=(ENT,))
WWW = "ab" * 32


def plain(**seen: Any) -> PlainAnswer:
    unseen: dict[str, Any] = {"failure": None, "status": 301, "redirect": "same_host", "target_sha256": ""}
    return PlainAnswer(host="ent.example.fr", **{**unseen, "filter": "none", "has_form": False, **seen})


def facts(*answers: PlainAnswer, secured: bool = False, collector: Any = "timeout", asked: bool = True) -> Facts:
    saw = Control(
        service="ent",
        age_s=60,
        failure=None,
        issuer_sha256="",
        leaf_sha256="",
        body_sha256="",
        has_known_text=True,
        plain_target_sha256=WWW,
    )
    portal = Portal(plain=answers, collector=collector, collector_asked=asked, secured=secured)
    return Facts(portal=portal, controls=(saw,))


AWAY = plain(status=302, redirect="elsewhere", target_sha256="cd" * 32)
ROWS = [
    Row("no portal", facts(plain(), secured=True, collector=None), ASKS, READY, None),
    Row("something proved itself", facts(AWAY, secured=True), ASKS, READY, None),
    Row("the collector answers", facts(AWAY, collector=None), ASKS, READY, None),
    Row("sent to log in", facts(AWAY), ASKS, BLOCKED, "login_page_first"),
    Row(
        "a page to log in at once",
        facts(plain(status=200, redirect="none", has_form=True)),
        ASKS,
        BLOCKED,
        "login_page_first",
    ),
    Row("a page of its own, in clear", facts(plain(status=200, redirect="none")), ASKS, READY, None),
    Row("says so (RFC 6585)", facts(plain(status=511, redirect="none")), ASKS, BLOCKED, "login_page_first"),
    Row("the service's own redirect", facts(plain(redirect="elsewhere", target_sha256=WWW)), ASKS, READY, None),
    Row("a filter's page is no portal", facts(plain(status=200, filter="e2guardian")), ASKS, READY, None),
    Row("one of two answers as it should", facts(AWAY, plain()), ASKS, READY, None),
    Row("nothing answers", facts(plain(failure="timeout", status=None, redirect="none")), ASKS, READY, None),
]
test_judge = judge_test(CHECK, ROWS)
