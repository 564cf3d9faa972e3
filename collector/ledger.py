"""What do the open schools of every territory add up to? Kept in memory, and moved school by school.

Pure. A ledger never changes: one that is moved is another one, which shares all that stayed. So whoever reads it sees
one moment, and waits for nobody.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self

from collector.geography import communes_of
from collector.territory import NATION, SCHOOL_KIND, Territory

KINDS: Final = ("academie", "departement", "circonscription", "epci", "commune", "wave")
"""The kinds of territory a school is in, as `Places` orders them."""
_COMMUNE: Final = KINDS.index("commune")
_WAVE: Final = KINDS.index("wave")
COLUMNS: Final = (
    "total",
    *("school_ready", "school_at_risk", "school_blocked"),
    *("expected", "without_expected"),
    *("stale", "pending", "ready", "at_risk", "blocked", "unmeasured"),
)
"""What is counted: schools, those of each outcome, workstations expected, schools that do not say, workstations."""
_MOST_WATCHED: Final = 256
CauseKey = tuple[str, str, str]
"""(check id, cause, role)."""
Path = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a school is, in the order of `KINDS`; None: in none of this kind. Schools of the same places share one."""

    codes: Path
    names: Path
    summed: tuple[tuple[Territory, str | None], ...]  # whose sums are always kept, with what this school calls each


@lru_cache(maxsize=65_536)
def places(codes: Path, names: Path) -> Places:
    """Lay out where a school is."""
    above = zip(KINDS, codes, names, strict=True)
    kept = (_shared(kind, code, name) for kind, code, name in above if code is not None and kind != "commune")
    return Places(codes, names, (_shared("nation", "", None), *kept))


@lru_cache(maxsize=65_536)
def _shared(kind: str, code: str, name: str | None) -> tuple[Territory, str | None]:
    return Territory(kind, code), name


@dataclass(frozen=True, slots=True)
class Entry:
    """One open school."""

    uai: str
    places: Places
    sector: str
    contract: str
    nature: str
    generation: int  # that serves it
    counts: tuple[int, ...]  # as `COLUMNS` go
    causes: tuple[tuple[CauseKey, int, int], ...]  # key, workstations that have it, those that it blocks

    @property
    def wave(self) -> str | None:
        """The wave it opens in."""
        return self.places.codes[_WAVE]


Keep = Callable[[Entry], bool]


@dataclass(slots=True)
class Sum:
    """What some schools add up to."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COLUMNS))
    causes: dict[CauseKey, list[int]] = field(default_factory=dict)  # schools, workstations, blocked
    generations: dict[int, int] = field(default_factory=dict)  # schools by what serves them
    names: dict[str | None, int] = field(default_factory=dict)  # schools by what they call the territory

    @classmethod
    def of(cls, entries: Collection[Entry], position: int | None = None) -> Self:
        """Add schools up; `position`: of the kind of territory, in `KINDS`, whose names are counted."""
        found = cls(generations=dict(Counter(entry.generation for entry in entries)))
        if entries:
            found.counts = [sum(column) for column in zip(*(entry.counts for entry in entries), strict=True)]
        for entry in entries:
            for key, having, blocked in entry.causes:
                kept = found.causes.setdefault(key, [0, 0, 0])
                kept[0] += 1
                kept[1] += having
                kept[2] += blocked
        if position is not None:
            found.names = dict(Counter(entry.places.names[position] for entry in entries))
        return found

    def copy(self) -> Self:
        """Return the same, to be changed apart."""
        causes = {key: list(having) for key, having in self.causes.items()}
        return type(self)(list(self.counts), causes, dict(self.generations), dict(self.names))

    def add(self, entry: Entry, name: str | None, times: int = 1) -> None:
        """Add a school, or with -1 take it away; `name`: what it calls the territory."""
        self.counts = [a + times * b for a, b in zip(self.counts, entry.counts, strict=True)]
        for key, having, blocked in entry.causes:
            kept = self.causes.setdefault(key, [0, 0, 0])
            kept[0] += times
            kept[1] += times * having
            kept[2] += times * blocked
        self.generations[entry.generation] = self.generations.get(entry.generation, 0) + times
        self.names[name] = self.names.get(name, 0) + times

    @property
    def name(self) -> str | None:
        """What most of its schools call it, the first by the alphabet of several."""
        called = [(-schools, name or "") for name, schools in self.names.items() if schools > 0]
        return min(called)[1] or None if called else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Every open school, and the sums of every territory; the few schools of a commune are added up when asked for."""

    entries: Mapping[str, Entry]  # by UAI
    sums: Mapping[Territory, Sum]
    communes: Mapping[str, frozenset[str]]  # UAI by code of commune
    watched: dict[object, tuple[Keep, Sum]]  # by what was asked for; the only part that a reader adds to

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """Add schools up."""
        kept = {entry.uai: entry for entry in entries}
        sums = {NATION: Sum.of(kept.values())} if kept else {}
        communes: dict[str, frozenset[str]] = {}
        for position, kind in enumerate(KINDS):
            groups: dict[str, list[Entry]] = {}
            for entry in kept.values():
                code = entry.places.codes[position]
                if code is not None:
                    groups.setdefault(code, []).append(entry)
            if position == _COMMUNE:
                communes = {code: frozenset(entry.uai for entry in some) for code, some in groups.items()}
            else:
                sums |= {Territory(kind, code): Sum.of(some, position) for code, some in groups.items()}
        return cls(entries=kept, sums=sums, communes=communes, watched={})

    def moved(self, changes: Mapping[str, Entry | None]) -> Self:
        """Return the ledger with these schools as they are now; None: not open any more."""
        entries, communes = dict(self.entries), dict(self.communes)
        sums, own = dict(self.sums), _Own()
        watched = {asked: (keep, total.copy()) for asked, (keep, total) in list(self.watched.items())}
        for uai, after in changes.items():
            before = entries.pop(uai, None)
            for entry, times in ((before, -1), (after, 1)):
                if entry is None:
                    continue
                for territory, name in entry.places.summed:
                    own.of(sums, territory).add(entry, name, times)
                for keep, total in watched.values():
                    if keep(entry):
                        total.add(entry, None, times)
                code = entry.places.codes[_COMMUNE] or ""
                theirs = communes.get(code, frozenset())
                communes[code] = theirs | {uai} if times > 0 else theirs - {uai}
            if after is not None:
                entries[uai] = after
        return type(self)(entries=entries, sums=sums, communes=communes, watched=watched)

    def sum_of(self, territory: Territory) -> Sum | None:
        """Return the sums of a territory, None when it has no open school."""
        found = self.sums.get(territory)
        if found is None and territory.kind in ("commune", SCHOOL_KIND):
            found = Sum.of(tuple(self.within(territory)), _COMMUNE)
        return found if found is not None and found.counts[0] else None

    def watch(self, asked: object, territory: Territory, keep: Keep) -> Sum:
        """Return the sums of what `keep` keeps of a territory; kept up to date from then on, while others are few."""
        known = self.watched.get(asked)
        if known is not None:
            return known[1]
        is_in, total = _is_in(territory), Sum.of(tuple(filter(keep, self.within(territory))))
        while len(self.watched) >= _MOST_WATCHED:
            self.watched.pop(next(iter(self.watched)), None)
        self.watched[asked] = (lambda entry: is_in(entry) and keep(entry)), total
        return total

    def within(self, territory: Territory) -> Iterator[Entry]:
        """Return the open schools of a territory."""
        if territory.kind == SCHOOL_KIND:
            entry = self.entries.get(territory.code)
            return iter(() if entry is None else (entry,))
        if territory.kind == "commune":
            uais = (uai for code in communes_of(territory.code) for uai in self.communes.get(code, ()))
            return (self.entries[uai] for uai in sorted(uais))
        return filter(_is_in(territory), self.entries.values())

    def by_path(self, territory: Territory, keep: Keep | None, kinds: Sequence[str]) -> dict[Path, list[int]]:
        """Return the counts of schools of a territory, by their codes of these kinds."""
        positions = [KINDS.index(kind) for kind in kinds]
        groups: dict[Path, list[tuple[int, ...]]] = {}
        for entry in filter(keep, self.within(territory)):
            codes = entry.places.codes
            groups.setdefault(tuple(codes[position] for position in positions), []).append(entry.counts)
        return {path: [sum(column) for column in zip(*rows, strict=True)] for path, rows in groups.items()}


class _Own:
    """The sums that were copied, so that they may be changed."""

    def __init__(self) -> None:
        self._copied: set[Territory] = set()

    def of(self, sums: dict[Territory, Sum], territory: Territory) -> Sum:
        if territory not in self._copied:
            self._copied.add(territory)
            kept = sums.get(territory)
            sums[territory] = kept.copy() if kept is not None else Sum()
        return sums[territory]


def _is_in(territory: Territory) -> Keep:
    if territory == NATION:
        return lambda _entry: True
    if territory.kind == SCHOOL_KIND:
        return lambda entry: entry.uai == territory.code
    position = KINDS.index(territory.kind)
    codes = frozenset(communes_of(territory.code) if territory.kind == "commune" else (territory.code,))
    return lambda entry: entry.places.codes[position] in codes
