"""Le poste peut passer à Windows 11.

Mesure : ce que Windows 11 exige d'un poste sous une version antérieure : TPM, démarrage, processeur, mémoire, disque.
Exige : chacune de ces choses, aux valeurs du profil ; ne concerne pas les autres systèmes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from checks.answers import STRICT
from checks.answers.hardware import Disk, Firmware, Memory, Processor
from checks.answers.system import Release
from checks.machine import CannotAnswer, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude, size

Answer = TypeVar("Answer")
_GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered; None for what it could not."""

    __pydantic_config__ = STRICT

    release: Release
    firmware: Firmware | None
    processor: Processor | None
    memory: Memory | None
    disk: Disk | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorRule:
    """Whether Windows 11 takes some processors; the first rule that covers one decides, and none means no."""

    maker: Literal["intel", "amd", "qualcomm"]
    family_from: int = 0
    family_to: int | None = None  # None: any
    model_from: int = 0
    model_to: int | None = None
    stepping: int | None = None
    taken: Literal["yes", "no", "unsure"]

    def covers(self, seen: Processor) -> bool:
        """Tell whether this rule is about that processor."""
        family, model = seen.family or 0, seen.model or 0
        return (
            self.maker == seen.maker
            and self.family_from <= family <= (family if self.family_to is None else self.family_to)
            and self.model_from <= model <= (model if self.model_to is None else self.model_to)
            and self.stepping in (None, seen.stepping)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What Windows 11 asks for."""

    first_build: int  # of Windows 11: a system with this build or a later one needs no upgrade
    minimum_memory_bytes: int
    minimum_disk_bytes: int
    minimum_cores_count: int
    minimum_mhz: int
    processors: tuple[ProcessorRule, ...]


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Ask what Windows 11 would ask of this workstation; of another system, nothing but its name."""
    release = machine.release()
    concerned = _concerned(release, requirement)
    return Facts(
        release=release,
        firmware=_asked(machine.firmware) if concerned else None,
        processor=_asked(machine.processor) if concerned else None,
        memory=_asked(machine.memory) if concerned else None,
        disk=_asked(machine.disk) if concerned else None,
    )


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Name everything that stops the upgrade, each on its own."""
    if facts.release.family != "windows":
        return conclude([_found(Outcome.READY, None, "Ce poste n'est pas sous Windows.")])
    if not _concerned(facts.release, requirement):
        return conclude([_found(Outcome.READY, None, "Ce poste est déjà sous Windows 11.")])
    found = [*_firmware(facts.firmware), *_processor(facts.processor, requirement), *_room(facts, requirement)]
    stops = [e for e in found if e.outcome is Outcome.BLOCKED]
    return conclude(stops or found or [_found(Outcome.READY, None, "Ce poste peut passer à Windows 11.")])


def _concerned(release: Release, requirement: Requirement) -> bool:
    return release.family == "windows" and (release.build or 0) < requirement.first_build


def _asked(question: Callable[[], Answer]) -> Answer | None:
    """Ask one thing; what cannot be answered must not hide what can."""
    try:
        return question()
    except CannotAnswer:
        return None


def _firmware(seen: Firmware | None) -> Iterator[Evidence]:
    if seen is None or seen.tpm is None:
        yield _found(Outcome.UNMEASURED, "tpm_not_told", "On ne sait pas si le poste a un TPM 2.0.")
    elif seen.tpm == "1.2":
        yield _found(Outcome.BLOCKED, "tpm_too_old", "Le poste a un TPM 1.2 ; il en faut un 2.0.")
    elif seen.tpm == "absent":
        yield _found(Outcome.BLOCKED, "tpm_absent", "Le système ne voit aucun TPM ; il en faut un 2.0.")
    if seen is None or (seen.starts_by is None and seen.secure_boot is None):
        yield _found(Outcome.UNMEASURED, "start_not_told", "On ne sait pas comment le poste démarre.")
    elif seen.starts_by == "bios":
        yield _found(Outcome.BLOCKED, "started_by_bios", "Le poste démarre à l'ancienne (BIOS) ; il faut UEFI.")
    elif seen.secure_boot == "absent":
        yield _found(Outcome.BLOCKED, "secure_boot_absent", "Le poste n'offre pas le démarrage sécurisé.")


def _processor(seen: Processor | None, requirement: Requirement) -> Iterator[Evidence]:
    if seen is None:
        yield _found(Outcome.UNMEASURED, "processor_not_told", "On ne sait pas quel est le processeur.")
        return
    cores = max(seen.cores_count or 0, seen.threads_count)
    rule = next((rule for rule in requirement.processors if rule.covers(seen)), None)
    taken = rule.taken if rule is not None else "no"
    if seen.bits == 32 or taken == "no":
        sentence = "Le processeur n'est pas de ceux que Windows 11 accepte."
        yield _found(Outcome.BLOCKED, "processor_not_taken", sentence)
    elif cores < requirement.minimum_cores_count or (seen.maximum_mhz or requirement.minimum_mhz) < (
        requirement.minimum_mhz
    ):
        wanted = f"{requirement.minimum_cores_count} cœurs à {requirement.minimum_mhz} MHz"
        yield _found(Outcome.BLOCKED, "processor_not_taken", f"Le processeur est trop faible : il faut {wanted}.")
    elif taken == "unsure":
        sentence = "Ce modèle de processeur n'est accepté que sur certains postes."
        yield _found(Outcome.UNMEASURED, "processor_not_told", sentence)


def _room(facts: Facts, requirement: Requirement) -> Iterator[Evidence]:
    if facts.memory is None or facts.disk is None:
        yield _found(Outcome.UNMEASURED, "room_not_told", "On ne sait pas combien de mémoire ou de disque a le poste.")
    # Memory is sold by whole GiB and firmware keeps a part; a volume is counted to the nearest, as Microsoft does.
    if facts.memory is not None and -(-facts.memory.total_bytes // _GIB) * _GIB < requirement.minimum_memory_bytes:
        sentence = f"{size(facts.memory.total_bytes)} de mémoire ; il en faut {size(requirement.minimum_memory_bytes)}."
        yield _found(Outcome.BLOCKED, "memory_too_small", sentence)
    if facts.disk is not None and (facts.disk.total_bytes + _GIB // 2) // _GIB * _GIB < requirement.minimum_disk_bytes:
        sentence = f"Volume de {size(facts.disk.total_bytes)} ; il en faut {size(requirement.minimum_disk_bytes)}."
        yield _found(Outcome.BLOCKED, "disk_too_small", sentence)


def _found(outcome: Outcome, cause: str | None, sentence: str) -> Evidence:
    return Evidence(outcome=outcome, cause=cause, sentence=sentence)


_REPLACE = "Garder le poste sous un autre système maintenu (PrimTux, par exemple), ou le remplacer."

CHECK = Check(
    id="hardware.upgrade",
    title="Le poste peut passer à Windows 11.",
    privacy="Version du TPM, mode de démarrage, modèle du processeur, mémoire et disque ; aucun numéro de série.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "tpm_absent": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le système ne voit pas de TPM.",
            action="Chercher dans les réglages du BIOS un TPM éteint (fTPM, PTT) et l'allumer ; sinon : " + _REPLACE,
        ),
        "tpm_too_old": Remedy(
            role=Role.EQUIPMENT_OWNER, observation="Le TPM du poste est trop ancien.", action=_REPLACE
        ),
        "tpm_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="On ne sait pas si le poste a un TPM 2.0.",
            action="Ouvrir tpm.msc sur le poste avec un compte administrateur.",
        ),
        "started_by_bios": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste démarre en mode BIOS.",
            action="Si le poste sait démarrer en UEFI : convertir le disque (mbr2gpt), puis changer le démarrage.",
        ),
        "secure_boot_absent": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste n'offre pas le démarrage sécurisé.",
            action=_REPLACE,
        ),
        "start_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="On ne sait pas comment le poste démarre.",
            action="Ouvrir msinfo32 sur le poste : lignes « Mode BIOS » et « État du démarrage sécurisé ».",
        ),
        "processor_not_taken": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Windows 11 n'accepte pas le processeur du poste.",
            action=_REPLACE,
        ),
        "processor_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="On ne sait pas si Windows 11 accepte le processeur du poste.",
            action="Lancer sur le poste le contrôle d'intégrité du PC de Microsoft.",
        ),
        "memory_too_small": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste a trop peu de mémoire pour Windows 11.",
            action="Ajouter de la mémoire au poste.",
        ),
        "disk_too_small": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le disque du poste est trop petit pour Windows 11.",
            action="Remplacer le disque du poste, ou agrandir le volume du système.",
        ),
        "room_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="On ne sait pas combien de mémoire ou de disque a le poste.",
            action="Relever la mémoire et le disque dans les réglages du poste.",
        ),
    },
)
