"""Le système est encore maintenu à l'ouverture de l'ENT.

Mesure : la famille, la version, la construction et l'édition du système ; s'il reçoit des mises à jour prolongées.
Exige : une fin de maintenance, selon le profil ou la table datée de Préau, après l'ouverture de l'ENT dans l'école.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from checks.answers import STRICT
from checks.answers.system import Release
from checks.machine import Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, filled, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Until when one release of a system gets security updates."""

    name: str  # for people: "Windows 11 23H2"
    family: Literal["windows", "linux", "macos"]
    distribution: str = ""  # Linux only
    version: tuple[int, ...] = ()  # first numbers of the version; () for any
    build: int | None = None  # Windows build; None for any
    editions: tuple[str, ...] = ()  # Windows editions it holds for; () for any
    ends_on: date
    extended_ends_on: date | None = None  # with extended updates; None when there are none

    def covers(self, release: Release) -> bool:
        """Tell whether this row is about that release."""
        return (
            (self.family, self.distribution) == (release.family, release.distribution)
            and release.version[: len(self.version)] == self.version
            and self.build in (None, release.build)
            and (not self.editions or release.edition in self.editions)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The releases that count as maintained, and until when. The first row that covers a release decides.

    The profile's own rows go before the dated table that comes with Préau.
    """

    supported: tuple[Support, ...] = ()
    known_systems: tuple[Support, ...] = filled()
    opens_on: date | None = filled()
    observed_on: date | None = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask which system this is."""
    return Facts(release=machine.release())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare the end of support with the day the ENT opens, or of the audit when that is later or alone known."""
    rows = (*requirement.supported, *(requirement.known_systems or ()))
    row = next((row for row in rows if row.covers(facts.release)), None)
    if row is None:
        return verdict(
            Outcome.UNMEASURED, "release_not_listed", f"{_named(facts.release)} : fin de maintenance inconnue."
        )
    days = [day for day in (requirement.opens_on, requirement.observed_on) if day is not None]
    if not days:
        return verdict(Outcome.UNMEASURED, "day_unknown", f"{row.name} : ni ouverture ni date de relevé connues.")
    day = max(days)
    if row.ends_on >= day:
        return verdict(Outcome.READY, None, f"{row.name}, maintenu jusqu'au {row.ends_on:%d/%m/%Y}.")
    if row.extended_ends_on is not None and row.extended_ends_on >= day:
        if facts.release.extended_support:
            sentence = f"{row.name}, maintenance prolongée jusqu'au {row.extended_ends_on:%d/%m/%Y}."
            return verdict(Outcome.READY, None, sentence)
        if facts.release.extended_support is None:
            sentence = f"{row.name} : maintenance finie le {row.ends_on:%d/%m/%Y}, sauf prolongation payante."
            return verdict(Outcome.UNMEASURED, "extended_support_unknown", sentence)
    sentence = f"{row.name} : maintenance finie le {row.ends_on:%d/%m/%Y}, à l'ouverture le {day:%d/%m/%Y}."
    return verdict(Outcome.BLOCKED, "support_ended", sentence)


def _named(release: Release) -> str:
    version = ".".join(map(str, release.version))
    build = f"(construction {release.build})" if release.build is not None else ""
    return " ".join(filter(None, (release.distribution or release.family, version, release.edition, build)))


CHECK = Check(
    id="system.release",
    title="Le système est encore maintenu à l'ouverture de l'ENT.",
    privacy="Le nom et la version du système ; ni numéro de licence, ni nom du poste.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "support_ended": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le système ne reçoit plus de mises à jour de sécurité.",
            action="Mettre à niveau le système du poste, ou remplacer le poste, avant l'ouverture de l'ENT.",
        ),
        "extended_support_unknown": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="On ne sait pas si le poste reçoit les mises à jour prolongées.",
            action="Dire si les mises à jour prolongées (ESU) sont souscrites pour ce poste.",
        ),
        "release_not_listed": Remedy(
            role=Role.EDITOR,
            observation="On ne sait pas jusqu'à quand ce système est maintenu.",
            action="Dire dans le profil, avec la source, jusqu'à quand ce système est maintenu.",
        ),
        "day_unknown": Remedy(
            role=Role.SCHOOL,
            observation="La date d'ouverture de l'ENT n'est pas connue.",
            action="Relancer l'audit sur ce poste.",
        ),
    },
)
