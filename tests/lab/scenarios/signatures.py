"""Certificates: who signs, and who trusts."""

from typing import Final

from checks.model import Outcome
from tests.lab.faults import firefox, middle, only_proxy, redirected, squid, told_proxy
from tests.lab.scenario import Expected, Scenario
from tests.lab.world import CDN, ENT, RESOURCES

_PEEK: Final = "ssl_bump peek step1"
_AFTER: Final[Expected] = {"page": "<tls", "websocket": "<tls"}
_CUT: Final[Expected] = {"tls": "tls_cut:filter", **_AFTER}
_ENT_TOO: Final = f"acl ent ssl::server_name {ENT.host}"


def _only_ent(do: str) -> tuple[str, ...]:
    return (_PEEK, f"ssl_bump {do} ent", "ssl_bump splice all")


SCENARIOS: Final = (
    Scenario(
        name="tls_decrypted_unknown",
        fault="a transparent filter decrypts, and the workstation does not know its authority",
        steps=(squid(ca="unknown", transparent=True),),
        expect={"tls": "interception_untrusted:owner", **_AFTER},
    ),
    Scenario(
        name="tls_decrypted_unknown_proxy",
        fault="an explicit proxy decrypts, and the workstation does not know its authority",
        steps=(squid(ca="unknown"), told_proxy(), only_proxy),
        expect={"tls": "interception_untrusted:owner", **_AFTER},
    ),
    Scenario(
        name="tls_decrypted_unknown_alone",
        fault="a transparent squid decrypts, unknown; the workstation knows no collector",
        without_collector=True,
        steps=(squid(ca="unknown", transparent=True),),
        expect={"tls": "interception_untrusted:owner", **_AFTER},
    ),
    Scenario(
        name="tls_decrypted_stormshield",
        fault="a Stormshield authority signs in the services' place, unknown to the workstation",
        steps=(middle(otherwise={"do": "decrypt"}, ca="stormshield"),),
        expect={"tls": "interception_untrusted:owner", **_AFTER},
    ),
    Scenario(
        name="tls_decrypted_fortinet",
        fault="a FortiGate signs in the services' place, unknown to the workstation",
        steps=(middle(otherwise={"do": "decrypt"}, ca="fortinet"),),
        expect={"tls": "interception_untrusted:owner", **_AFTER},
    ),
    Scenario(
        name="tls_decrypted_nameless",
        fault="an authority of nobody known signs in the services' place, unknown to the workstation",
        steps=(middle(otherwise={"do": "decrypt"}, ca="nameless"),),
        expect={"tls": "interception_untrusted:owner", **_AFTER},
    ),
    Scenario(
        name="tls_decrypted_resources_only",
        fault="a filter decrypts the second service only, unknown to the workstation",
        steps=(middle({RESOURCES.host: {"do": "decrypt"}}, ca="fortinet"),),
        expect={"tls": "interception_untrusted:owner", "page": "<tls"},
    ),
    Scenario(
        name="tls_decrypted_cdn_only",
        fault="a filter decrypts the ENT's CDN only, unknown to the workstation",
        steps=(middle({CDN.host: {"do": "decrypt"}}, ca="stormshield"),),
        expect={"tls": "interception_untrusted:owner"},
    ),
    Scenario(
        name="tls_decrypted_unknown_to_firefox",
        fault="a filter decrypts, trusted by the system, and Firefox was not told",
        trust="with_filter",
        steps=(squid(ca="trusted", transparent=True), firefox()),
        expect={"tls": "interception_unknown_to_firefox:owner"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="tls_decrypted_unknown_to_firefox_by_default",
        fault="a filter decrypts, trusted by the system, and Firefox, which opens links, was not told",
        trust="with_filter",
        steps=(squid(ca="trusted", transparent=True), firefox(opens=True)),
        expect={"tls": "interception_unknown_to_firefox:owner"},
        outcome=Outcome.BLOCKED,
    ),
    Scenario(
        name="tls_decrypted_known_to_firefox",
        fault="none: a filter decrypts, trusted by the system and by Firefox",
        trust="with_filter",
        steps=(squid(ca="trusted", transparent=True), firefox("trusted")),
    ),
    Scenario(
        name="tls_root_missing",
        fault="the workstation's store lacks the public authority",
        trust="nothing",
        expect={"tls": "root_missing:owner", **_AFTER},
    ),
    Scenario(
        name="tls_terminated_by_name",
        fault="squid looks at names and ends connections to the ENT",
        steps=(squid(_ENT_TOO, ca="unknown", transparent=True, bump=_only_ent("terminate")),),
        expect=_CUT,
    ),
    Scenario(
        name="tls_reset_by_name",
        fault="a filter resets connections that name the ENT",
        steps=(middle({ENT.host: {"do": "reset"}}),),
        expect=_CUT,
    ),
    Scenario(
        name="tls_dropped_by_name",
        fault="a filter lets connections that name the ENT hang for ever",
        steps=(middle({ENT.host: {"do": "drop"}}),),
        expect={"tls": "tls_stalled:filter", **_AFTER},
    ),
    Scenario(
        name="tls_closed_by_name",
        fault="a filter closes connections that name the ENT",
        steps=(middle({ENT.host: {"do": "close"}}),),
        expect=_CUT,
    ),
    Scenario(
        name="tls_alert_by_name",
        fault="a filter answers a TLS alert to connections that name the ENT",
        steps=(middle({ENT.host: {"do": "alert"}}),),
        expect=_CUT,
    ),
    Scenario(
        name="tls_answered_in_clear",
        fault="the box sends the ENT's HTTPS to squid's ordinary port, which answers it in clear",
        steps=(squid(), redirected(f"ip daddr {ENT.v4} tcp dport 443 redirect to :3128")),
        expect={"tls": "answered_in_clear:filter", **_AFTER},
    ),
    Scenario(
        name="tls_version_lowered",
        fault="a box of old that decrypts, trusted, speaks TLS 1.1 at most",
        trust="with_filter",
        steps=(middle(otherwise={"do": "decrypt"}, ca="trusted", oldest=True),),
        expect={"tls": "tls_version_lowered:filter", **_AFTER},
    ),
    Scenario(
        name="tls_decrypted_expired",
        fault="a filter decrypts, trusted, with certificates that are out of date",
        trust="with_filter",
        steps=(middle(otherwise={"do": "decrypt"}, ca="trusted", expired=True),),
        expect={"tls": "interception_expired:filter", **_AFTER},
    ),
    Scenario(
        name="tls_reset_cdn",
        fault="a filter resets connections that name the ENT's CDN",
        steps=(middle({CDN.host: {"do": "reset"}}),),
        expect={"tls": "tls_cut:filter"},
    ),
    Scenario(
        name="tls_diverted",
        fault="the box sends the ENT's connections to another server, with another name's certificate",
        steps=(redirected(f"ip daddr {ENT.v4} tcp dport 443 dnat to 192.88.99.32"),),
        expect={"tls": "certificate_wrong_name:filter", **_AFTER},
    ),
)
