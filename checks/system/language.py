"""Le poste parle la langue de la classe, et son clavier aussi.

Mesure : la langue d'affichage de la session et la disposition du clavier.
Exige : l'une des langues et l'une des dispositions nommées par le profil.
"""

from dataclasses import dataclass
from typing import Final, Literal

from checks.answers import STRICT
from checks.answers.system import Language, LanguageName
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude

_LANGUAGES: Final = {
    "fr": "français",
    "en": "anglais",
    "de": "allemand",
    "es": "espagnol",
    "it": "italien",
    "pt": "portugais",
    "nl": "néerlandais",
    "ar": "arabe",
    "br": "breton",
    "ca": "catalan",
    "co": "corse",
    "eu": "basque",
    "oc": "occitan",
    "other": "une autre langue",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Languages and keyboards accepted; a key left out asks for nothing."""

    displays: tuple[LanguageName, ...] = ()
    keyboards: tuple[Literal["azerty", "bepo", "qwerty", "qwertz", "other"], ...] = ()


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask which language and keyboard the session has."""
    return Facts(language=machine.language())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare the display and the keyboard with what is accepted, each on its own."""
    display, keyboard = facts.language.display, facts.language.keyboard
    found = []
    if requirement.displays and display not in (None, *requirement.displays):
        sentence = f"Le poste s'affiche en {_LANGUAGES[display or 'other']}."
        found.append(Evidence(outcome=Outcome.BLOCKED, cause="other_display_language", sentence=sentence))
    if requirement.keyboards and keyboard not in (None, *requirement.keyboards):
        sentence = f"Le clavier est réglé en {keyboard if keyboard != 'other' else 'une autre disposition'}."
        found.append(Evidence(outcome=Outcome.BLOCKED, cause="other_keyboard", sentence=sentence))
    if not found and ((requirement.displays and display is None) or (requirement.keyboards and keyboard is None)):
        sentence = "Le système ne dit pas sa langue ou son clavier."
        found.append(Evidence(outcome=Outcome.UNMEASURED, cause="language_not_told", sentence=sentence))
    words = (_LANGUAGES.get(display or "", ""), f"clavier {keyboard}" if keyboard else "")
    said = ", ".join(filter(None, words)) or "rien n'est exigé"
    return conclude(found or [Evidence(outcome=Outcome.READY, cause=None, sentence=f"Langue : {said}.")])


CHECK = Check(
    id="system.language",
    title="Le poste parle la langue de la classe, et son clavier aussi.",
    privacy="Une langue et une disposition de clavier, de listes fermées ; ni pays, ni région, ni fuseau horaire.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "other_display_language": Remedy(
            role=Role.SCHOOL,
            observation="Le poste s'affiche dans une autre langue que celle de la classe.",
            action="Choisir la langue d'affichage dans les réglages du poste.",
        ),
        "other_keyboard": Remedy(
            role=Role.SCHOOL,
            observation="Le clavier est réglé pour un autre pays : les mots de passe seront mal tapés.",
            action="Choisir la disposition du clavier dans les réglages du poste.",
        ),
        "language_not_told": Remedy(
            role=Role.SCHOOL,
            observation="On ne sait pas en quelle langue le poste est réglé.",
            action="Relancer l'audit dans la session où les élèves travaillent.",
        ),
    },
)
