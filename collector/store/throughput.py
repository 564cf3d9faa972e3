"""How much does a school's line carry? The latest run made there, whichever workstation made it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlmodel import Session

from collector.facts import Facts
from collector.judged import SchoolThroughput
from collector.store.dialect import insert_on

CHECK: Final = "network.throughput"


class _Measured(msgspec.Struct):
    down_kbps: int | None = None
    up_kbps: int | None = None


class _Run(msgspec.Struct):
    throughput: _Measured


_DECODER: Final = msgspec.json.Decoder(_Run)


def run_in(uai: str, workstation_id: str, facts: Facts) -> dict[str, Any] | None:
    """Lay out the row of the run that newly reported facts hold, None when they hold none that carried anything."""
    kept = facts.get(CHECK)
    if kept is None or kept.facts is None:
        return None
    run = _DECODER.decode(kept.facts).throughput
    if run.down_kbps is None:
        return None
    return {
        "uai": uai,
        "workstation_id": workstation_id,
        "observed_at": kept.observed_at,
        "down_kbps": run.down_kbps,
        "up_kbps": run.up_kbps or 0,
    }


def elect(session: Session, runs: Sequence[Mapping[str, Any]], now: int) -> None:
    """Keep the latest run of each school; of two at the same moment the slower one, whatever their order.

    One kept that would come from after `now` was dated by a clock that has since been put right: it gives way.
    """
    if not runs:
        return
    statement = insert_on(session, SchoolThroughput)
    kept, new = SchoolThroughput.__table__.c, statement.excluded  # type: ignore[attr-defined]
    changed = {name: new[name] for name in ("workstation_id", "observed_at", "down_kbps", "up_kbps")}
    is_slower = (new.observed_at == kept.observed_at) & (new.down_kbps < kept.down_kbps)
    is_later = (new.observed_at > kept.observed_at) | is_slower | (kept.observed_at > now)
    in_order = sorted(runs, key=lambda run: run["uai"])
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=["uai"], set_=changed, where=is_later), in_order
    )


def run_of(session: Session, uai: str) -> SchoolThroughput | None:
    """Return the run elected for a school."""
    return session.get(SchoolThroughput, uai)
