"""Who may ask what? Every route has its rule here, and the app does not start while one has none.

A rule is held before the route is run (`collector.access.guard`); what a route looks up besides is its own to check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from checks import line, wire
from collector.asked import Find, asked_territory, code, link, own, school, territory, whole, workstation
from collector.people.roles import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may ask: somebody with a role over a place, or anybody, for a reason."""

    role: Role | None
    place: Find | None = None
    why: str = ""  # why nobody has to be recognised
    form: bool = False  # an open form: it carries the token of the page that showed it

    @classmethod
    def open(cls, why: str, *, form: bool = False) -> Self:
        """Let anybody ask."""
        return cls(None, None, why, form)

    @classmethod
    def signed(cls) -> Self:
        """Leave it to the signature of a workstation, which the route verifies first of all."""
        return cls(None, None, "signé par la clé d'un poste")


Route = tuple[str, str]
"""Method and path, as the route declares them."""
WEBSOCKET: Final = "WEBSOCKET"
"""Stands for the method of a route that is one."""

_LEASED: Final = "le bail donné à un poste, borné en temps et en octets, est vérifié par la route"

RULES: Final[Mapping[Route, Rule]] = {
    # Workstations
    ("POST", wire.ENROLMENTS_PATH): Rule.signed(),
    ("GET", wire.PROFILE_PATH): Rule.signed(),
    ("POST", wire.REPORTS_PATH): Rule.signed(),
    # The line to a school
    ("GET", line.PING_PATH): Rule.open("répète un nombre, pour voir la ligne et l'heure"),
    ("POST", line.LEASE_PATH): Rule.signed(),
    ("GET", line.DOWN_PATH): Rule.open(
        "le bail donné à un poste, borné en temps et en octets, est vérifié par la route"
    ),
    ("POST", line.UP_PATH): Rule.open(
        "le bail donné à un poste, borné en temps et en octets, est vérifié par la route"
    ),
    # Whoever looks after the collector
    ("GET", "/healthz"): Rule.open("dit seulement que le processus vit"),
    ("GET", "/readyz"): Rule.open("dit seulement que la base répond"),
    ("GET", "/openapi.json"): Rule.open("la description publique de l'API"),
    ("GET", "/accessibilite"): Rule.open("la déclaration d'accessibilité"),
    ("GET", "/static/{name}"): Rule.open("feuille de style et icône"),
    ("GET", "/metrics"): Rule(Role.EXPLOITANT, whole()),
    # Signing in
    ("GET", "/connexion"): Rule.open("la page où l'on s'identifie"),
    ("POST", "/connexion"): Rule.open("s'identifier", form=True),
    ("GET", "/connexion/ailleurs"): Rule.open("envoie s'identifier chez l'émetteur OpenID Connect"),
    ("GET", "/connexion/retour"): Rule.open("le retour de chez lui, vérifié et lié au navigateur"),
    ("GET", "/invitation/{secret}"): Rule.open("le lien est lui-même le secret, et ne sert qu'une fois"),
    ("POST", "/invitation/{secret}"): Rule.open("le lien est lui-même le secret, et ne sert qu'une fois", form=True),
    ("GET", "/lien/{secret}"): Rule.open("le lien est lui-même le secret, borné à un lieu et daté"),
    ("GET", "/compte"): Rule(Role.LECTEUR, own()),
    ("POST", "/compte/mot-de-passe"): Rule(Role.LECTEUR, own()),
    ("POST", "/deconnexion"): Rule(Role.LECTEUR, own()),
    # The test page
    ("GET", "/test/{page_code}"): Rule.open("son code n'enrôle rien et ne lit rien"),
    ("POST", "/test/{page_code}"): Rule.open("son code n'enrôle rien et ne lit rien"),
    ("POST", "/test/{page_code}/bail"): Rule.open("donne de quoi mesurer une fois la ligne de l'école"),
    (WEBSOCKET, "/test/{page_code}/ws"): Rule.open("renvoie un seul mot"),
    ("GET", "/test/{page_code}/cadre"): Rule.open("une page vide, pour essayer les cookies d'un autre site"),
    # Enrolling
    ("GET", "/ecoles/{uai}/enrolement"): Rule(Role.PILOTE, school("uai")),
    ("POST", "/ecoles/{uai}/codes"): Rule(Role.PILOTE, school("uai")),
    ("POST", "/ecoles/{uai}/liens"): Rule(Role.PILOTE, school("uai")),
    ("POST", "/codes/{number}/retirer"): Rule(Role.PILOTE, code("number")),
    ("POST", "/liens/{number}/retirer"): Rule(Role.PILOTE, link("number")),
    ("POST", "/postes/{id_}/accepter"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/postes/{id_}/refuser"): Rule(Role.PILOTE, workstation("id_")),
    ("GET", "/postes/{id_}"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/postes/{id_}/retirer"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/postes/{id_}/remettre"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/postes/{id_}/remplacer"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/postes/{id_}/deplacer"): Rule(Role.PILOTE, workstation("id_")),
    ("GET", "/api/v1/schools/{uai}/codes"): Rule(Role.PILOTE, school("uai")),
    ("POST", "/api/v1/schools/{uai}/codes"): Rule(Role.PILOTE, school("uai")),
    ("POST", "/api/v1/codes/{number}/revoke"): Rule(Role.PILOTE, code("number")),
    ("POST", "/api/v1/schools/{uai}/links"): Rule(Role.PILOTE, school("uai")),
    ("POST", "/api/v1/links/{number}/revoke"): Rule(Role.PILOTE, link("number")),
    ("GET", "/api/v1/schools/{uai}/keys"): Rule(Role.PILOTE, school("uai")),
    ("POST", "/api/v1/workstations/{id_}/accept"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/api/v1/workstations/{id_}/refuse"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/api/v1/workstations/{id_}/retire"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/api/v1/workstations/{id_}/return"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/api/v1/workstations/{id_}/move"): Rule(Role.PILOTE, workstation("id_")),
    ("POST", "/api/v1/workstations/{id_}/replace"): Rule(Role.PILOTE, workstation("id_")),
    # Reading
    ("GET", "/api/v1/readiness"): Rule(Role.LECTEUR, asked_territory("territory")),
    ("GET", "/api/v1/schools/{uai}/readiness"): Rule(Role.LECTEUR, school("uai")),
    ("GET", "/api/v1/profiles"): Rule(Role.LECTEUR, own()),
    ("GET", "/profils"): Rule(Role.LECTEUR, own()),
    ("GET", "/"): Rule(Role.LECTEUR, own()),
    ("GET", "/territoires/{id_}"): Rule(Role.LECTEUR, territory("id_")),
    ("GET", "/recherche"): Rule(Role.LECTEUR, own()),
    ("GET", "/territoires/{id_}/actions"): Rule(Role.LECTEUR, territory("id_")),
    ("GET", "/territoires/{id_}/actions.{kind}"): Rule(Role.LECTEUR, territory("id_")),
    ("GET", "/territoires/{id_}/actions/{check}/{cause}"): Rule(Role.LECTEUR, territory("id_")),
    ("POST", "/territoires/{id_}/actions/{check}/{cause}/relancer"): Rule(Role.PILOTE, territory("id_")),
    ("GET", "/territoires/{id_}/contacts"): Rule(Role.LECTEUR, territory("id_")),
    ("POST", "/territoires/{id_}/contacts"): Rule(Role.PILOTE, territory("id_")),
    ("POST", "/territoires/{id_}/contacts/{number}/retirer"): Rule(Role.PILOTE, territory("id_")),
    ("GET", "/territoires/{id_}/ecoles.{kind}"): Rule(Role.LECTEUR, territory("id_")),
    ("GET", "/ecoles/{uai}/postes.{kind}"): Rule(Role.LECTEUR, school("uai")),
    ("GET", "/ecoles/{uai}"): Rule(Role.LECTEUR, school("uai")),
}
