from dataclasses import replace
from typing import Any

from checks.answers.network import Control, Resolution
from checks.network.dns import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(slow_ms=1000, services=(ENT,))


def control(**seen: Any) -> Control:
    usual = {"age_s": 60, "failure": None, "issuer_sha256": "aa", "leaf_sha256": "bb", "body_sha256": "cc"}
    return Control(service="ent", has_known_text=True, **{**usual, **seen})


def resolved(failure: Any = None, kinds: Any = ("global",), took_ms: int = 20, controls: Any = ()) -> Facts:
    lookup = Resolution(host="ent.example.fr", failure=failure, kinds=kinds, took_ms=took_ms)
    return Facts(lookups=(lookup,), controls=controls)


LOCAL = Requirement(services=(replace(ENT, url="https://localhost:8443/"),))
AT_HOME = Facts(lookups=(Resolution(host="localhost", failure=None, kinds=("loopback",), took_ms=0),), controls=())
ROWS = [
    Row("resolved", resolved(), ASKS, READY, None),
    Row("localhost is at home", AT_HOME, LOCAL, READY, None),
    Row("a private address may be a split view", resolved(kinds=("private",)), ASKS, READY, None),
    Row("silent", resolved("resolver_silent", ()), ASKS, BLOCKED, "resolver_silent"),
    Row("given up", resolved("timeout", (), 5000), ASKS, BLOCKED, "resolver_silent"),
    Row("failed", resolved("resolver_failed", ()), ASKS, BLOCKED, "resolver_failed"),
    Row("NXDOMAIN", resolved("name_unknown", ()), ASKS, BLOCKED, "name_refused"),
    Row("no address", resolved("name_without_address", ()), ASKS, BLOCKED, "name_refused"),
    Row(
        "NXDOMAIN for the collector too",
        resolved("name_unknown", (), controls=(control(failure="name_unknown"),)),
        ASKS,
        BLOCKED,
        "name_gone",
    ),
    Row("0.0.0.0", resolved(kinds=("unspecified",)), ASKS, BLOCKED, "name_sinkholed"),
    Row("127.0.0.1", resolved(kinds=("loopback",)), ASKS, BLOCKED, "name_sinkholed"),
    Row("slow", resolved(took_ms=1001), ASKS, AT_RISK, "resolver_slow"),
    Row("a service added since", Facts(lookups=(), controls=()), ASKS, UNMEASURED, "never_asked"),
]
test_judge = judge_test(CHECK, ROWS)
