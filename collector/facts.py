"""How are the current facts of a workstation kept, and what do newer ones change?

Pure. All its checks together, as compressed MessagePack: `{check id: [observed_at, in the last report, fault, facts]}`;
each check's facts in it are the JSON that came, and read only when they are judged. A report that says again what the
last one said moves dates only: those are kept beside (`Verdict.measured_at`), and `unpack` adds what the last report's
checks have moved since.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from checks.model import Fault
from collector.compression import compress, decompress


class Kept(msgspec.Struct, kw_only=True, array_like=True, gc=False):
    """What is known of one check on one workstation; changed by nobody once it is shown."""

    observed_at: int  # seconds since 1970 UTC, by the collector's clock
    is_last: bool = True  # came with the last report that changed anything
    fault: Fault | None = None
    facts: bytes | None  # JSON; None with a fault


Facts = Mapping[str, Kept]
"""By check id."""


def pack(facts: Facts) -> bytes:
    """Compress facts for keeping."""
    return compress(_ENCODER.encode(facts))


def unpack(kept: bytes, moved_s: int = 0) -> dict[str, Kept]:
    """Read kept facts; `moved_s`: seconds by which the last report's facts were seen again since."""
    plain = decompress(kept)
    facts = _DECODER.decode(plain) if plain[:1] != b"{" else _older(plain)
    if moved_s:
        for one in facts.values():
            if one.is_last:
                one.observed_at += moved_s
    return facts


def _older(plain: bytes) -> dict[str, Kept]:
    """Read what was kept as JSON, whose every byte must be gone over."""
    return {
        check_id: Kept(observed_at=observed_at, is_last=is_last, fault=fault, facts=None if fault else bytes(facts))
        for check_id, (observed_at, is_last, fault, facts) in _OLDER.decode(plain).items()
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


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(dict[str, Kept])
_OLDER: Final = msgspec.json.Decoder(dict[str, tuple[int, bool, Fault | None, msgspec.Raw]])
