"""What does the page of a territory show besides its list of schools? Made from the store, and kept some seconds."""

import time
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI

from collector.answers import TerritoryReadiness
from collector.charts import france, plot
from collector.store import Session
from collector.store.history import Moves, moves_since
from collector.store.overview import Line, below, waves
from collector.store.rolled_up import Moment
from collector.store.school_list import located
from collector.store.snapshots import Snapshots
from collector.store.summaries import Scope
from collector.sums import rolled_up

WEEK_S: Final = 7 * 86_400
MOST_MARKS: Final = 2000
"""Schools that one drawing may hold: past that, it would be a blot, and too heavy a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a territory stands."""

    found: TerritoryReadiness
    below: list[Line]
    waves: list[Line]
    moves: Moves
    map: france.FranceMap | None
    named: dict[str, Line]  # the lines of départements, by code
    plot: plot.Plot | None


def make(session: Session, scope: Scope, sums: Moment) -> Standing | None:
    """Say where a territory stands by these sums; None when it has no open school."""
    now = int(time.time())
    found = sums.readiness(session, scope)
    if found is None:
        return None
    lines = below(session, scope, sums)
    # A map where there are several départements to compare; elsewhere each school at its place.
    named = {li.territory.code: li for li in lines if li.territory and li.territory.kind == "departement"}
    is_map = len(named) > 1
    drawn = found.schools.total <= MOST_MARKS and not is_map
    return Standing(
        found=found,
        below=lines,
        waves=waves(session, scope, sums) if scope.territory.kind != "wave" else [],
        moves=moves_since(session, scope.clauses(), now - WEEK_S),
        map=france.draw({code: line.totals.schools for code, line in named.items()}) if is_map else None,
        named=named,
        plot=plot.draw(located(session, scope)) if drawn else None,
    )


def standings(app: FastAPI) -> Snapshots[Scope, Standing | None]:
    """Return what this process keeps of territories."""
    held: Snapshots[Scope, Standing | None] | None = getattr(app.state, "standings", None)
    if held is None:

        def made(session: Session, scope: Scope) -> Standing | None:
            return make(session, scope, rolled_up(app).at(session))

        held = app.state.standings = Snapshots(app.state.store, made, app.state.settings.snapshot_s)
    return held
