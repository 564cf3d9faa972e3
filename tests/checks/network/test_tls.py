from dataclasses import replace
from typing import Any

import pytest

from checks.answers.network import Control, Handshake
from checks.model import Service
from checks.network.tls import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(services=(ENT,))


def control(**seen: Any) -> Control:
    usual = {"age_s": 60, "failure": None, "issuer_sha256": "aa", "leaf_sha256": "bb", "body_sha256": "cc"}
    return Control(service="ent", has_known_text=True, **{**usual, **seen})


def shaken(failure: Any = None, controls: Any = (), opens: bool | None = None, **seen: Any) -> Facts:
    usual = {"connected": True, "protocol": "TLSv1.3", "issuer": "other", "issuer_sha256": "aa", "leaf_sha256": "bb"}
    hand = Handshake(
        host="ent.example.fr",
        port=443,
        failure=failure,
        not_before_at=0,
        not_after_at=1,
        took_ms=50,
        **{**usual, **seen},
    )
    return Facts(handshakes=(hand,), controls=controls, firefox_opens=opens)


UNTRUSTED = "certificate_untrusted"
FIREFOX = "interception_unknown_to_firefox"
FORBIDS = Requirement(services=(ENT,), interception="refused")
ROWS = [
    Row("trusted", shaken(), ASKS, READY, None),
    Row("re-signed, and trusted", shaken(controls=(control(),), issuer_sha256="ff"), ASKS, READY, None),
    Row("unknown root, nothing to compare", shaken(UNTRUSTED), ASKS, BLOCKED, "certificate_untrusted"),
    Row("unknown root, a known filter", shaken(UNTRUSTED, issuer="squid"), ASKS, BLOCKED, "interception_untrusted"),
    Row(
        "unknown root, not who the collector saw",
        shaken(UNTRUSTED, (control(),), issuer_sha256="ff"),
        ASKS,
        BLOCKED,
        "interception_untrusted",
    ),
    Row("the true one, its root missing", shaken(UNTRUSTED, (control(),)), ASKS, BLOCKED, "root_missing"),
    Row(
        "refused by the collector too",
        shaken("certificate_expired", (control(failure="certificate_expired"),)),
        ASKS,
        BLOCKED,
        "service_certificate_faulty",
    ),
    Row("expired", shaken("certificate_expired"), ASKS, BLOCKED, "certificate_expired"),
    Row("not yet valid", shaken("certificate_not_yet_valid"), ASKS, BLOCKED, "certificate_not_yet_valid"),
    Row("another name", shaken("certificate_wrong_name"), ASKS, BLOCKED, "certificate_wrong_name"),
    Row("no common version", shaken("tls_version"), ASKS, BLOCKED, "tls_version_refused"),
    Row("cut after the name", shaken("reset"), ASKS, BLOCKED, "tls_cut"),
    Row("silence after the name", shaken("timeout"), ASKS, BLOCKED, "tls_stalled"),
    Row("plain text", shaken("not_tls"), ASKS, BLOCKED, "answered_in_clear"),
    Row("cut for the collector too", shaken("reset", (control(failure="reset"),)), ASKS, BLOCKED, "service_tls_faulty"),
    Row("an old version, here only", shaken("tls_version", (control(),)), ASKS, BLOCKED, "tls_version_lowered"),
    Row("re-signed, expired", shaken("certificate_expired", issuer="squid"), ASKS, BLOCKED, "interception_expired"),
    Row("re-signed, unknown to Firefox", shaken(issuer="squid", firefox="refused"), ASKS, AT_RISK, FIREFOX),
    Row(
        "re-signed, unknown to Firefox, which opens links",
        shaken(issuer="squid", firefox="refused", opens=True),
        ASKS,
        BLOCKED,
        FIREFOX,
    ),
    Row(
        "re-signed, unknown to Firefox, which nobody uses",
        shaken(issuer="squid", firefox="refused", opens=False),
        ASKS,
        AT_RISK,
        FIREFOX,
    ),
    Row("Firefox's own doubts about the true one are not judged", shaken(firefox="refused"), ASKS, READY, None),
    Row("re-signed, and the profile forbids it", shaken(issuer="squid"), FORBIDS, AT_RISK, "interception_trusted"),
    Row("never connected", shaken("timeout", connected=False), ASKS, BLOCKED, "not_connected"),
    Row("a service added since", Facts(handshakes=(), controls=()), ASKS, UNMEASURED, "never_asked"),
]


def with_cdn(issuer_sha256: str) -> Row:
    """The ENT and a further host of its, of which the collector knows nothing, both refused and signed alike."""
    ent = Service(name="ent", title="L'ENT", url="https://ent.example.fr/", hosts=("cdn.example.fr",))
    (own,) = shaken(UNTRUSTED, issuer_sha256=issuer_sha256).handshakes
    facts = Facts(handshakes=(own, replace(own, host="cdn.example.fr")), controls=(control(),))
    cause = "interception_untrusted" if issuer_sha256 == "ff" else "root_missing"
    return Row(f"a further host too, {cause}", facts, Requirement(services=(ent,)), BLOCKED, cause)


@pytest.mark.parametrize("row", [with_cdn("ff"), with_cdn("aa")], ids=lambda r: r.name)
def test_a_further_host_signed_alike_has_the_same_cause(row: Row) -> None:
    verdict = CHECK.judge(row.facts, row.requirement)
    assert {e.cause for e in verdict.evidence} == {row.cause}


@pytest.mark.parametrize(("seen_too", "of_cdn"), [(True, "tls_version_lowered"), (False, "tls_version_refused")])
def test_a_further_host_of_old_is_the_way_s_when_a_service_is(seen_too: bool, of_cdn: str) -> None:
    ent = Service(name="ent", title="L'ENT", url="https://ent.example.fr/", hosts=("cdn.example.fr",))
    (own,) = shaken("tls_version" if seen_too else None).handshakes
    cdn = replace(own, host="cdn.example.fr", failure="tls_version")
    facts = Facts(handshakes=(own, cdn), controls=(control(),))
    verdict = CHECK.judge(facts, Requirement(services=(ent,)))
    assert {e.host: e.cause for e in verdict.evidence}["cdn.example.fr"] == of_cdn


test_judge = judge_test(CHECK, ROWS)
