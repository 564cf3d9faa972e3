"""Le poste fait confiance aux autorités dont les services ont besoin.

Mesure : pour chaque autorité racine nommée par le profil, si le magasin du poste la contient et lui fait confiance.
Exige : toutes ces autorités.
"""

import re
from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.system import TrustStore
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    store: TrustStore


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededRoot:
    """One root certificate that a service's chain ends in."""

    name: str  # for people: "ISRG Root X1"
    sha256: str  # of the certificate in DER, 64 lower-case hex digits

    def __post_init__(self) -> None:
        """Refuse a fingerprint that no certificate can have: it would read as an absent root."""
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(f"sha256 : 64 chiffres hexadécimaux minuscules sont attendus, pas {self.sha256!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The roots that the services need."""

    roots: tuple[NeededRoot, ...]


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Ask about the profile's roots and no other."""
    return Facts(store=machine.trust_store(tuple(root.sha256 for root in requirement.roots)))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look each root up in what the workstation answered."""
    states = {root.root_sha256: root.state for root in facts.store.roots}
    found = [_judged(root, states.get(root.sha256), facts.store.fetches_roots) for root in requirement.roots]
    wrong = [e for e in found if e.outcome is not Outcome.READY]
    ready = Evidence(outcome=Outcome.READY, cause=None, sentence=f"{len(found)} autorités reconnues.")
    return conclude(wrong or [ready])


def _judged(root: NeededRoot, state: str | None, fetches_roots: bool | None) -> Evidence:
    def because(outcome: Outcome, cause: str | None, sentence: str) -> Evidence:
        return Evidence(outcome=outcome, cause=cause, sentence=f"« {root.name} » : {sentence}.")

    if state == "distrusted":
        return because(Outcome.BLOCKED, "root_distrusted", "le poste lui refuse sa confiance")
    if state == "trusted" or (state == "absent" and fetches_roots):
        return because(Outcome.READY, None, "reconnue")
    if state is None:
        return because(Outcome.UNMEASURED, "root_not_asked", "pas encore cherchée sur ce poste")
    if fetches_roots is None:
        return because(Outcome.UNMEASURED, "root_fetching_unknown", "absente, et le poste la chercherait peut-être")
    return because(Outcome.BLOCKED, "root_absent", "absente du magasin du poste")


CHECK = Check(
    id="system.trust",
    title="Le poste fait confiance aux autorités dont les services ont besoin.",
    privacy="La présence des seules autorités nommées par le profil ; aucune autre n'est citée.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "root_absent": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Une autorité de certification dont un service a besoin manque au poste.",
            action="Mettre à jour le système du poste (ou son magasin de certificats racines).",
        ),
        "root_distrusted": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste refuse une autorité de certification dont un service a besoin.",
            action="Retirer cette autorité des certificats refusés sur le poste, si ce refus n'est pas voulu.",
        ),
        "root_fetching_unknown": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="On ne sait pas si le poste irait chercher une autorité qui lui manque.",
            action="Ouvrir une fois le service dans le navigateur du poste, puis relancer l'audit.",
        ),
        "root_not_asked": Remedy(
            role=Role.SCHOOL,
            observation="Une autorité nouvelle dans le profil n'a pas encore été cherchée sur le poste.",
            action="Relancer l'audit sur ce poste.",
        ),
    },
)
