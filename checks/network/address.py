"""Le poste a une adresse et une route vers l'extérieur.

Mesure : les cartes en service, le genre de leurs adresses, la route par défaut, et si quelque chose répond au-delà.
Exige : une carte en service, une adresse donnée par le réseau, une route qui sort de l'école et mène quelque part.
"""

from dataclasses import dataclass

from checks.answers.network import Network
from checks.machine import STRICT, Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    network: Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: a workstation has an address or it has none."""


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask which cards are there and whether a route leaves."""
    return Facts(network=machine.network())


def judge(facts: Facts, requirement: Requirement) -> Verdict:  # noqa: ARG001 - every judge has this shape
    """Look for a card in service, then an address, then a route."""
    network = facts.network
    up = [card for card in network.interfaces if card.up]
    if not up:
        sentence = f"Aucune carte réseau en service sur {len(network.interfaces)}."
        return verdict(Outcome.BLOCKED, "no_card_up", sentence)
    given = {card.ipv4 for card in up} | {card.ipv6 for card in up}
    if not given & {"global", "private"}:
        return verdict(Outcome.BLOCKED, "no_address_given", "Le réseau n'a donné aucune adresse au poste.")
    if not (network.ipv4_route or network.ipv6_route):
        return verdict(Outcome.BLOCKED, "no_default_route", "Le poste a une adresse et aucune route vers l'extérieur.")
    if network.beyond == "silent":
        if network.gateway == "silent":
            return verdict(Outcome.BLOCKED, "gateway_silent", "La passerelle donnée au poste ne répond pas.")
        return verdict(Outcome.BLOCKED, "nothing_beyond", "Rien ne répond au-delà du réseau de l'école.")
    routes = " et ".join(n for n, route in (("IPv4", network.ipv4_route), ("IPv6", network.ipv6_route)) if route)
    return verdict(Outcome.READY, None, f"Adresse et route {routes}.")


CHECK = Check(
    id="network.address",
    title="Le poste a une adresse et une route vers l'extérieur.",
    privacy="Le genre des adresses (privée, publique…), jamais les adresses ; ni adresse MAC, ni nom de carte.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.link",),
    told_apart={
        "gateway_silent": "Rien ne répond au-delà, et la passerelle elle-même ne répond pas sur le réseau local "
        "(table ARP) ; si elle répond, c'est `nothing_beyond`.",
        "nothing_beyond": "Ni serveur DNS, ni service, ni adresse connue du collecteur ne répond, sur deux ports ; un "
        "DNS muet seul laisse répondre les adresses, et n'est pas une coupure.",
        "no_card_up": "Aucune carte n'est en service, et aucune n'est une carte Wi-Fi éteinte (`network.link` "
        "`wifi_off`).",
        "no_address_given": "Une carte est en service et n'a qu'une adresse qu'elle s'est donnée (169.254.x.x, "
        "fe80::), ou aucune.",
        "no_default_route": "Le poste a une vraie adresse, et aucune route par défaut.",
    },
    remedies={
        "gateway_silent": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="La passerelle de l'école (box, routeur) ne répond pas au poste.",
            action="Vérifier que la box ou le routeur de l'école est allumé et relié, et que son adresse est la bonne.",
        ),
        "nothing_beyond": Remedy(
            role=Role.ISP,
            observation="Rien ne répond au-delà du réseau de l'école : la ligne semble coupée.",
            action="Vérifier la ligne de l'école et sa box ; si elles sont en ordre, rétablir la ligne.",
        ),
        "no_card_up": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste n'est relié à aucun réseau.",
            action="Brancher le câble réseau du poste, ou vérifier la prise et le commutateur.",
        ),
        "no_address_given": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le réseau ne donne pas d'adresse au poste.",
            action="Vérifier la box ou le serveur qui donne les adresses (DHCP) dans l'école.",
        ),
        "no_default_route": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste n'a pas de route vers l'extérieur.",
            action="Vérifier la passerelle donnée au poste (box ou routeur de l'école).",
        ),
    },
)
