"""How do the workstations of a school add up to the school?

Pure: the same stations, in any order, give the same answer. A workstation is counted once, in one place: measured
(ready, at risk, blocked or unmeasured), stale, pending or quarantined. Only measured ones decide. Revoked ones, and
those that never reported, are in no count.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import checks
from checks.decide import remedy_of
from checks.french import count
from checks.model import Outcome, Role, worst
from checks.profile import SchoolRule

_DAY_S: Final = 86_400
_CATALOGUE: Final = {check.id: place for place, check in enumerate(checks.ALL)}


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
    state: str  # of its key: active, pending, quarantined, revoked
    outcome: Outcome | None  # None: no report judged yet
    observed_at: int | None
    causes: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Workstations by where they stand."""

    stale: int = 0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause found in the school."""

    check_id: str
    cause: str
    outcome: Outcome  # the worst it gives a workstation
    role: Role
    workstations: int  # measured ones that have it
    of_site: bool  # shared by so many of them that it is the school's, not theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolReadiness:
    """Where the school stands."""

    outcome: Outcome
    reason: str  # one French sentence or two
    counts: Counts
    causes: tuple[Cause, ...]  # those of the site first, then by workstations
    next_change_at: int | None  # when time alone changes this answer


def standing(station: Station, rule: SchoolRule, now: int) -> str | None:
    """Return the one count a workstation belongs to (a field of `Counts`), or None when it belongs to none."""
    if station.state in ("pending", "quarantined"):
        return station.state
    if station.state != "active" or station.outcome is None or station.observed_at is None:
        return None
    return "stale" if now >= _stale_at(station.observed_at, rule) else station.outcome.value


def roll_up(stations: Iterable[Station], *, expected: int | None, rule: SchoolRule | None, now: int) -> SchoolReadiness:
    """Sum a school up. `expected`: workstations the school should have; None when nobody said.

    `rule` is None when no profile serves the school: nothing can then be judged.
    """
    stations = tuple(stations)
    if rule is None:
        kept = Counter(s.state for s in stations if s.state in ("pending", "quarantined"))
        reason = "Aucun profil d'exigences n'est publié pour cette école."
        return SchoolReadiness(
            outcome=Outcome.UNMEASURED, reason=reason, counts=Counts(**kept), causes=(), next_change_at=None
        )
    measured = [s for s in stations if standing(s, rule, now) in set(Outcome)]
    counts = Counts(**Counter(where for s in stations if (where := standing(s, rule, now))))
    causes = _causes(measured, expected, rule)
    outcome, reason = _judge(counts, causes, expected, rule)
    changes = [_stale_at(s.observed_at, rule) for s in measured if s.observed_at is not None]
    return SchoolReadiness(
        outcome=outcome, reason=reason, counts=counts, causes=causes, next_change_at=min(changes, default=None)
    )


def _stale_at(observed_at: int, rule: SchoolRule) -> int:
    return observed_at + rule.freshness_days * _DAY_S + 1


def _causes(measured: Collection[Station], expected: int | None, rule: SchoolRule) -> tuple[Cause, ...]:
    """Count each cause once per workstation, and tell those of the site."""
    seen = sorted(((c.check_id, c.cause), s.id, c.outcome, c.role) for s in measured for c in s.causes)
    causes = []
    for (check_id, cause), found in groupby(seen, key=lambda row: row[0]):
        rows = list(found)
        outcome = worst(outcome for _, _, outcome, _ in rows)
        sharing = len({station_id for _, station_id, theirs, _ in rows if theirs is outcome})
        of_site = check_id.startswith("network.") and outcome is not Outcome.UNMEASURED
        causes.append(
            Cause(
                check_id=check_id,
                cause=cause,
                outcome=outcome,
                role=rows[0][3],
                workstations=len({station_id for _, station_id, _, _ in rows}),
                of_site=of_site and _shared(sharing, len(measured), expected, rule),
            )
        )
    return tuple(sorted(causes, key=lambda c: (not c.of_site, -c.workstations, _CATALOGUE.get(c.check_id, 0), c.cause)))


def _shared(number: int, measured: int, expected: int | None, rule: SchoolRule) -> bool:
    """Tell whether so many workstations make a cause the school's: never a single one, unless it has no other."""
    return number * 100 >= measured * rule.site_percent and (number >= 2 or expected == 1)


def _judge(counts: Counts, causes: tuple[Cause, ...], expected: int | None, rule: SchoolRule) -> tuple[Outcome, str]:
    measured = counts.measured
    if not measured:
        return Outcome.UNMEASURED, _nothing(counts, expected)
    if expected is not None and measured * 100 < expected * rule.coverage_percent:
        site = next((c for c in causes if c.of_site and c.outcome is Outcome.BLOCKED), None)
        if site is not None:
            return Outcome.BLOCKED, _site(site, measured)
        needed = _share(expected, rule.coverage_percent)
        few = "Un seul poste est mesuré" if measured == 1 else f"{count(measured, 'poste')} sont mesurés"
        return Outcome.UNMEASURED, f"{few} sur {expected} attendus ; il en faut {needed} pour se prononcer."
    outcome, reason = _enough(counts, causes, rule)
    if expected is None:
        reason += " Le nombre de postes attendus n'est pas renseigné : seuls les postes mesurés sont jugés."
    return outcome, reason


def _enough(counts: Counts, causes: tuple[Cause, ...], rule: SchoolRule) -> tuple[Outcome, str]:
    """Judge a school by its measured workstations; the unmeasured matter only if they can change the answer."""
    at_best = _answer(counts.ready + counts.unmeasured, counts.at_risk, counts.blocked, rule)
    at_worst = _answer(counts.ready, counts.at_risk, counts.blocked + counts.unmeasured, rule)
    if at_best is not at_worst:
        those = "Un poste a" if counts.unmeasured == 1 else f"{count(counts.unmeasured, 'poste')} ont"
        return Outcome.UNMEASURED, f"{those} un contrôle exigé sans mesure, ce qui peut changer la réponse."
    if at_best is Outcome.BLOCKED:
        site = next((c for c in causes if c.of_site and c.outcome is Outcome.BLOCKED), None)
        return at_best, _site(site, counts.measured) if site else _too_few(counts, rule)
    return at_best, _open(counts)


def _answer(ready: int, at_risk: int, blocked: int, rule: SchoolRule) -> Outcome:
    if (ready + at_risk) * 100 < (ready + at_risk + blocked) * rule.ready_percent:
        return Outcome.BLOCKED
    return Outcome.AT_RISK if at_risk or blocked else Outcome.READY


def _share(number: int, percent: int) -> int:
    return -(-number * percent // 100)


def _nothing(counts: Counts, expected: int | None) -> str:
    of_them = f" sur {expected} attendus" if expected and expected > 1 else ""
    if counts.stale:
        old = "son relevé est trop ancien" if counts.stale == 1 else f"{counts.stale} relevés sont trop anciens"
        return f"Aucun poste mesuré récemment{of_them} : {old}."
    if counts.pending or counts.quarantined:
        return f"Aucun poste mesuré{of_them} : {count(counts.pending + counts.quarantined, 'poste')} à accepter."
    return f"Aucun poste mesuré{of_them}."


def _site(cause: Cause, measured: int) -> str:
    remedy = remedy_of(cause.check_id, cause.cause)
    words = remedy.observation.rstrip(".") if remedy else cause.cause
    where = f"{count(cause.workstations, 'poste')} sur {count(measured, 'mesuré')}"
    return f"Cause commune à l'école : {words[:1].lower()}{words[1:]} ({where})."


def _too_few(counts: Counts, rule: SchoolRule) -> str:
    usable = counts.ready + counts.at_risk
    needed = _share(counts.measured, rule.ready_percent)
    can = "Aucun poste ne peut" if not usable else "Un seul poste peut" if usable == 1 else f"{usable} postes peuvent"
    return f"{can} ouvrir l'ENT, sur {count(counts.measured, 'mesuré')} ; il en faut {needed}."


def _open(counts: Counts) -> str:
    if counts.measured == counts.ready:
        return "Le poste mesuré est prêt." if counts.ready == 1 else f"Les {counts.ready} postes mesurés sont prêts."
    blocked = f"{counts.blocked} non prêt{'s' if counts.blocked > 1 else ''}"
    unmeasured = f"{counts.unmeasured} inconnu{'s' if counts.unmeasured > 1 else ''}"
    parts = {
        count(counts.ready, "prêt"): counts.ready,
        f"{counts.at_risk} avec réserves": counts.at_risk,
        blocked: counts.blocked,
        unmeasured: counts.unmeasured,
    }
    said = ", ".join(words for words, number in parts.items() if number)
    return f"L'ENT peut ouvrir, avec des réserves : {said}, sur {count(counts.measured, 'mesuré')}."
