"""A nation of 48,000 invented schools, each with a state and causes, written straight into the tables."""

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert

from checks.decide import remedy_of
from collector.charts.france import outlines
from collector.judged import SchoolCause, SchoolState, Transition
from collector.names import listed_as
from collector.store import Session
from collector.store.engine import Store
from collector.store.generations import publish, serving
from collector.store.schema import upgrade
from collector.tables import School
from collector.uai import check_letter
from tests.collector.measured import PROFILE, TOML

SCHOOLS = 48_000
CAUSES = (
    ("network.tls", "interception_untrusted"),
    ("network.dns", "name_refused"),
    ("network.page", "page_blocked"),
    ("system.release", "support_ended"),
    ("hardware.memory", "memory_below_minimum"),
    ("browser.version", "default_browser_too_old"),
)
OUTCOMES = ("ready", "at_risk", "blocked", "unmeasured")
NAMES = ("Ecole primaire", "Ecole élémentaire Jean Jaurès", "Ecole maternelle Les Marronniers", "Ecole primaire privée")
CENTRES = {"971": (16.2, -61.5), "972": (14.6, -61.0), "973": (4.9, -52.3), "974": (-21.1, 55.5), "976": (-12.8, 45.2)}


def fill_nation(store: Store, now: int) -> None:
    """Fill an empty database."""
    upgrade(store.engine)
    chance = random.Random(1)
    schools = list(_schools(chance))

    def write(session: Session) -> None:
        publish(session, PROFILE, TOML, "", now, default=True)
        generation = serving(session).default.id
        session.execute(insert(School), schools)
        states = [_state(school, generation, chance, now) for school in schools]
        session.execute(insert(SchoolState), states)
        session.execute(insert(SchoolCause), list(_causes(states, generation, chance)))
        session.execute(insert(Transition), list(_transitions(states, generation, chance, now)))

    store.write(write)


def _schools(chance: random.Random) -> Iterator[dict[str, Any]]:
    departements = [*outlines(), *CENTRES]
    for number in range(SCHOOLS):
        place = number % len(departements)
        departement, commune = departements[place], f"{departements[place][1:]}{number % 370 + 1:03}"
        latitude, longitude = CENTRES.get(departement, (43 + place % 10 * 0.7, -3 + place // 10 * 1.1))
        school = {
            "uai": f"{departement.replace('A', '0').replace('B', '1')}{number % 10_000:04}{chr(65 + number // 10_000)}",
            "name": f"{chance.choice(NAMES)} {chance.choice('ABCDEFGHIJ')}",
            "nature": "primaire",
            "sector": "privé" if number % 8 == 0 else "public",
            "contract": "",
            "commune_code": commune,
            "commune_name": f"Saint-Préau-sur-Lente-le-Haut {commune}",
            "departement_code": departement,
            "departement_name": f"Val-de-Préau-et-Garonne {departement}",
            "academie_code": f"{place % 30 + 1:02}",
            "academie_name": f"Académie {place % 30 + 1:02}",
            "circonscription_code": _uai(f"{departement.replace('A', '0').replace('B', '1')}{number % 11:04}"),
            "circonscription_name": f"Circonscription {number % 11}",
            "epci_code": f"2{departement.replace('A', '0').replace('B', '1')}{number % 13:05}",
            "epci_name": f"Communauté de communes {number % 13}",
            "latitude": latitude + chance.random() * 0.6,
            "longitude": longitude + chance.random() * 0.8,
            "is_open": True,
            "expected_workstations": chance.randint(3, 20),
            "wave": str(number % 4 + 1),
        }
        yield school | {"listed_as": listed_as(school["commune_name"], school["name"], school["uai"])}


def _uai(digits: str) -> str:
    return digits + check_letter(digits)


def _state(school: dict[str, Any], generation: int, chance: random.Random, now: int) -> dict[str, Any]:
    expected = school["expected_workstations"]
    outcome = chance.choices(OUTCOMES, (4, 2, 3, 2))[0]
    counts = dict.fromkeys(OUTCOMES, 0) | {outcome: expected}
    reason = f"Cause commune à l'école : le filtrage déchiffre le service ({expected} postes sur {expected} mesurés)."
    about = {"generation": generation, "uai": school["uai"], "outcome": outcome, "reason": reason, "as_of": now}
    return about | counts | {"stale": 0, "away": 0, "pending": 0, "quarantined": 0}


def _causes(states: list[dict[str, Any]], generation: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for state in states:
        for check, cause in chance.sample(CAUSES, 2) if state["outcome"] in ("blocked", "at_risk") else ():
            remedy = remedy_of(check, cause)
            assert remedy is not None, (check, cause)
            yield {
                "generation": generation,
                "uai": state["uai"],
                "check_id": check,
                "cause": cause,
                "role": remedy.role.value,
                "blocked": chance.randint(0, 9),
                "unmeasured": 0,
                "at_risk": 1,
                "of_site": chance.random() < 0.3,
            }


def _transitions(
    states: list[dict[str, Any]], generation: int, chance: random.Random, now: int
) -> Iterator[dict[str, Any]]:
    for state in chance.sample(states, 4000):
        yield {
            "uai": state["uai"],
            "at": now - chance.randint(0, 20 * 86_400),
            "check_id": "",
            "cause": "",
            "before": "unmeasured",
            "after": state["outcome"],
            "workstations": 8,
            "why": "report",
            "generation": generation,
        }
