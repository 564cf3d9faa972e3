"""How is a verdict written?"""

from typing import Any

from collector.freshness import day_of, fresh_until
from collector.judging import Judged
from collector.store.generations import Gen


def verdict_row(
    gen: Gen,
    workstation_id: str,
    academie_code: str,
    said: Judged,
    *,
    measured_at: int,
    report_hash: bytes,
    now: int,
) -> dict[str, Any]:
    """Lay out a row of `judged.Verdict`."""
    until = fresh_day(gen, academie_code, said.observed_at)
    return {
        "generation": gen.id,
        "workstation_id": workstation_id,
        "outcome": said.outcome.value if said.outcome else None,
        "is_stale": until < day_of(now),
        "measured_at": measured_at,
        "observed_at": said.observed_at,
        "fresh_until": until,
        "report_hash": report_hash,
    }


def fresh_day(gen: Gen, academie_code: str, observed_at: int) -> int:
    """Return the last day on which a measurement counts under a generation, in days since 1970-01-01."""
    return fresh_until(observed_at, gen.profile.school.freshness_days if gen.profile else 0, academie_code)
