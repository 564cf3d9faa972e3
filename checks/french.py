"""How does Préau say it in French? Words shared by the agent's screen and the collector's pages."""

from collections.abc import Mapping
from typing import Final

from checks.model import Outcome, Tier

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.READY: "Prêt",
    Outcome.AT_RISK: "Prêt avec réserves",
    Outcome.BLOCKED: "Non prêt",
    Outcome.UNMEASURED: "Inconnu",
}
OUTCOME_SIGNS: Final[Mapping[Outcome, str]] = {
    Outcome.READY: "✓",
    Outcome.AT_RISK: "!",
    Outcome.BLOCKED: "✗",
    Outcome.UNMEASURED: "?",
}
TIERS: Final[Mapping[Tier, str]] = {Tier.MINIMUM: "exigé", Tier.RECOMMENDED: "recommandé"}
FAMILIES: Final[Mapping[str, str]] = {
    "network": "Réseau",
    "system": "Système",
    "hardware": "Matériel",
    "browser": "Navigateur",
    "software": "Logiciels",
}
PLACES: Final[Mapping[str, str]] = {
    "classe": "classe",
    "salle_informatique": "salle informatique",
    "classe_mobile": "classe mobile",
    "bcd": "bibliothèque (BCD)",
    "direction": "direction",
    "salle_des_maitres": "salle des maîtres",
    "autre": "autre lieu",
}
"""Where a workstation stands in the school: the closed list of enrolment."""


def count(number: int, one: str, many: str | None = None) -> str:
    """Return "1 poste", "0 poste", "3 postes"; thousands apart by a no-break space."""
    word = one if number < 2 else (many or one + "s")
    return f"{number:,}".replace(",", "\u202f") + f" {word}"
