"""La ligne de l'école porte assez.

Mesure : le débit vers le poste et depuis lui, jusqu'au collecteur, et le temps de réponse pendant ce temps ; un seul
poste de l'école à la fois, 22 Mo au plus.
Exige : un débit d'au moins tant de kbit/s dans chaque sens, et une ligne qui répond encore quand elle est chargée.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.answers.ways import Throughput
from checks.machine import STRICT, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude, duration, speed, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the line carried."""

    __pydantic_config__ = STRICT

    throughput: Throughput


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How much each way, and how quick under load; None asks for nothing, and holds nothing else to blame."""

    minimum_down_kbps: int | None = None
    recommended_down_kbps: int | None = None
    minimum_up_kbps: int | None = None
    recommended_up_kbps: int | None = None
    recommended_loaded_ms: int | None = None
    busy_percent: int | None = None  # from here on the processor, not the line, may set the pace
    wired_percent: int | None = None  # share of a cable's speed from which on it is what limits
    wifi_percent: int | None = None  # the same of a Wi-Fi's


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Measure the line, with the collector's leave."""
    return Facts(throughput=machine.throughput())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare each way with what is asked, and say what held it back."""
    seen = facts.throughput
    if seen.down_kbps is None and seen.up_kbps is None:
        return verdict(Outcome.UNMEASURED, "nothing_carried", "Le débit n'a pas pu être mesuré.")
    return conclude(
        [
            *_one_way("Descente", seen.down_kbps, facts, requirement),
            *_one_way("Montée", seen.up_kbps, facts, requirement),
            *_loaded(seen, requirement.recommended_loaded_ms),
        ]
    )


def _one_way(way: str, kbps: int | None, facts: Facts, requirement: Requirement) -> Iterator[Evidence]:
    least_of_all, recommended = requirement.minimum_up_kbps, requirement.recommended_up_kbps
    if way == "Descente":
        least_of_all, recommended = requirement.minimum_down_kbps, requirement.recommended_down_kbps
    if kbps is None:
        yield Evidence(outcome=Outcome.UNMEASURED, cause="nothing_carried", sentence=f"{way} : non mesurée.")
        return
    for least, outcome in ((least_of_all, Outcome.BLOCKED), (recommended, Outcome.AT_RISK)):
        if least is not None and kbps < least:
            cause, words = _held_back(facts.throughput, kbps, requirement) or _SLOW[way]
            sentence = f"{way} : {speed(kbps)}, {words} ; {speed(least)} au moins."
            yield Evidence(outcome=outcome, cause=cause, sentence=sentence)
            return
    yield Evidence(outcome=Outcome.READY, sentence=f"{way} : {speed(kbps)}.")


_SLOW = {"Descente": ("down_slow", "limitée par la ligne"), "Montée": ("up_slow", "limitée par la ligne")}


def _held_back(seen: Throughput, kbps: int, requirement: Requirement) -> tuple[str, str] | None:
    """Return what on the workstation's side limited a measurement; None leaves the line itself."""
    link = seen.link
    shares = {
        "wifi": (requirement.wifi_percent, ("wifi_limits", "limitée par le Wi-Fi du poste")),
        "wired": (requirement.wired_percent, ("link_limits", "limitée par la carte ou le câble du poste")),
    }
    if link is not None and link.speed_kbps and link.kind in shares:
        share, limits = shares[link.kind]
        if share is not None and kbps * 100 >= link.speed_kbps * share:
            return limits
    busy = requirement.busy_percent
    if busy is not None and seen.busy_percent is not None and seen.busy_percent >= busy:
        return "workstation_limits", "limitée par le poste, trop occupé"
    return None


def _loaded(seen: Throughput, most_ms: int | None) -> Iterator[Evidence]:
    loaded = [us for us in (seen.down_loaded_us, seen.up_loaded_us) if us is not None]
    if most_ms is not None and loaded and max(loaded) > most_ms * 1000:
        sentence = f"Chargée, la ligne répond en {duration(max(loaded) // 1000)} ; {duration(most_ms)} au plus."
        yield Evidence(outcome=Outcome.AT_RISK, cause="slow_under_load", sentence=sentence)


_LINE = "Demander une ligne plus rapide, ou faire vérifier celle de l'école."

CHECK = Check(
    id="network.throughput",
    title="La ligne de l'école porte assez.",
    privacy="Deux débits et des temps de réponse, mesurés avec le collecteur ; rien de ce qui circule par ailleurs.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal"),
    after_for={"nothing_carried": ("network.proxy", "network.dns", "network.reach", "network.tls", "network.page")},
    seen_from=("agent", "browser"),
    alone=True,
    scope="school",
    deadline_ms=45_000,
    told_apart={
        "nothing_carried": "La mesure n'a rien porté, sans qu'une panne plus tôt dans la chaîne l'explique.",
        "down_slow": "Le débit reçu est sous celui du profil, et ni la carte, ni le Wi-Fi, ni le processeur ne "
        "l'expliquent.",
        "up_slow": "Le débit envoyé est sous celui du profil, et rien du poste ne l'explique.",
        "slow_under_load": "Les pings faits pendant la mesure dépassent le temps du profil, alors que la ligne au "
        "repos répond.",
        "wifi_limits": "Le débit mesuré est une bonne part de la vitesse du Wi-Fi : la ligne peut valoir plus.",
        "link_limits": "Le débit mesuré est celui du câble ou de la carte : la ligne peut valoir plus.",
        "workstation_limits": "Le processeur du poste était presque toujours occupé pendant la mesure.",
    },
    remedies={
        "nothing_carried": Remedy(
            role=Role.ISP,
            observation="Le débit de la ligne n'a pas pu être mesuré.",
            action="Relancer l'audit ; si cela se répète, faire vérifier la ligne.",
        ),
        "down_slow": Remedy(role=Role.ISP, observation="La ligne de l'école reçoit trop lentement.", action=_LINE),
        "up_slow": Remedy(role=Role.ISP, observation="La ligne de l'école envoie trop lentement.", action=_LINE),
        "slow_under_load": Remedy(
            role=Role.ISP,
            observation="La ligne de l'école ne répond plus assez vite quand elle est chargée.",
            action="Régler la file d'attente de la box (gestion du trafic), ou demander une ligne plus rapide.",
        ),
        "wifi_limits": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le Wi-Fi du poste limite le débit mesuré.",
            action="Mesurer la ligne depuis un poste relié par câble, ou améliorer le Wi-Fi.",
        ),
        "link_limits": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="La carte réseau ou le câble du poste limite le débit mesuré.",
            action="Relier le poste par une carte et un câble plus rapides, ou mesurer la ligne depuis un autre poste.",
        ),
        "workstation_limits": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste était trop occupé pour mesurer la ligne.",
            action="Relancer la mesure quand le poste est au repos, ou depuis un autre poste.",
        ),
    },
)
