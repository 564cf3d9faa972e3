"""How is a director's link made and withdrawn?"""

import time

from collector.enrolling.codes import Refused
from collector.people.signing_in import make_link
from collector.people.tables import ReadingLink
from collector.store import Session
from collector.store.audit import record
from collector.store.engine import Store
from collector.tables import School
from collector.territory import SCHOOL_KIND


def make(store: Store, uai: str, actor: str, days: int) -> str:
    """Make a link that reads a school, and return its secret: this is the only time it is seen. Raises `Refused`."""
    now = int(time.time())

    def work(session: Session) -> str:
        if session.get(School, uai) is None:
            raise Refused(f"aucune école n'a le code UAI {uai} : importez d'abord l'annuaire")
        return make_link(session, actor, f"{SCHOOL_KIND}:{uai}", now, days * 86_400)

    return store.write(work)


def revoke(store: Store, number: int, actor: str) -> None:
    """Withdraw a link; whoever reads by it stops at once. Raises `Refused`."""
    now = int(time.time())

    def work(session: Session) -> None:
        link = session.get(ReadingLink, number)
        if link is None:
            raise Refused(f"aucun lien ne porte le numéro {number} : voir preau-collector link list")
        if link.revoked_at is None:
            link.revoked_at = now
            record(session, now, actor, "link_revoked", link.place, link=number)

    store.write(work)
