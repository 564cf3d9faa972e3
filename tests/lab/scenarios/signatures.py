"""Certificates: who signs, and who trusts."""

from typing import Final

from tests.lab.faults import squid
from tests.lab.scenario import Scenario

SCENARIOS: Final = (
    Scenario(
        name="tls_decrypted_unknown",
        fault="a transparent filter decrypts, and the workstation does not know its authority",
        steps=(squid(ca="unknown", transparent=True),),
        expect={"tls": "interception_untrusted:owner", "page": "<tls"},
    ),
)
