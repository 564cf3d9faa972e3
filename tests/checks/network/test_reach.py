from dataclasses import replace
from typing import Any

from checks.answers.network import Connection, Control
from checks.network.reach import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(services=(ENT,))


def control(**seen: Any) -> Control:
    usual = {"age_s": 60, "failure": None, "issuer_sha256": "aa", "leaf_sha256": "bb", "body_sha256": "cc"}
    return Control(service="ent", has_known_text=True, **{**usual, **seen})


def connected(failure: Any = None, controls: Any = (), via_proxy: bool = False) -> Facts:
    seen = Connection(host="ent.example.fr", port=443, failure=failure, took_ms=30, via_proxy=via_proxy)
    return Facts(connections=(seen,), controls=controls)


def elsewhere(failure: Any) -> Facts:
    """One host fails, and another is reached."""
    (ent,) = connected(failure).connections
    return Facts(connections=(ent, replace(ent, host="cdn.example.fr", failure=None)), controls=())


TWO = Requirement(services=(replace(ENT, hosts=("cdn.example.fr",)),))
GONE = (control(failure="name_unknown"),)
ROWS = [
    Row("reached", connected(), ASKS, READY, None),
    Row("refused", connected("refused"), ASKS, BLOCKED, "connection_refused"),
    Row("silence", connected("timeout"), ASKS, BLOCKED, "connection_timed_out"),
    Row("silence here only", connected("timeout", (control(),)), ASKS, BLOCKED, "connection_timed_out"),
    Row("silence for all", connected("timeout", (control(failure="refused"),)), ASKS, BLOCKED, "service_down"),
    Row("reset", connected("reset"), ASKS, BLOCKED, "connection_reset"),
    Row("no route", connected("unreachable"), ASKS, BLOCKED, "no_way_to_host"),
    Row("no route, where others are reached", elsewhere("unreachable"), TWO, BLOCKED, "connection_refused"),
    Row("no address", connected("name_unknown"), ASKS, BLOCKED, "name_not_resolved"),
    Row(
        "no name for all", connected("name_unknown", (control(failure="name_unknown"),)), ASKS, BLOCKED, "service_down"
    ),
    Row("reached by the proxy", connected(via_proxy=True), ASKS, READY, None),
    Row("refused by the proxy", connected("proxy_refused", via_proxy=True), ASKS, BLOCKED, "refused_by_proxy"),
    Row("unknown to the proxy", connected("name_unknown", via_proxy=True), ASKS, BLOCKED, "proxy_finds_no_name"),
    Row("no proxy", connected("proxy_unreachable", via_proxy=True), ASKS, BLOCKED, "proxy_not_passed"),
    Row("something else", connected("other"), ASKS, BLOCKED, "connection_failed"),
    Row("a service added since", Facts(connections=(), controls=()), ASKS, UNMEASURED, "never_asked"),
]
test_judge = judge_test(CHECK, ROWS)
