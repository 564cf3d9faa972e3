"""Is what was typed, or read from a file, a contact that a text can be sent to?"""

import re
from typing import Final

from checks.actors import ACTOR_NAMES, Actor
from collector.plan.tables import Contact
from collector.territory import Territory

_EMAIL: Final = re.compile(r"[^@\s,;:<>\"'()?&]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE: Final = re.compile(r"[0-9 +().-]{0,30}")
_MOST_NAME: Final = 100


class BadContact(ValueError):
    """A field that cannot be used: `field` names it, `problem` says what is expected, in French."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} : {problem}")
        self.field = field
        self.problem = problem


def contact(territory: Territory, *, actor: str, name: str, email: str, phone: str, now: int) -> Contact:
    """Return the contact that these words make; raises `BadContact`."""
    name, email, phone = " ".join(name.split()), email.strip(), " ".join(phone.split())
    if actor not in set(Actor):
        raise BadContact("acteur", f"« {actor[:40]} » n'est pas un acteur ; acteurs connus : {', '.join(Actor)}")
    if not 0 < len(name) <= _MOST_NAME:
        raise BadContact("nom", f"un nom de service ou de fonction est attendu, de {_MOST_NAME} signes au plus")
    if not (_EMAIL.fullmatch(email) and len(email) <= 254):
        raise BadContact("courriel", f"« {email[:60]} » n'est pas une adresse comme service@exemple.fr")
    if not _PHONE.fullmatch(phone):
        raise BadContact("telephone", f"« {phone[:40]} » n'est pas un numéro : chiffres, espaces, + . - ( ) seulement")
    return Contact(territory=str(territory), actor=actor, name=name, email=email, phone=phone, added_at=now)


ACTOR_CHOICES: Final = tuple((actor.value, ACTOR_NAMES[actor]) for actor in Actor)
"""What a form offers: the word kept, and how people say it."""
