"""Where is this workstation now? A person says that it left, came back, moved, or is another one reinstalled."""

import re
import time
from collections.abc import Callable
from typing import Final, TypeVar

from collector.enrolling.codes import Refused
from collector.store import Session, moves
from collector.store.audit import record
from collector.store.engine import Store
from collector.tables import Workstation

T = TypeVar("T")
TAG: Final = re.compile(r"[A-Za-z0-9-]{1,8}")


def retire(store: Store, name: str, actor: str) -> None:
    """Count a workstation no more: it left its school. Raises `Refused`."""

    def work(session: Session, now: int) -> None:
        workstation = _present(session, name)
        moves.retire(session, workstation.id, now)
        record(session, now, actor, "workstation_retired", workstation.id, school=workstation.uai)

    _write(store, work)


def bring_back(store: Store, name: str, actor: str) -> str:
    """Count a retired workstation again; returns its tag. Raises `Refused`."""

    def work(session: Session, now: int) -> str:
        workstation = _named(session, name)
        if workstation.state != "retired":
            raise Refused(f"le poste {workstation.tag} n'est pas retiré : il n'y a rien à remettre")
        tag = moves.bring_back(session, workstation.id, now)
        record(session, now, actor, "workstation_returned", workstation.id, school=workstation.uai)
        return tag

    return _write(store, work)


def move(
    store: Store,
    name: str,
    uai: str,
    actor: str,
    *,
    tag: str | None = None,
    allowed: Callable[[Session], None] = lambda _: None,
) -> str:
    """Count a workstation in another school; returns its tag there. Raises `Refused`, and what `allowed` raises."""
    if tag is not None and not TAG.fullmatch(tag):
        raise Refused(f"« {tag[:20]} » n'est pas une étiquette : 1 à 8 lettres sans accent, chiffres ou tirets")

    def work(session: Session, now: int) -> str:
        workstation = _present(session, name)
        allowed(session)
        before = workstation.uai
        if before == uai:
            raise Refused(f"le poste {workstation.tag} est déjà dans l'école {uai}")
        if moves.open_school(session, uai) is None:
            raise Refused(f"aucune école ouverte n'a le code UAI {uai} dans l'annuaire importé")
        given = moves.transfer(session, workstation.id, uai, tag, now)
        record(session, now, actor, "workstation_moved", workstation.id, before=before, after=uai)
        return given

    return _write(store, work)


def replace(store: Store, old_name: str, new_name: str, actor: str) -> str:
    """Count only the newer of two workstations that are one machine; returns the tag it takes. Raises `Refused`."""

    def work(session: Session, now: int) -> str:
        old, new = _named(session, old_name), _present(session, new_name)
        if old.id == new.id:
            raise Refused("un poste ne se remplace pas lui-même : nommer l'ancien, puis le nouveau")
        if old.uai != new.uai:
            raise Refused(f"l'ancien poste est de l'école {old.uai}, le nouveau de {new.uai} : déplacer d'abord l'un")
        if new.state not in ("active", "pending"):
            raise Refused(f"le poste {new.tag} est écarté : décider d'abord s'il compte (workstation accept)")
        taken = moves.holder_of(session, new.uai, old.tag)
        if taken is not None and taken.id not in (old.id, new.id):
            raise Refused(f"l'étiquette {old.tag} est maintenant celle d'un autre poste ({taken.id})")
        moves.replace(session, old.id, new.id, now)
        record(session, now, actor, "workstation_replaced", old.id, by=new.id, school=new.uai)
        return old.tag

    return _write(store, work)


def _write(store: Store, work: Callable[[Session, int], T]) -> T:
    now = int(time.time())
    return store.write(lambda session: work(session, now))


def _named(session: Session, name: str) -> Workstation:
    found = moves.workstation_named(session, name)
    if found is None:
        raise Refused(f"aucun poste ne porte le nom {name[:80]} : voir preau-collector workstation list UAI")
    return found


def _present(session: Session, name: str) -> Workstation:
    found = _named(session, name)
    if found.state == "retired":
        raise Refused(f"le poste {found.tag} est déjà retiré de l'école {found.uai}")
    return found
