"""L'horloge du poste est à l'heure.

Mesure : l'écart entre l'horloge du poste et celle du collecteur, ou à défaut celle des services du profil.
Exige : un écart d'au plus tant de millisecondes.
"""

from dataclasses import dataclass

from checks.answers.network import ServerClock
from checks.machine import STRICT, Machine
from checks.model import Check, Outcome, Remedy, Role, Service, Verdict, duration, filled, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The workstation's clock beside others."""

    __pydantic_config__ = STRICT

    collector: ServerClock | None  # None when the workstation knows no collector
    services: tuple[ServerClock, ...]  # asked only when the collector's clock is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How far the clock may be off, either way; None asks for nothing."""

    maximum_offset_ms: int | None = None
    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Compare with the collector's clock, or else with the services'."""
    collector = machine.collector_clock()
    if collector is not None and collector.offset_ms is not None:
        return Facts(collector=collector, services=())
    urls = tuple(dict.fromkeys(service.url for service in requirement.services))
    return Facts(collector=collector, services=machine.server_clocks(urls))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Trust the collector's clock first, then the answer that came back quickest."""
    answered = [clock for clock in facts.services if clock.offset_ms is not None]
    if facts.collector is not None and facts.collector.offset_ms is not None:
        answered = [facts.collector]
    if not answered:
        return verdict(Outcome.UNMEASURED, "no_server_clock", "Aucune horloge de référence n'a répondu.")
    chosen = min(answered, key=lambda clock: clock.round_trip_ms or 0)
    offset_ms, round_trip_ms = chosen.offset_ms or 0, chosen.round_trip_ms or 0
    # The Date header counts whole seconds, and the answer took time to come: neither is the clock's fault.
    certain_ms = max(abs(offset_ms) - round_trip_ms - 1000, 0)
    way = "avance" if offset_ms > 0 else "retarde"
    if requirement.maximum_offset_ms is not None and certain_ms > requirement.maximum_offset_ms:
        sentence = f"L'horloge {way} de {duration(abs(offset_ms))} ; {duration(requirement.maximum_offset_ms)} au plus."
        return verdict(Outcome.BLOCKED, "clock_ahead" if offset_ms > 0 else "clock_behind", sentence)
    sentence = f"L'horloge {way} de {duration(abs(offset_ms))}." if certain_ms else "L'horloge est à l'heure."
    return verdict(Outcome.READY, None, sentence)


_ACTION = "Mettre l'horloge du poste à l'heure et activer le réglage automatique ; si elle dérive, changer la pile."

CHECK = Check(
    id="network.clock",
    title="L'horloge du poste est à l'heure.",
    privacy="Un écart en millisecondes ; rien d'autre.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    deadline_ms=14_000,
    after=("network.address", "network.portal"),
    after_for={"no_server_clock": ("network.proxy", "network.dns", "network.reach")},
    told_apart={
        "clock_ahead": "L'écart avec l'horloge du collecteur (ou des services) dépasse celui du profil, aller-retour "
        "et seconde d'arrondi déduits.",
        "clock_behind": "Comme `clock_ahead`, dans l'autre sens ; explique les certificats « pas encore valables ».",
        "no_server_clock": "Aucune horloge n'a répondu, sans qu'une panne plus tôt dans la chaîne l'explique.",
    },
    remedies={
        "clock_ahead": Remedy(role=Role.EQUIPMENT_OWNER, observation="L'horloge du poste avance.", action=_ACTION),
        "clock_behind": Remedy(role=Role.EQUIPMENT_OWNER, observation="L'horloge du poste retarde.", action=_ACTION),
        "no_server_clock": Remedy(
            role=Role.SCHOOL,
            observation="Aucune horloge de référence n'a répondu au poste.",
            action="Relancer l'audit quand le poste est relié à Internet.",
        ),
    },
)
