"""What does one report change? Worked out over what the database holds, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector import findings
from collector.egress import KEPT_FOR_S
from collector.facts import merge, pack
from collector.freshness import day_of
from collector.judging import causes, judge, same_on, that_matters
from collector.reading import SET_BYTES, SPREAD_S, Said
from collector.store.generations import Gen
from collector.store.taking import Held, Rows
from collector.store.throughput import run_in
from collector.store.verdicts import fresh_day, verdict_row
from collector.tally import Seen, Share, share_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A report that counts, and the row of its sender as locked (see `store.taking.senders`)."""

    sender: Any
    said: Said
    sent_at: int
    evidence: str  # how it was made and came
    egress: str | None = None  # pseudonym of the line it came by; None when unknown


@dataclass(slots=True)
class _Plan:
    change: Change
    gens: tuple[Gen, ...]
    measured_at: int  # when the last of its facts was observed, by the collector's clock
    repeats: bool  # says again what the last report said
    covers: bool  # replaces everything known

    @property
    def id(self) -> str:
        id_: str = self.change.sender.workstation_id
        return id_


def work_out(changes: Sequence[Change], held: Held, rows: Rows, now: int) -> None:
    """Add to `rows` what reports of different workstations change of them and of their schools."""
    plans = [_plan(change, held, now) for change in changes if change.said.facts]
    held.need(
        found={plan.id for plan in plans if _moves_causes(plan, held)},
        facts={plan.id for plan in plans if not plan.repeats and not plan.covers},
    )
    for plan in plans:
        if plan.repeats:
            for gen in plan.gens:
                _repeat(plan, gen, held, rows, now)
        else:
            _afresh(plan, held, rows, now)
    rows.workstations += [row for change in changes if (row := _of_workstation(change, now)) is not None]


def _of_workstation(change: Change, now: int) -> dict[str, Any] | None:
    """Return what is to be written of the workstation itself: rarely anything."""
    sender, egress, egress_at = change.sender, change.sender.egress, change.sender.egress_at
    if change.egress is not None and (change.egress != egress or now - (egress_at or 0) > KEPT_FOR_S):
        egress, egress_at = change.egress, now
    row = {"evidence": change.evidence, "egress": egress, "egress_at": egress_at}
    if all(getattr(sender, name) == value for name, value in row.items()):
        return None
    return {"id": sender.workstation_id, **row}


def _plan(change: Change, held: Held, now: int) -> _Plan:
    gens = held.serving.all_of(change.sender.profile_id)
    first, last_one = change.said.moments(change.sent_at, now)
    plan = _Plan(change, gens, last_one, repeats=False, covers=False)
    known = [held.verdicts.get((gen.id, plan.id)) for gen in gens]
    said, last = change.said.hash, [v for v in known if v is not None]
    if not said or len(last) < len(gens) or any(not v.report_hash or first < v.measured_at for v in last):
        return plan
    plan.covers = all(v.report_hash[:SET_BYTES] == said[:SET_BYTES] for v in last)
    plan.repeats = all(v.report_hash == said for v in last) and _judged_alike(plan, last, first)
    return plan


def _judged_alike(plan: _Plan, last: Sequence[Any], first: int) -> bool:
    """Tell whether these facts, judged before, would be judged the same on the days they are seen again.

    Of the last report it is known when its latest fact was observed, and that all were within `SPREAD_S` before.
    """
    days = {day_of(v.measured_at - back) for v in last for back in (0, SPREAD_S)}
    days |= {day_of(first), day_of(plan.measured_at)}
    opens_on = plan.change.sender.opens_on
    return all(gen.profile is None or same_on(plan.change.said.facts, gen.profile, opens_on, days) for gen in plan.gens)


def _moves_causes(plan: _Plan, held: Held) -> bool:
    """Tell whether what was found before must be known, to take it out of the school's counters or to put it back."""
    known = [v for gen in plan.gens if (v := held.verdicts.get((gen.id, plan.id))) is not None]
    return any(v.is_stale for v in known) if plan.repeats else bool(known)


def _repeat(plan: _Plan, gen: Gen, held: Held, rows: Rows, now: int) -> None:
    """Move the dates of what is known."""
    old = held.verdicts[gen.id, plan.id]
    observed_at = old.observed_at + plan.measured_at - old.measured_at
    until = fresh_day(gen, plan.change.sender.academie_code, observed_at)
    dates = {
        "measured_at": plan.measured_at,
        "observed_at": observed_at,
        "fresh_until": until,
        "is_stale": until < day_of(now),
    }
    rows.moved.append({"generation": gen.id, "workstation_id": plan.id, **dates})
    if old.is_stale != dates["is_stale"]:
        standing, found = plan.change.sender.standing, _causes(gen, held.found(gen.id, plan.id))
        before = share_of(standing, old.outcome, old.is_stale, found)
        after = share_of(standing, old.outcome, dates["is_stale"], found)
        rows.moves.replace(gen.id, plan.change.sender.uai, before, after)


def _afresh(plan: _Plan, held: Held, rows: Rows, now: int) -> None:
    """Keep new facts and judge them."""
    new = plan.change.said.kept(plan.change.sent_at, now)
    facts = new if plan.covers else merge(held.facts(plan.id), new, now)
    # Unless the report says all that is known, one like it will not say again what was judged.
    report_hash = plan.change.said.hash if all(one.is_last for one in facts.values()) else b""
    last = held.last_measured_at(plan.id)
    measured_at = max(plan.measured_at, last) if last <= now else plan.measured_at
    rows.facts.append({"workstation_id": plan.id, "measured_at": measured_at, "kept": pack(facts)})
    standing = plan.change.sender.standing
    run = run_in(plan.change.sender.uai, plan.id, new) if standing == "active" else None
    if run is not None:
        rows.runs.append(run)
    for gen in plan.gens:
        said = judge(facts, gen.profile, plan.change.sender.opens_on)
        row = verdict_row(
            gen,
            plan.id,
            plan.change.sender.academie_code,
            said,
            measured_at=measured_at,
            report_hash=report_hash,
            now=now,
        )
        rows.verdicts.append(row)
        if said.found:
            packed = findings.pack(said.found)
            rows.findings.append({"generation": gen.id, "workstation_id": plan.id, "found": packed})
        elif held.has_findings(gen.id, plan.id):
            rows.cleared.append({"generation": gen.id, "workstation_id": plan.id})
        before = _before(standing, gen, held.verdicts.get((gen.id, plan.id)), held)
        after = share_of(standing, row["outcome"], row["is_stale"], _causes(gen, said.found))
        rows.moves.replace(gen.id, plan.change.sender.uai, before, after)


def _before(standing: str, gen: Gen, old: Any, held: Held) -> Share:
    if old is None:
        return share_of(standing, None, False, ())
    return share_of(standing, old.outcome, old.is_stale, _causes(gen, held.found(gen.id, old.workstation_id)))


def _causes(gen: Gen, found: Sequence[findings.Found]) -> tuple[Seen, ...]:
    return causes(that_matters(found, gen.profile)) if gen.profile else ()
