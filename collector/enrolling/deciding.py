"""May this workstation count? A person says yes or no; on a yes, what was set aside meanwhile counts as well."""

import time
from typing import Any, Final

from pydantic import ValidationError

from checks import wire as protocol
from checks.plain import to_plain
from collector.enrolling.codes import Refused
from collector.facts import Kept
from collector.people.tables import SetAside
from collector.store import Session
from collector.store.audit import record
from collector.store.engine import Store
from collector.store.enrolments import key_of, lock_key
from collector.store.quarantine import let_go, set_aside_of
from collector.store.standing import restate, take_facts
from collector.tables import Workstation, WorkstationKey
from collector.wire import Report, inflate, parse

REFUSED: Final = "Refusé par une personne : ce poste n'est pas compté."


def accept(store: Store, id_: str, actor: str) -> int:
    """Count a workstation (or one of its keys); returns how many reports set aside now count. Raises `Refused`."""
    now = int(time.time())

    def work(session: Session) -> int:
        key = _locked(session, id_)
        key.state, key.reason = "active", ""
        session.get_one(Workstation, key.workstation_id).replaces = None  # it counts beside the one it named
        restate(session, [key.workstation_id], now)
        kept = set_aside_of(session, key.key_id)
        replayed = sum(_replayed(session, key, report, now) for report in kept)
        let_go(session, [key.key_id])
        record(session, now, actor, "workstation_accepted", key.workstation_id, reports=replayed)
        return replayed

    return store.write(work)


def refuse(store: Store, id_: str, actor: str) -> None:
    """Stop counting a workstation (or one of its keys): its next reports are set aside. Raises `Refused`."""
    now = int(time.time())

    def work(session: Session) -> None:
        key = _locked(session, id_)
        key.state, key.reason = "revoked", REFUSED
        restate(session, [key.workstation_id], now)
        record(session, now, actor, "workstation_refused", key.workstation_id)

    store.write(work)


def _locked(session: Session, id_: str) -> WorkstationKey:
    key = key_of(session, id_)
    if key is None:
        raise Refused(f"aucun poste ne porte l'identifiant {id_} : voir preau-collector workstation list UAI")
    return lock_key(session, key.key_id)


def _replayed(session: Session, key: WorkstationKey, report: SetAside, now: int) -> bool:
    """Take in the facts of a report set aside, as of when they were observed; one that is unreadable now is let go."""
    try:
        body = parse(Report, inflate(report.body))
    except (ValueError, ValidationError):
        return False
    facts = {id_: _kept(attempt, report) for id_, attempt in body.attempts().items()}
    take_facts(session, key.workstation_id, facts, now)
    return True


def _kept(attempt: Any, report: SetAside) -> Kept:
    observed_at = protocol.observed_at(
        received_at=report.received_at, sent_at=report.sent_at, measured_at=attempt.measured_at
    )
    facts = None if attempt.facts is None else protocol.to_json(to_plain(attempt.facts))
    return Kept(observed_at=observed_at, facts=facts, fault=attempt.fault)
