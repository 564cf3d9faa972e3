"""How workstations add up to a school: tables, and what holds whatever the workstations."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Outcome, Role
from checks.profile import SchoolRule
from collector.rollup import conclude, roll_up
from collector.tally import Seen, Station, Tally, share, standing

READY, AT_RISK, BLOCKED, UNMEASURED = Outcome.READY, Outcome.AT_RISK, Outcome.BLOCKED, Outcome.UNMEASURED
DAY_S = 86_400
NOW = 1_800_000_000
STRICT = SchoolRule(ready_percent=100, coverage_percent=100, site_percent=50, freshness_days=30)
LENIENT = SchoolRule(ready_percent=75, coverage_percent=50, site_percent=50, freshness_days=30)
DNS = Seen(check_id="network.dns", cause="resolver_silent", outcome=BLOCKED, role=Role.RESOLVER_OPERATOR)
SLOW = Seen(check_id="network.dns", cause="resolver_slow", outcome=AT_RISK, role=Role.RESOLVER_OPERATOR)
MEMORY = Seen(check_id="hardware.memory", cause="memory_below_minimum", outcome=BLOCKED, role=Role.EQUIPMENT_OWNER)
CRASHED = Seen(check_id="network.dns", cause="probe_crashed", outcome=UNMEASURED, role=Role.SCHOOL)


def pc(number: int, outcome: Outcome | None, *causes: Seen, days_old: int = 0, state: str = "active") -> Station:
    name = f"{number:02}"
    return Station(
        id=name,
        tag=name,
        place="classe",
        evidence="agent",
        state=state,
        outcome=outcome,
        observed_at=None if outcome is None else NOW - days_old * DAY_S,
        is_stale=days_old > STRICT.freshness_days,
        causes=causes,
    )


def some(*outcomes: Outcome | None) -> list[Station]:
    return [pc(number, outcome) for number, outcome in enumerate(outcomes)]


SITE_DOWN = [pc(1, BLOCKED, DNS), pc(2, BLOCKED, DNS)]


@pytest.mark.parametrize(
    ("stations", "expected", "rule", "outcome", "reason"),
    [
        ([], 8, STRICT, UNMEASURED, "Aucun poste mesuré sur 8 attendus."),
        ([], None, STRICT, UNMEASURED, "Aucun poste mesuré."),
        (some(None, None), 2, STRICT, UNMEASURED, "Aucun poste mesuré sur 2 attendus."),
        (
            [pc(1, READY, days_old=31)],
            4,
            STRICT,
            UNMEASURED,
            "Aucun poste mesuré récemment sur 4 attendus : son relevé est trop ancien.",
        ),
        ([pc(1, READY, state="pending")], 1, STRICT, UNMEASURED, "Aucun poste mesuré : 1 poste à accepter."),
        (some(READY, READY), 2, STRICT, READY, "Les 2 postes mesurés sont prêts."),
        (some(READY), 1, STRICT, READY, "Le poste mesuré est prêt."),
        (
            some(READY, READY),
            3,
            STRICT,
            UNMEASURED,
            "2 postes sont mesurés sur 3 attendus ; il en faut 3 pour se prononcer.",
        ),
        (
            some(READY),
            20,
            LENIENT,
            UNMEASURED,
            "Un seul poste est mesuré sur 20 attendus ; il en faut 10 pour se prononcer.",
        ),
        (
            some(READY),
            None,
            STRICT,
            READY,
            "Le poste mesuré est prêt. Le nombre de postes attendus n'est pas renseigné : "
            "seuls les postes mesurés sont jugés.",
        ),
        (
            some(READY, AT_RISK),
            2,
            STRICT,
            AT_RISK,
            "L'ENT peut ouvrir, avec des réserves : 1 prêt, 1 avec réserves, sur 2 mesurés.",
        ),
        (
            some(READY, BLOCKED),
            2,
            STRICT,
            BLOCKED,
            "Un seul poste peut ouvrir l'ENT, sur 2 mesurés ; il en faut 2.",
        ),
        (
            some(READY, READY, READY, BLOCKED),
            4,
            LENIENT,
            AT_RISK,
            "L'ENT peut ouvrir, avec des réserves : 3 prêts, 1 non prêt, sur 4 mesurés.",
        ),
        (some(BLOCKED), 0, STRICT, BLOCKED, "Aucun poste ne peut ouvrir l'ENT, sur 1 mesuré ; il en faut 1."),
        # An unknown workstation matters only where it can change the answer.
        (
            some(READY, UNMEASURED),
            2,
            STRICT,
            UNMEASURED,
            "Un poste a un contrôle exigé sans mesure, ce qui peut changer la réponse.",
        ),
        (
            some(READY, BLOCKED, UNMEASURED),
            3,
            STRICT,
            BLOCKED,
            "Un seul poste peut ouvrir l'ENT, sur 3 mesurés ; il en faut 3.",
        ),
        (
            some(READY, READY, AT_RISK, UNMEASURED),
            4,
            LENIENT,
            AT_RISK,
            "L'ENT peut ouvrir, avec des réserves : 2 prêts, 1 avec réserves, 1 inconnu, sur 4 mesurés.",
        ),
        # A cause of the site blocks a school that is hardly covered.
        (
            SITE_DOWN,
            20,
            STRICT,
            BLOCKED,
            "Cause commune à l'école : le serveur DNS ne répond pas (2 postes sur 2 mesurés).",
        ),
        (
            [pc(1, BLOCKED, DNS)],
            1,
            STRICT,
            BLOCKED,
            "Cause commune à l'école : le serveur DNS ne répond pas (1 poste sur 1 mesuré).",
        ),
        (
            [pc(1, BLOCKED, DNS)],
            20,
            STRICT,
            UNMEASURED,
            "Un seul poste est mesuré sur 20 attendus ; il en faut 20 pour se prononcer.",
        ),
        (
            [*SITE_DOWN, *some(READY, READY, READY)],
            20,
            STRICT,
            UNMEASURED,
            "5 postes sont mesurés sur 20 attendus ; il en faut 20 pour se prononcer.",
        ),
        (
            [pc(1, BLOCKED, MEMORY), pc(2, BLOCKED, MEMORY)],
            20,
            STRICT,
            UNMEASURED,
            "2 postes sont mesurés sur 20 attendus ; il en faut 20 pour se prononcer.",
        ),
        (
            [pc(1, AT_RISK, SLOW), pc(2, AT_RISK, SLOW)],
            20,
            STRICT,
            UNMEASURED,
            "2 postes sont mesurés sur 20 attendus ; il en faut 20 pour se prononcer.",
        ),
        (some(READY), 1, None, UNMEASURED, "Aucun profil d'exigences n'est publié pour cette école."),
    ],
)
def test_a_school_says_where_it_stands_and_why(
    stations: list[Station], expected: int | None, rule: SchoolRule | None, outcome: Outcome, reason: str
) -> None:
    found = roll_up(stations, expected=expected, rule=rule)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_a_workstation_is_in_one_count_at_most() -> None:
    stations = [
        pc(1, READY),
        pc(2, READY, days_old=31),
        pc(3, BLOCKED, state="pending"),
        pc(4, BLOCKED, state="quarantined"),
        pc(5, BLOCKED, state="revoked"),
        pc(6, None),
    ]
    counts = roll_up(stations, expected=6, rule=STRICT).counts
    assert (counts.ready, counts.stale, counts.pending, counts.quarantined) == (1, 1, 1, 1)
    assert (counts.at_risk, counts.blocked, counts.unmeasured, counts.measured) == (0, 0, 0, 1)


def test_a_cause_counts_once_per_workstation_and_only_where_it_is_measured() -> None:
    stations = [
        pc(1, BLOCKED, DNS, DNS, MEMORY),
        pc(2, BLOCKED, DNS),
        pc(3, BLOCKED, DNS, days_old=40),
        pc(4, BLOCKED, DNS, state="pending"),
        pc(5, READY),
    ]
    causes = roll_up(stations, expected=5, rule=STRICT).causes
    assert [(c.cause, c.workstations, c.of_site) for c in causes] == [
        ("resolver_silent", 2, True),
        ("memory_below_minimum", 1, False),
    ]


def test_a_fault_of_ours_is_never_a_cause_of_the_site() -> None:
    causes = roll_up([pc(n, UNMEASURED, CRASHED) for n in range(3)], expected=3, rule=STRICT).causes
    assert [c.of_site for c in causes] == [False]


CAUSES = (DNS, SLOW, MEMORY, CRASHED, replace(SLOW, outcome=BLOCKED))
STATIONS = st.lists(
    st.builds(
        pc,
        st.just(0),
        st.sampled_from((*Outcome, None)),
        days_old=st.integers(0, 60),
        state=st.sampled_from(("active", "active", "active", "pending", "quarantined", "revoked")),
    ).flatmap(
        lambda s: st.lists(st.sampled_from(CAUSES), max_size=3).map(lambda found: replace(s, causes=tuple(found)))
    ),
    max_size=12,
).map(lambda found: [replace(s, id=f"{number:02}", tag=f"{number:02}") for number, s in enumerate(found)])
PERCENT = st.integers(0, 100)
RULES = st.builds(
    SchoolRule,
    ready_percent=PERCENT,
    coverage_percent=PERCENT,
    site_percent=PERCENT,
    freshness_days=st.integers(0, 60),
)
EXPECTED = st.none() | st.integers(0, 15)


@given(STATIONS, EXPECTED, RULES, st.randoms())
def test_the_order_of_workstations_changes_nothing(stations, expected, rule, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(stations, len(stations))
    assert roll_up(shuffled, expected=expected, rule=rule) == roll_up(stations, expected=expected, rule=rule)


@given(STATIONS, EXPECTED, RULES)
def test_counts_and_causes_add_up(stations: list[Station], expected: int | None, rule: SchoolRule) -> None:
    found = roll_up(stations, expected=expected, rule=rule)
    c = found.counts
    assert c.measured == c.ready + c.at_risk + c.blocked + c.unmeasured
    counted = c.measured + c.stale + c.pending + c.quarantined
    assert counted == sum(standing(s) is not None for s in stations) <= len(stations)
    assert all(0 < cause.workstations <= c.measured for cause in found.causes)
    assert len({(cause.check_id, cause.cause) for cause in found.causes}) == len(found.causes)
    assert found.reason.endswith(".")
    if not c.measured:
        assert found.outcome is UNMEASURED


@given(STATIONS, STATIONS, EXPECTED, RULES)
def test_moving_by_difference_ends_where_a_recount_does(
    before: list[Station], after: list[Station], expected: int | None, rule: SchoolRule
) -> None:
    tally = Tally()
    for times, stations in ((1, before), (-1, before), (1, after)):
        for station in stations:
            tally.add(share(station), times)
    assert conclude(tally, expected=expected, rule=rule) == roll_up(after, expected=expected, rule=rule)


@given(STATIONS, EXPECTED, RULES, st.integers(0, 11))
def test_mending_one_workstation_never_makes_the_school_worse(
    stations: list[Station], expected: int | None, rule: SchoolRule, which: int
) -> None:
    rank = {BLOCKED: 0, UNMEASURED: 1, AT_RISK: 2, READY: 3}
    before = roll_up(stations, expected=expected, rule=rule)
    mended = [
        replace(s, outcome=READY, causes=()) if number == which and s.outcome is not None else s
        for number, s in enumerate(stations)
    ]
    assert rank[roll_up(mended, expected=expected, rule=rule).outcome] >= rank[before.outcome]
