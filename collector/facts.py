"""How are the current facts of a workstation kept, and what do newer ones change?

Pure. All its checks together, as compressed JSON: `{check id: [observed_at, in the last report, fault, facts]}`. A
report that says again what the last one said moves dates only: those are kept beside (`Verdict.measured_at`), and
`unpack` adds what the last report's checks have moved since.
"""

from collections.abc import Mapping
from typing import Final, cast

import msgspec
from msgspec.structs import replace

from checks.model import Fault
from collector.compression import compress, decompress


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one check on one workstation."""

    observed_at: int  # seconds since 1970 UTC, by the collector's clock
    facts: bytes | None  # JSON; None with a fault
    fault: Fault | None = None
    is_last: bool = True  # came with the last report that changed anything


Facts = Mapping[str, Kept]
"""By check id."""


def pack(facts: Facts) -> bytes:
    """Compress facts for keeping."""
    plain = {
        check_id: (one.observed_at, one.is_last, one.fault, None if one.facts is None else msgspec.Raw(one.facts))
        for check_id, one in facts.items()
    }
    return compress(_ENCODER.encode(plain))


def unpack(kept: bytes, moved_s: int = 0) -> dict[str, Kept]:
    """Read kept facts; `moved_s`: seconds by which the last report's facts were seen again since."""
    plain = cast("dict[str, tuple[int, bool, Fault | None, msgspec.Raw]]", _DECODER.decode(decompress(kept)))
    return {
        check_id: Kept(
            observed_at=observed_at + moved_s if is_last else observed_at,
            facts=None if fault else bytes(facts),
            fault=fault,
            is_last=is_last,
        )
        for check_id, (observed_at, is_last, fault, facts) in plain.items()
    }


def merge(held: Facts, new: Facts, now: int) -> dict[str, Kept]:
    """Return facts with newer ones in their place; what is older than the facts held changes nothing.

    Facts held that would come from after `now` were dated by a clock that has since been put right: they give way.
    """
    if not held:
        return dict(new)
    merged = {check_id: replace(one, is_last=False) for check_id, one in held.items() if check_id not in new}
    for check_id, one in new.items():
        old = held.get(check_id)
        is_older = old is not None and one.observed_at < old.observed_at <= now
        merged[check_id] = replace(old, is_last=False) if old is not None and is_older else one
    return merged


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(dict[str, tuple[int, bool, str | None, msgspec.Raw]])
