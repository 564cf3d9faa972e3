from dataclasses import replace
from typing import Any

from checks.answers.network import Control, ControlHost, Resolution
from checks.answers.ways import DnsAnswer, ServerAnswer
from checks.network.dns import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(slow_ms=1000, services=(ENT,))


def control(**seen: Any) -> Control:
    usual = {"age_s": 60, "failure": None, "issuer_sha256": "aa", "leaf_sha256": "bb", "body_sha256": "cc"}
    return Control(service="ent", has_known_text=True, **{**usual, **seen})


def resolved(
    failure: Any = None,
    kinds: Any = ("global",),
    took_ms: int = 20,
    controls: Any = (),
    answers: Any = (),
    via_proxy: bool = False,
) -> Facts:
    lookup = Resolution(host="ent.example.fr", failure=failure, kinds=kinds, took_ms=took_ms, via_proxy=via_proxy)
    return Facts(lookups=(lookup,), controls=controls, answers=answers)


def said(*words: Any, given: Any = "not_asked", expected: Any = "not_asked", canonical: str = "") -> Any:
    servers = tuple(
        ServerAnswer(rank=rank, said=word, kinds=(), addresses_sha256=(), canonical_sha256=canonical, took_ms=35)
        for rank, word in enumerate(words)
    )
    return (DnsAnswer(host="ent.example.fr", servers=servers, given=given, expected=expected),)


def alias(canonical: str) -> Control:
    host = ControlHost(host="ent.example.fr", failure=None, addresses_sha256=("aa",), canonical_sha256=canonical)
    return control(hosts=(host,))


NOT_THERE = resolved("resolver_silent", (), answers=said("nothing", "unreachable"))
REFUSED = resolved("resolver_silent", (), answers=said("refused"))
FAILED = resolved("resolver_silent", (), answers=said("nothing", "servfail"))
BLOCK_PAGE = resolved(answers=said("noerror", given="answers", expected="proved"))
NOBODY_THERE = resolved(answers=said("noerror", given="silent", expected="answers"))
REWRITTEN = resolved(
    answers=said("noerror", given="answers", expected="proved", canonical="ff"), controls=(alias("ee"),)
)
SAME_ALIAS = resolved(
    answers=said("noerror", given="answers", expected="proved", canonical="ee"), controls=(alias("ee"),)
)
OTHER_NODE = resolved(
    answers=said("noerror", given="proved", expected="proved", canonical="ff"), controls=(alias("ee"),)
)
CUT_FOR_BOTH = resolved(answers=said("noerror", given="answers", expected="answers"))


LOCAL = Requirement(services=(replace(ENT, url="https://localhost:8443/"),))
AT_HOME = Facts(lookups=(Resolution(host="localhost", failure=None, kinds=("loopback",), took_ms=0),), controls=())
ROWS = [
    Row("resolved", resolved(), ASKS, READY, None),
    Row("localhost is at home", AT_HOME, LOCAL, READY, None),
    Row("a private address may be a split view", resolved(kinds=("private",)), ASKS, READY, None),
    Row("another address of a CDN", OTHER_NODE, ASKS, READY, None),
    Row("both addresses end the same way: not the resolver's doing", CUT_FOR_BOTH, ASKS, READY, None),
    Row("behind a proxy, local names do not matter", resolved("name_unknown", (), via_proxy=True), ASKS, READY, None),
    Row("asked directly, silent too", NOT_THERE, ASKS, BLOCKED, "resolver_silent"),
    Row("asked directly, it refuses", REFUSED, ASKS, BLOCKED, "resolver_refused"),
    Row("asked directly, it fails", FAILED, ASKS, BLOCKED, "resolver_failed"),
    Row("sent to a block page", BLOCK_PAGE, ASKS, BLOCKED, "name_sinkholed"),
    Row("sent where nothing listens", NOBODY_THERE, ASKS, BLOCKED, "name_sinkholed"),
    Row("sent elsewhere, under its usual alias", SAME_ALIAS, ASKS, BLOCKED, "name_sinkholed"),
    Row("given another name", REWRITTEN, ASKS, BLOCKED, "name_rewritten"),
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
