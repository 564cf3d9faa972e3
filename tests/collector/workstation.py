"""A workstation as the collector sees it: a key, signed requests, reports of recorded machines.

It is built on the protocol alone (`checks.wire`), so that these tests hold the collector to it and not to our agent.
"""

import time
import uuid
from functools import cache
from typing import Any

import httpx
from nacl.signing import SigningKey, VerifyKey

import checks
from checks import wire
from checks.decide import fill
from checks.machine import FACTS_SCHEMA, CannotAnswer
from checks.model import Context, Observation
from checks.plain import to_plain
from checks.profile import parse
from tests.replay import MACHINES, Replay, load

CHECKS = [check for check in checks.ALL if "agent" in check.seen_from]
PROFILE = parse((MACHINES / "profile.toml").read_text(encoding="utf-8"))


class Workstation:
    """One workstation and what it holds."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.key = SigningKey.generate()
        self.id = str(uuid.uuid4())
        self.sequence = 0
        self.last_receipt = "-"

    @property
    def public_key(self) -> bytes:
        return self.key.verify_key.encode()

    @property
    def key_id(self) -> str:
        return wire.key_id(self.public_key)

    def signed(self, method: str, path: str, body: bytes = b"", **of_report: Any) -> dict[str, str]:
        """The headers of a signed request."""
        sent_at = of_report.pop("sent_at", int(time.time()))
        message = wire.request_message(
            method=method, path=path, key_id=self.key_id, sent_at=sent_at, body=body, **of_report
        )
        headers = {
            wire.KEY_ID_HEADER: self.key_id,
            wire.SENT_AT_HEADER: str(sent_at),
            wire.SIGNATURE_HEADER: wire.to_base64(self.key.sign(message).signature),
        }
        names = {
            "report_id": wire.REPORT_ID_HEADER,
            "sequence": wire.SEQUENCE_HEADER,
            "last_receipt": wire.LAST_RECEIPT_HEADER,
        }
        return headers | {names[name]: str(value) for name, value in of_report.items()}

    def enrol(self, code: str, **changed: Any) -> httpx.Response:
        """Ask to be enrolled with the secret of a code."""
        asked = {
            "protocol": 1,
            "code": code,
            "public_key": wire.to_base64(self.public_key),
            "workstation_id": self.id,
            "tag": None,
            "place": "classe",
            "agent_version": "0.1.0",
        }
        body = wire.to_json(asked | changed)
        headers = self.signed("POST", wire.ENROLMENTS_PATH, body) | {"Content-Type": "application/json"}
        return self.client.post(wire.ENROLMENTS_PATH, content=body, headers=headers)

    def profile(self, **headers: str) -> httpx.Response:
        """Ask for the profile."""
        return self.client.get(wire.PROFILE_PATH, headers=self.signed("GET", wire.PROFILE_PATH) | headers)

    def report(self, machine: str = "debian_12_healthy", *, measured_at: int | None = None) -> dict[str, Any]:
        """The report this workstation would make, were it a recorded machine."""
        at = int(time.time()) if measured_at is None else measured_at
        return wire.report(
            workstation_id=self.id,
            agent_version="0.1.0",
            profile_id=PROFILE.id,
            profile_version=PROFILE.version,
            evidence="agent",
            facts_schema=FACTS_SCHEMA,
            attempts={id_: {"measured_at": at, "took_ms": 1} | found for id_, found in attempts(machine).items()},
        )

    def send(
        self,
        body: bytes,
        *,
        headers: dict[str, str] | None = None,
        report_id: str | None = None,
        sequence: int | None = None,
        last_receipt: str | None = None,
        sent_at: int | None = None,
    ) -> httpx.Response:
        """Send these exact bytes as the next report, and hold its receipt."""
        self.sequence += sequence is None
        signed = self.signed(
            "POST",
            wire.REPORTS_PATH,
            body,
            report_id=report_id or str(uuid.uuid4()),
            sequence=self.sequence if sequence is None else sequence,
            last_receipt=last_receipt or self.last_receipt,
            sent_at=int(time.time()) if sent_at is None else sent_at,
        )
        form = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self.client.post(wire.REPORTS_PATH, content=body, headers=form | signed | (headers or {}))
        if answer.status_code in (200, 201):
            self.last_receipt = answer.json()["receipt_id"]
        return answer


def is_signed(answer: httpx.Response, kind: Any, public_key: bytes) -> bool:
    """Is this answer, of this kind, signed by the collector?"""
    signature = wire.from_base64(answer.headers[wire.SIGNATURE_HEADER])
    VerifyKey(public_key).verify(wire.answer_message(kind, answer.content), signature)
    return True


@cache
def attempts(machine: str) -> dict[str, dict[str, Any]]:
    """What the probes bring back from a recorded machine, as it travels."""
    door = Replay(load(MACHINES / f"{machine}.json")["answers"])
    found: dict[str, dict[str, Any]] = {}
    for check in CHECKS:
        requirement = fill(PROFILE.requirements[check.id].requirement, PROFILE, Context(), Observation())
        try:
            found[check.id] = {"facts": to_plain(check.probe(door, requirement))}
        except CannotAnswer as closed:
            found[check.id] = {"fault": closed.reason}
    return found
