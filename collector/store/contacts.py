"""Whom to write to, for an actor, in a territory? The nearest territory that has somebody decides."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlmodel import Session, col, select

from checks.actors import Actor
from collector.plan.tables import Contact
from collector.territory import Territory

NEAREST_FIRST: Final = ("commune", "epci", "circonscription", "departement", "wave", "academie", "nation")
"""A commune's own contact is better than its département's."""


def contacts_of(session: Session, territory: Territory) -> list[Contact]:
    """Return the contacts written for a territory itself, by actor and name."""
    query = select(Contact).where(Contact.territory == str(territory))
    return list(session.exec(query.order_by(Contact.actor, Contact.name, col(Contact.id))).all())


def nearest(session: Session, places: Iterable[Territory]) -> Mapping[Actor, Sequence[Contact]]:
    """Return, for each actor that has some, the contacts of the nearest of these territories."""
    wanted = {str(place): NEAREST_FIRST.index(place.kind) for place in places if place.kind in NEAREST_FIRST}
    found = session.exec(select(Contact).where(col(Contact.territory).in_(wanted))).all()
    by_actor: dict[Actor, list[Contact]] = {}
    for contact in sorted(found, key=lambda c: (wanted[c.territory], c.name, c.id or 0)):
        held = by_actor.setdefault(Actor(contact.actor), [])
        if not held or held[0].territory == contact.territory:
            held.append(contact)
    return by_actor


def add_contact(session: Session, contact: Contact) -> bool:
    """Keep a contact; the same address for the same actor there is written over. Tells whether it is a new one."""
    same = select(Contact).where(
        Contact.territory == contact.territory, Contact.actor == contact.actor, Contact.email == contact.email
    )
    held = session.exec(same).first()
    if held is None:
        session.add(contact)
    else:
        held.name, held.phone, held.added_at = contact.name, contact.phone, contact.added_at
    session.flush()
    return held is None


def remove_contact(session: Session, id_: int, territory: Territory) -> bool:
    """Take a contact of this territory away; tells whether there was one."""
    held = session.get(Contact, id_)
    if held is None or held.territory != str(territory):
        return False
    session.delete(held)
    session.flush()
    return True
