"""What does each workstation add to its school?

Pure. A workstation is counted once, in one place: measured (ready, at risk, blocked or unmeasured), stale, away,
pending or quarantined. Retired and revoked ones, and those that never reported, are in no count. What one adds is its
`Share`; a school's `Tally` is the sum of them, so that it can be kept by difference.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from checks.model import Outcome, Role, worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One cause found on one workstation."""

    check_id: str
    cause: str
    outcome: Outcome
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One enrolled workstation, as last judged."""

    id: str
    tag: str
    place: str  # a key of checks.french.PLACES
    evidence: str  # how its last report was made
    state: str  # active, pending, quarantined, revoked, retired
    outcome: Outcome | None  # None: no report judged yet
    observed_at: int | None
    is_stale: bool = False  # too old on the day of the last sweep
    causes: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Workstations by where they stand."""

    stale: int = 0
    away: int = 0
    pending: int = 0
    quarantined: int = 0
    ready: int = 0
    at_risk: int = 0
    blocked: int = 0
    unmeasured: int = 0

    @property
    def measured(self) -> int:
        """Those that decide."""
        return self.ready + self.at_risk + self.blocked + self.unmeasured


COUNTS: Final = tuple(f.name for f in fields(Counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause found in the school."""

    check_id: str
    cause: str
    outcome: Outcome  # the worst it gives a workstation
    role: Role
    workstations: int  # measured ones that have it
    of_site: bool  # shared by so many of them that it is the school's, not theirs


CauseKey = tuple[str, str]
"""(check id, cause)."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one workstation adds to its school: one count, and its causes when it is measured."""

    where: str | None = None  # a field of `Counts`; None: it is in no count
    causes: Mapping[CauseKey, tuple[Role, Outcome]] = field(default_factory=dict)


NOTHING: Final = Share()


@dataclass(slots=True)
class Tally:
    """The sum of the shares of a school's workstations, or a difference to such a sum."""

    counts: dict[str, int] = field(default_factory=dict)
    causes: dict[CauseKey, dict[Outcome, int]] = field(default_factory=dict)
    roles: dict[CauseKey, Role] = field(default_factory=dict)

    def add(self, share: Share, times: int = 1) -> None:
        """Add a workstation's share, or with -1 take it away."""
        if share.where is None:
            return
        self.counts[share.where] = self.counts.get(share.where, 0) + times
        for key, (role, outcome) in share.causes.items():
            kept = self.causes.setdefault(key, {})
            kept[outcome] = kept.get(outcome, 0) + times
            self.roles[key] = role

    @property
    def is_nothing(self) -> bool:
        """Nothing differs."""
        return not any(self.counts.values()) and not any(n for kept in self.causes.values() for n in kept.values())


def standing(station: Station) -> str | None:
    """Return the one count a workstation belongs to (a field of `Counts`), or None when it belongs to none."""
    return share(station).where


def share(station: Station) -> Share:
    """Return what a workstation adds to its school."""
    return share_of(station.state, station.outcome, station.is_stale, station.causes)


def share_of(state: str, outcome: str | None, is_stale: bool, found: Iterable[Seen]) -> Share:
    """Return what a workstation in this state, with this outcome (None: not judged) and causes, adds to its school."""
    if state in ("pending", "quarantined"):
        return Share(state)
    if state != "active" or outcome is None:
        return NOTHING
    if is_stale:
        return Share("stale")
    causes: dict[CauseKey, tuple[Role, Outcome]] = {}
    for seen in found:
        key = (seen.check_id, seen.cause)
        known = causes.get(key)
        causes[key] = (seen.role, worst((seen.outcome, known[1])) if known else seen.outcome)
    return Share(str(outcome), causes)


class Shares:
    """What the workstations of some schools add to them, counted: most add the very same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None, bool, int], Share] = {}  # causes by identity
        self._times: Counter[tuple[str, tuple[str, str | None, bool, int]]] = Counter()

    def add(self, uai: str, state: str, outcome: str | None, *, is_stale: bool, causes: tuple[Seen, ...]) -> None:
        """Count a workstation; `causes` outlives this."""
        key = (state, outcome, is_stale, id(causes))
        if key not in self._known:
            self._known[key] = share_of(state, outcome, is_stale, causes)
        self._times[uai, key] += 1

    def tallies(self) -> dict[str, Tally]:
        """Return the sum of each school."""
        found: dict[str, Tally] = {}
        for (uai, key), times in self._times.items():
            found.setdefault(uai, Tally()).add(self._known[key], times)
        return found
