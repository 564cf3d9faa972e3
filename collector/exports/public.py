"""What can be published as open data? Schools by outcome and département, small figures hidden."""

import time
from typing import Final

from collector.exports.suppression import suppress
from collector.exports.table import Column, Table
from collector.store import Session
from collector.store.schools import territories
from collector.store.summaries import Scope, Totals, as_of, totals, totals_by
from collector.territory import NATION

HIDDEN: Final = "s"
"""What stands for a hidden figure ("secret"), as in public statistics in France."""
_COLUMNS: Final = (
    Column(name="departement", title="Département"),
    Column(name="name", title="Nom", width=28),
    Column(name="ready", title="Prêtes"),
    Column(name="at_risk", title="Prêtes avec réserves"),
    Column(name="blocked", title="Non prêtes"),
    Column(name="unmeasured", title="Inconnues"),
    Column(name="total", title="Écoles"),
)


def public_table(session: Session, least: int, now: int | None = None) -> Table:
    """Lay out the public figures of the nation."""
    by_code = totals_by(session, Scope(territory=NATION).clauses(), ("departement",))
    names = {territory.code: name for territory, name in territories(session, "departement")}
    codes = sorted(code for (code,) in by_code if code is not None)
    counts = [_counts(by_code[(code,)]) for code in codes]
    counts.append(_counts(totals(session, Scope(territory=NATION).clauses())))
    said = suppress(counts, least)
    labels = [(code, names.get(code, code)) for code in codes] + [("", "France")]
    rows = [
        (*label, *(HIDDEN if count is None else count for count in row))
        for label, row in zip(labels, said, strict=True)
    ]
    about = (("État au", as_of(session, int(time.time()) if now is None else now)), ("Cellules cachées sous", least))
    return Table(name="preau-public", title="Écoles", about=about, columns=_COLUMNS, rows=rows)


def _counts(found: Totals) -> tuple[int, ...]:
    schools = found.schools
    return (schools.ready, schools.at_risk, schools.blocked, schools.unmeasured, schools.total)
