"""Who acts? Roles are what a cause knows; actors are who that is in a territory."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from checks.model import Role


class Actor(StrEnum):
    """Somebody a school can turn to."""

    SCHOOL = "ecole"
    COMMUNE = "commune"
    ACADEMIE = "academie"
    ISP = "fournisseur_acces"
    EDITOR = "editeur"


DEFAULT_ACTORS: Final[Mapping[Role, Actor]] = {
    Role.SCHOOL: Actor.SCHOOL,
    Role.EQUIPMENT_OWNER: Actor.COMMUNE,
    Role.RESOLVER_OPERATOR: Actor.ACADEMIE,
    Role.FILTER_OPERATOR: Actor.ACADEMIE,
    Role.ISP: Actor.ISP,
    Role.EDITOR: Actor.EDITOR,
}
"""Who plays each role where nobody said otherwise: equipment and premises are the commune's; filtering, DNS and proxy
the académie's. Looked up when read, so that a territory can say otherwise without judging anything again."""

ACTOR_NAMES: Final[Mapping[Actor, str]] = {
    Actor.SCHOOL: "l'école",
    Actor.COMMUNE: "la commune",
    Actor.ACADEMIE: "la DSI académique",
    Actor.ISP: "le fournisseur d'accès",
    Actor.EDITOR: "l'éditeur de l'ENT",
}
