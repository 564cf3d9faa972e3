"""What do all workstations say alike? Makes `kept-N.dict`, by which what is kept of each is compressed.

    python -m collector.data.make_dictionary N

From the golden machines: the healthy ones' facts, and what is found on the others. A dictionary is never made again
once something was kept by it: a better one has the next number (`collector.compression`).
"""

import sys
from datetime import date
from pathlib import Path
from typing import Final

import checks
from checks.decide import decide
from checks.model import Context, Observation
from checks.plain import build
from checks.profile import parse
from checks.wire import to_json
from collector import facts, findings
from collector.compression import decompress
from collector.facts import Kept
from collector.findings import found_in
from collector.simulator.door import profile_of_recordings
from collector.simulator.fleet import Facts, flavours

OBSERVED_AT: Final = 1_795_600_000


def main() -> None:
    """Write the dictionary beside this file."""
    path = Path(__file__).with_name(f"kept-{int(sys.argv[1])}.dict")
    if path.exists():
        raise SystemExit(f"{path.name} exists: facts may be kept by it, take the next number")
    path.write_bytes(content())


def content() -> bytes:
    """Lay out the content: what is nearest its end is cheapest to refer to."""
    profile = parse(profile_of_recordings())
    kinds = {kind.name: kind.found for kind in flavours(profile)}
    troubled = dict.fromkeys(_found(found) for name, found in kinds.items() if not name.endswith("_healthy"))
    return b"".join([*troubled, *(_facts(found) for name, found in kinds.items() if name.endswith("_healthy"))])


def _facts(found: Facts) -> bytes:
    kept = {
        id_: Kept(
            observed_at=OBSERVED_AT, facts=to_json(one["facts"]) if "facts" in one else None, fault=one.get("fault")
        )
        for id_, one in found.items()
    }
    return decompress(facts.pack(kept))


def _found(found: Facts) -> bytes:

    observed = {
        id_: Observation(
            facts=build(checks.BY_ID[id_].facts, one["facts"]) if "facts" in one else None,
            fault=one.get("fault"),
            observed_on=date(2026, 11, 25),
        )
        for id_, one in found.items()
    }
    verdicts = decide(observed, parse(profile_of_recordings()), Context())
    return decompress(findings.pack(found_in(verdicts)))


if __name__ == "__main__":
    main()
