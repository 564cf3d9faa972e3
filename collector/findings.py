"""What is not ready on a workstation, and how is it kept? Pure; nothing is kept for what is ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from checks.model import Outcome, Verdict
from collector.compression import compress, decompress


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that is not ready."""

    check_id: str
    cause: str
    subject: str  # name of the service in the profile; "" when it is about the workstation itself
    outcome: Outcome
    sentence: str  # French, with the figures
    because_of: str | None = None  # check that explains it, when it was not judged


def found_in(verdicts: Mapping[str, Verdict]) -> tuple[Found, ...]:
    """Return what is not ready, once per check, cause and subject, as the catalogue goes."""
    found = {
        (check_id, evidence.cause, evidence.subject): Found(
            check_id=check_id,
            cause=evidence.cause,
            subject=evidence.subject,
            outcome=evidence.outcome,
            sentence=evidence.sentence,
            because_of=evidence.because_of,
        )
        for check_id, verdict in verdicts.items()
        if verdict.outcome is not Outcome.READY  # then none of its evidence is worse
        for evidence in verdict.evidence
        if evidence.outcome is not Outcome.READY and evidence.cause is not None
    }
    return tuple(found.values())


def pack(found: Iterable[Found]) -> bytes:
    """Compress findings for keeping."""
    rows = [(f.check_id, f.cause, f.subject, f.outcome.value, f.sentence, f.because_of) for f in found]
    return compress(msgspec.json.encode(rows))


def unpack(kept: bytes | None) -> tuple[Found, ...]:
    """Read kept findings; none when nothing is kept."""
    if kept is None:
        return ()
    return tuple(
        Found(check_id=c, cause=cause, subject=s, outcome=outcome, sentence=sentence, because_of=because_of)
        for c, cause, s, outcome, sentence, because_of in _DECODER.decode(decompress(kept))
    )


_DECODER: Final = msgspec.json.Decoder(list[tuple[str, str, str, Outcome, str, str | None]])
