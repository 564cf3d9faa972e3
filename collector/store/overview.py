"""Which territories are below this one, and where does each stand?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from collector.store.rolled_up import Moment
from collector.store.schools import territories
from collector.store.summaries import Scope, Totals
from collector.territory import Territory

MOST_LINES: Final = 150
"""A page shows a further level only while all of it stays readable."""

_BELOW: Final[Mapping[str, tuple[str, ...]]] = {
    "nation": ("academie", "departement", "circonscription"),
    "academie": ("departement", "circonscription"),
    "departement": ("circonscription",),
    "epci": ("commune",),
    "wave": ("departement",),
}
_Path = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One territory of a tree."""

    territory: Territory | None  # None: the schools that are in no territory of this kind
    name: str
    level: int  # 0 for those right below the territory asked for
    totals: Totals


def below(session: Session, scope: Scope, sums: Moment) -> list[Line]:
    """Return the territories below, each followed by those below it, in the order of names."""
    levels: list[dict[_Path, Totals]] = []
    kinds = _BELOW.get(scope.territory.kind, ())
    for depth in range(1, len(kinds) + 1):
        found = sums.totals_by(scope, kinds[:depth])
        if levels and sum(map(len, levels)) + len(found) > MOST_LINES:
            break
        levels.append(found)
    names = [_names(session, kind, scope.territory) for kind in kinds[: len(levels)]]
    return _lines((), levels, kinds, names)


def waves(session: Session, scope: Scope, sums: Moment) -> list[Line]:
    """Return the waves that have schools there."""
    found = sums.totals_by(scope, ("wave",))
    names = _names(session, "wave", scope.territory)
    return _lines((), [{path: sums for path, sums in found.items() if path[0] is not None}], ("wave",), [names])


def _names(session: Session, kind: str, within: Territory) -> dict[str, str]:
    return {territory.code: name for territory, name in territories(session, kind, within)}


def _lines(
    path: _Path, levels: Sequence[Mapping[_Path, Totals]], kinds: Sequence[str], names: Sequence[Mapping[str, str]]
) -> list[Line]:
    """Lay out what is right below `path`, and what is below each of those."""
    depth = len(path)
    if depth == len(levels):
        return []
    order = {code: place for place, code in enumerate(names[depth])}
    here = [longer for longer in levels[depth] if longer[:-1] == path]
    lines: list[Line] = []
    for longer in sorted(here, key=lambda p: order.get(p[-1] or "", len(order))):
        code = longer[-1]
        territory = Territory(kinds[depth], code) if code else None
        name = names[depth].get(code, code) if code else f"Sans {_MISSING[kinds[depth]]}"
        lines.append(Line(territory=territory, name=name, level=depth, totals=levels[depth][longer]))
        lines += _lines(longer, levels, kinds, names)
    return lines


_MISSING: Final = {
    "academie": "académie",
    "departement": "département",
    "circonscription": "circonscription",
    "commune": "commune",
    "wave": "vague",
}
