"""La carte réseau du poste travaille à sa vitesse.

Mesure : la vitesse convenue avec l'autre bout, et ce que chacun sait faire ; en Wi-Fi, la qualité et la bande.
Exige : une vitesse d'au moins tant de kbit/s, un échange dans les deux sens à la fois, un Wi-Fi assez fort.
"""

from dataclasses import dataclass

from checks.answers.ways import Link
from checks.machine import STRICT, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, about_service, conclude, speed, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What each card agreed on."""

    __pydantic_config__ = STRICT

    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How fast, and for Wi-Fi how strong; None asks for nothing."""

    minimum_kbps: int | None = None
    recommended_kbps: int | None = None
    minimum_signal_percent: int | None = None


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask what each card agreed on with the other end."""
    return Facts(links=machine.links())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at the card that leads out, else at those in service; a Wi-Fi that is off is no fault."""
    up = [link for link in facts.links if link.up]
    if not up:
        return _nothing_up(facts.links)
    judged = [link for link in up if link.carries] or up
    return conclude(about_service(evidence for link in judged for evidence in _about(link, requirement)))


def _nothing_up(links: tuple[Link, ...]) -> Verdict:
    """Tell a Wi-Fi switched off, as the law asks when a school does not use it, from a cable pulled out."""
    wifi = [link for link in links if link.kind == "wifi"]
    wired = any(link.kind == "wired" for link in links)
    if wifi and (not wired or any(link.radio_off for link in wifi)):
        return verdict(Outcome.UNMEASURED, "wifi_off", "Le Wi-Fi du poste n'est relié à rien : il est éteint.")
    return verdict(Outcome.UNMEASURED, "speed_not_told", "Aucune carte n'est en service : il n'y a pas de vitesse.")


def _about(link: Link, requirement: Requirement) -> list[Evidence]:
    rate = link.speed_kbps
    if link.kind not in ("wired", "wifi") or rate is None:
        return [_found(Outcome.UNMEASURED, "speed_not_told", "La carte ne dit pas sa vitesse.")]
    kind = "Câble" if link.kind == "wired" else f"Wi-Fi{f' {link.band} GHz'.replace('.', ',') if link.band else ''}"
    said = f"{kind} à {speed(rate)}"
    found = []
    if link.duplex == "half":
        found.append(_found(Outcome.AT_RISK, "half_duplex", f"{said}, un seul sens à la fois."))
    both = min(rate for rate in (link.able_kbps, link.offered_kbps, 2**62) if rate is not None)
    if link.kind == "wired" and link.able_kbps and link.offered_kbps and rate < both:
        words = f"{said}, quand la carte et l'autre bout savent tous deux {speed(both)}."
        found.append(_found(Outcome.AT_RISK, "cable_slows", words))
    found += _speed(rate, said, requirement)
    weakest = requirement.minimum_signal_percent
    if weakest is not None and link.signal_percent is not None and link.signal_percent < weakest:
        words = f"{said}, signal à {link.signal_percent} % ; {weakest} % au moins."
        found.append(_found(Outcome.AT_RISK, "wifi_weak", words))
    return found or [_found(Outcome.READY, None, f"{said}.")]


def _speed(speed_kbps: int, said: str, requirement: Requirement) -> list[Evidence]:
    for least, outcome in (
        (requirement.minimum_kbps, Outcome.BLOCKED),
        (requirement.recommended_kbps, Outcome.AT_RISK),
    ):
        if least is not None and speed_kbps < least:
            return [_found(outcome, "link_slow", f"{said} ; {speed(least)} au moins.")]
    return []


def _found(outcome: Outcome, cause: str | None, sentence: str) -> Evidence:
    return Evidence(outcome=outcome, cause=cause, sentence=sentence)


CHECK = Check(
    id="network.link",
    title="La carte réseau du poste travaille à sa vitesse.",
    privacy="Le genre de chaque carte, sa vitesse, la qualité du Wi-Fi et sa bande ; ni nom de réseau, ni adresse MAC.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    explains=("wifi_off",),
    told_apart={
        "wifi_off": "Aucune carte n'est en service et le poste a une carte Wi-Fi, éteinte ou seule de son espèce ; un "
        "câble débranché d'un poste câblé est `network.address` `no_card_up`.",
        "speed_not_told": "La carte est virtuelle, hors service, ou son pilote ne dit pas la vitesse convenue.",
        "half_duplex": "Le pilote dit un échange à tour de rôle, à la vitesse convenue ou non.",
        "cable_slows": "La vitesse convenue est sous celle que la carte et l'autre bout annoncent tous deux ; si "
        "l'autre bout n'en offre pas plus, c'est lui, et non le câble.",
        "link_slow": "La vitesse convenue est sous celle du profil, d'où qu'elle vienne.",
        "wifi_weak": "La qualité que lit le pilote est sous celle du profil, quelle que soit la vitesse du moment.",
    },
    remedies={
        "wifi_off": Remedy(
            role=Role.SCHOOL,
            observation="Le Wi-Fi du poste est éteint, ou celui de l'école.",
            action="Relancer l'audit quand le Wi-Fi est en service (en classe, il s'éteint quand il ne sert pas ; tout "
            "nouveau réseau se met en place après information du conseil d'école), ou brancher un câble.",
        ),
        "speed_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="La carte réseau ne dit pas sa vitesse.",
            action="Aucune action : une carte virtuelle ou hors service n'a pas de vitesse.",
        ),
        "half_duplex": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="La carte et l'autre bout ne parlent qu'à tour de rôle (half-duplex).",
            action="Vérifier le câble et le réglage du port du commutateur (négociation automatique des deux côtés).",
        ),
        "cable_slows": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="La carte et le commutateur savent aller plus vite que ce que le câble leur permet.",
            action="Changer le câble ou la prise : il lui manque sans doute une paire.",
        ),
        "link_slow": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste est relié trop lentement.",
            action="Relier le poste par un câble et un commutateur plus rapides, ou rapprocher la borne Wi-Fi.",
        ),
        "wifi_weak": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le signal Wi-Fi reçu par le poste est faible.",
            action="Rapprocher le poste ou la borne, ou relier le poste par un câble.",
        ),
    },
)
