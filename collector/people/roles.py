"""What may each role do? Three roles, each including those before it, and each held for a place."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from collector.territory import Territory


class Role(StrEnum):
    """What somebody may do. Compare with `includes`."""

    LECTEUR = "lecteur"  # reads
    PILOTE = "pilote"  # leads a deployment: codes, links, accepting workstations
    EXPLOITANT = "exploitant"  # runs the collector: people, tokens, audit log, erasing

    def includes(self, other: "Role") -> bool:
        """Tell whether this role may do all that another may."""
        return _ORDER.index(self) >= _ORDER.index(other)


_ORDER: Final = tuple(Role)

ROLE_NAMES: Final = {
    Role.LECTEUR: "lecteur : voit l'état des écoles de son territoire",
    Role.PILOTE: "pilote : donne les codes d'enrôlement et les liens, accepte les postes",
    Role.EXPLOITANT: "exploitant : ouvre les comptes, efface, lit le journal",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for a place."""

    role: Role
    place: Territory

    def __str__(self) -> str:
        return f"{self.role}@{self.place}"
