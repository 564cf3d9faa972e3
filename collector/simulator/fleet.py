"""Who are the workstations of the simulated nation, and what would each report?

Nothing is kept: a workstation is told by the seed and its number, so that a million of them need no memory.
"""

import gzip
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b, sha256
from typing import Any, Final

from nacl.signing import SigningKey

import checks
from checks import wire
from checks.decide import fill
from checks.french import PLACES
from checks.machine import FACTS_SCHEMA, CannotAnswer
from checks.model import Context, Observation, Outcome
from checks.plain import to_plain
from checks.profile import Profile
from collector.simulator.door import AboutAnything, recordings
from collector.simulator.nation import SimSchool, draw

HEALTHY_PERCENT: Final = (100, 100, 97, 90, 60)
"""Workstations with nothing wrong of their own, in as many kinds of schools: trouble comes together."""
SITE_PERCENT: Final = 9
"""Schools where one thing is wrong for everybody."""
CHANGE_PERCENT: Final = 2
"""Workstations whose state changes from one day to the next."""

_TURN_DAYS: Final = 100 // CHANGE_PERCENT

Facts = Mapping[str, Mapping[str, Any]]
"""By check id: `{"facts": {…}}` or `{"fault": word}`."""


_ID: Final = "00000000-0000-4000-8000-000000000000"
_AT: Final = 4_000_000_000
"""What stands in the text of a report for the workstation's id, and for when it measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """What one kind of workstation brings back under one profile."""

    name: str  # of its recording
    is_healthy: bool  # the recording's own profile finds it ready
    found: Facts
    text: bytes  # its report, before compression, with `_ID` and `_AT`

    def packed(self, workstation_id: str, measured_at: int) -> bytes:
        """Return the report of such a workstation, as `checks.wire.pack` would: only faster."""
        filled = self.text.replace(_ID.encode(), workstation_id.encode()).replace(b"%d" % _AT, b"%d" % measured_at)
        return gzip.compress(filled, compresslevel=6, mtime=0)


def flavours(profile: Profile) -> Sequence[Flavour]:
    """Ask every recorded machine what the profile's checks ask; those with nothing wrong come first."""
    kinds = []
    for name, recorded in recordings().items():
        found, is_healthy = probe(profile, recorded["answers"]), recorded["expected"]["outcome"] == Outcome.READY
        text = wire.to_json(_report(profile, found))
        kinds.append(Flavour(name=name, is_healthy=is_healthy, found=found, text=text))
    return sorted(kinds, key=lambda kind: (not kind.is_healthy, kind.name))


def probe(profile: Profile, answers: Mapping[str, Any]) -> Facts:
    """Run the very probes of the agent over recorded answers."""
    door: Any = AboutAnything(answers)
    found: dict[str, Mapping[str, Any]] = {}
    for check in checks.ALL:
        if check.id not in profile.requirements:
            continue
        requirement = fill(profile.requirements[check.id].requirement, profile, Context(), Observation())
        try:
            found[check.id] = {"facts": to_plain(check.probe(door, requirement))}
        except CannotAnswer as closed:
            found[check.id] = {"fault": closed.reason}
    return found


def _report(profile: Profile, found: Facts) -> Mapping[str, Any]:
    return wire.report(
        workstation_id=_ID,
        agent_version=checks.VERSION,
        profile_id=profile.id,
        profile_version=profile.version,
        evidence="agent",
        facts_schema=FACTS_SCHEMA,
        attempts={id_: {"measured_at": _AT, "took_ms": draw(id_) % 400, **what} for id_, what in found.items()},
    )


@dataclass(frozen=True, slots=True)
class Pc:
    """One simulated workstation."""

    seed: int
    number: int
    school: SimSchool

    @property
    def workstation_id(self) -> str:
        """Its random name, the same at every run."""
        return str(uuid.UUID(bytes=blake2b(b"%d|id|%d" % (self.seed, self.number), digest_size=16).digest(), version=4))

    @property
    def key(self) -> SigningKey:
        """Its own key pair."""
        return SigningKey(sha256(b"preau simulated key|%d|%d" % (self.seed, self.number)).digest())

    @property
    def tag(self) -> str:
        """What its sticker says."""
        return f"{self.number - self.school.first_pc + 1:02}"

    @property
    def place(self) -> str:
        """Where it stands in the school."""
        return tuple(PLACES)[draw(self.seed, "place", self.number) % len(PLACES)]

    def flavour(self, kinds: Sequence[Flavour], day: int = 0) -> Flavour:
        """Return what kind of workstation it is that day: a site's trouble is everybody's, the rest its own."""
        healthy = [kind for kind in kinds if kind.is_healthy] or list(kinds)
        troubled = [kind for kind in kinds if kind not in healthy] or healthy
        if draw(self.seed, "site", self.school.uai) % 100 < SITE_PERCENT:
            return troubled[draw(self.seed, "trouble", self.school.uai) % len(troubled)]
        turns = (day - draw(self.seed, "turn", self.number) % _TURN_DAYS) // _TURN_DAYS
        share = HEALTHY_PERCENT[draw(self.seed, "care", self.school.uai) % len(HEALTHY_PERCENT)]
        chosen = healthy if draw(self.seed, "health", self.number, turns) % 100 < share else troubled
        return chosen[draw(self.seed, "kind", self.number, turns) % len(chosen)]


def pcs_of(seed: int, schools: Iterable[SimSchool]) -> Iterable[Pc]:
    """Go over the workstations of some schools."""
    return (Pc(seed, school.first_pc + rank, school) for school in schools for rank in range(school.pcs))


class Sender:
    """A workstation that sends: its key, its last receipt, its sequence."""

    def __init__(self, pc: Pc, kinds: Sequence[Flavour]) -> None:
        self.pc = pc
        self.key_id = wire.key_id(self.key.verify_key.encode())
        self.sequence = 0
        self.last_receipt = "-"
        self.kinds = kinds

    @cached_property
    def key(self) -> SigningKey:
        """Its key, made once."""
        return self.pc.key

    def enrolment(self, secret: str) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers with which it asks to be enrolled."""
        asked = {
            "protocol": wire.PROTOCOL,
            "code": secret,
            "public_key": wire.to_base64(self.key.verify_key.encode()),
            "workstation_id": self.pc.workstation_id,
            "tag": self.pc.tag,
            "place": self.pc.place,
            "agent_version": checks.VERSION,
        }
        body = wire.to_json(asked)
        return body, {"Content-Type": "application/json", **self._signed(wire.ENROLMENTS_PATH, body)}

    def body(self, day: int = 0, now: int | None = None) -> bytes:
        """Return the report of a day, as it travels."""
        measured_at = int(time.time()) if now is None else now
        return self.pc.flavour(self.kinds, day).packed(self.pc.workstation_id, measured_at)

    def report(self, body: bytes, report_id: str | None = None, now: int | None = None) -> dict[str, str]:
        """Take the next number, and return the headers under which these bytes are sent."""
        self.sequence += 1
        of_report = {
            "report_id": report_id or str(uuid.uuid4()),
            "sequence": self.sequence,
            "last_receipt": self.last_receipt,
        }
        return {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            wire.REPORT_ID_HEADER: str(of_report["report_id"]),
            wire.SEQUENCE_HEADER: str(self.sequence),
            wire.LAST_RECEIPT_HEADER: self.last_receipt,
            **self._signed(wire.REPORTS_PATH, body, now, **of_report),
        }

    def _signed(self, path: str, body: bytes, now: int | None = None, **of_report: Any) -> dict[str, str]:
        sent_at = int(time.time()) if now is None else now
        message = wire.request_message(
            method="POST", path=path, key_id=self.key_id, sent_at=sent_at, body=body, **of_report
        )
        return {
            wire.KEY_ID_HEADER: self.key_id,
            wire.SENT_AT_HEADER: str(sent_at),
            wire.SIGNATURE_HEADER: wire.to_base64(self.key.sign(message).signature),
        }
