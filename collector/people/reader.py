"""Who asks, and what may they read and do? The same for a person, a program with a token, and a link."""

from dataclasses import dataclass, field

from collector.people.roles import Grant, Role
from collector.problems import Problem
from collector.store import Session
from collector.store.schools import outside
from collector.territory import NATION, Territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who was recognised. `grants` is never empty: who may do nothing is not recognised."""

    actor: str  # opaque, for the audit log: an account's id, "token:3", "link:2"
    grants: tuple[Grant, ...]
    name: str = ""  # what this person signs in as, shown to nobody else
    form_token: str = field(default="", repr=False)  # what a form of this session must carry; "" for a bearer token

    @property
    def place(self) -> Territory:
        """The place this reader starts from: the nation if theirs, else the first they hold."""
        places = [grant.place for grant in self.grants]
        return NATION if NATION in places else places[0]

    @property
    def places(self) -> tuple[Territory, ...]:
        """Every place this reader may read, each once."""
        return tuple(dict.fromkeys(grant.place for grant in self.grants))

    def has(self, role: Role) -> bool:
        """Tell whether this reader holds the role somewhere."""
        return any(grant.role.includes(role) for grant in self.grants)

    def may(self, session: Session, role: Role, asked: Territory | str) -> bool:
        """Tell whether one of the grants gives the role over all of a territory, or the school with this UAI."""
        return any(
            grant.role.includes(role) and (grant.place in (NATION, asked) or not outside(session, asked, grant.place))
            for grant in self.grants
        )

    def reads(self, session: Session, asked: Territory | str) -> bool:
        """Tell whether all of a territory, or the school with this UAI, may be read."""
        return self.may(session, Role.LECTEUR, asked)

    def check(self, session: Session, asked: Territory | str, role: Role = Role.LECTEUR) -> None:
        """Raise `Problem` 403 unless `may`."""
        if not self.may(session, role, asked):
            raise self.refusal(role)

    def refusal(self, role: Role) -> Problem:
        """Say what this reader may do instead; nothing of what was asked."""
        held = ", ".join(f"{grant.role} sur « {grant.place} »" for grant in self.grants)
        if self.has(role):
            return Problem(403, f"Cela n'est pas dans votre territoire. Vous êtes {held}.")
        return Problem(403, f"Il faut être {role} pour cela. Vous êtes {held}.")
