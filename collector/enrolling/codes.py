"""How is a school's enrolment code made, listed and withdrawn?"""

import json
import secrets
import time
from dataclasses import dataclass

from checks import wire
from collector.refusals import Told
from collector.store import Session
from collector.store.audit import record
from collector.store.engine import Store
from collector.store.enrolments import add_code
from collector.tables import EnrolmentCode, School


class Refused(Told, ValueError):
    """Something that cannot be done; the message says why, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A code that was just made: this is the only time it is seen."""

    code: wire.Code
    school: str
    commune: str
    max_uses: int
    expires_at: int


def make(store: Store, fingerprint: str, uai: str, actor: str, *, uses: int | None = None, days: int = 21) -> Made:
    """Make a code for a school; raises `Refused`."""
    secret, now = "".join(secrets.choice(wire.CODE_ALPHABET) for _ in range(wire.SECRET_LENGTH)), int(time.time())

    def keep(session: Session) -> Made:
        school = session.get(School, uai)
        if school is None or not school.is_open:
            raise Refused(f"aucune école ouverte n'a le code UAI {uai} : importez d'abord l'annuaire")
        row = add_code(session, school, secret, now, uses=uses, days=days)
        record(session, now, actor, "code_made", uai, code=row.id or 0, uses=row.max_uses)
        return Made(
            code=wire.Code(fingerprint=fingerprint, secret=secret),
            school=school.name,
            commune=school.commune_name,
            max_uses=row.max_uses,
            expires_at=row.expires_at,
        )

    return store.write(keep)


def revoke(store: Store, number: int, actor: str) -> None:
    """Withdraw a code; workstations already enrolled stay. Raises `Refused`."""
    now = int(time.time())

    def work(session: Session) -> None:
        code = session.get(EnrolmentCode, number)
        if code is None:
            raise Refused(f"aucun code ne porte le numéro {number} : voir preau-collector code list")
        if code.revoked_at is None:
            code.revoked_at = now
            record(session, now, actor, "code_revoked", code.uai, code=number)

    store.write(work)


def school_file(address: str, code: wire.Code, school: str) -> str:
    """Return the text of `ecole.preau`, what an agent needs to find its collector."""
    return json.dumps({"collector": address, "code": str(code), "school": school}, ensure_ascii=False, indent=1) + "\n"
