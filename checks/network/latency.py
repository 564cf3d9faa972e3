"""La ligne répond vite, au repos.

Mesure : le temps d'aller et retour de quelques petites questions, quand rien d'autre ne circule.
Exige : un temps médian d'au plus tant de millisecondes.
"""

from dataclasses import dataclass

from checks.answers.ways import Latency
from checks.machine import STRICT, Machine
from checks.model import Check, Outcome, Remedy, Role, Service, Verdict, duration, filled, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How long small questions took."""

    __pydantic_config__ = STRICT

    latency: Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How long a question may take before people feel it, and before pages time out; None asks for nothing."""

    recommended_ms: int | None = None
    maximum_ms: int | None = None
    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Ask a few times, of the collector or else of the services."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    return Facts(latency=machine.latency(tuple(endpoints)))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare the median round trip with what is asked."""
    if not facts.latency.round_trips_us:
        return verdict(Outcome.UNMEASURED, "nothing_came_back", "Aucune question n'a eu de réponse à temps.")
    median_ms = _median(facts.latency.round_trips_us) // 1000
    said = f"Aller et retour en {duration(median_ms)}, au repos"
    for most_ms, outcome in (
        (requirement.maximum_ms, Outcome.BLOCKED),
        (requirement.recommended_ms, Outcome.AT_RISK),
    ):
        if most_ms is not None and median_ms > most_ms:
            return verdict(outcome, "latency_high", f"{said} ; {duration(most_ms)} au plus.")
    return verdict(Outcome.READY, None, f"{said}.")


def _median(times_us: tuple[int, ...]) -> int:
    """Return the middle one, the lower of two; `statistics` is a heavy thing to carry for this."""
    return sorted(times_us)[(len(times_us) - 1) // 2]


CHECK = Check(
    id="network.latency",
    title="La ligne répond vite, au repos.",
    privacy="Quelques temps d'aller et retour ; rien d'autre.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal"),
    after_for={"nothing_came_back": ("network.proxy", "network.dns", "network.reach", "network.tls", "network.page")},
    alone=True,
    told_apart={
        "latency_high": "La médiane de quelques pings, seuls sur la ligne, dépasse celle du profil.",
        "nothing_came_back": "Aucun ping n'est revenu, sans qu'une panne plus tôt dans la chaîne l'explique.",
    },
    remedies={
        "latency_high": Remedy(
            role=Role.ISP,
            observation="La ligne de l'école met longtemps à répondre, même au repos.",
            action="Vérifier la ligne de l'école (qualité, type d'accès), ou en demander une autre.",
        ),
        "nothing_came_back": Remedy(
            role=Role.ISP,
            observation="Aucune question posée à la ligne n'a eu de réponse.",
            action="Relancer l'audit ; si cela se répète, faire vérifier la ligne.",
        ),
    },
    seen_from=("agent", "browser"),
)
