"""How does a workstation become known? With its school's code, and a key made on the workstation."""

import time
from datetime import UTC, datetime

from checks import wire as protocol
from collector.envelope import Answer, Envelope
from collector.problems import Problem
from collector.signing import Keys, verified
from collector.store import Session
from collector.store.engine import Store
from collector.store.enrolments import find_code, free_tag, lock_school, tags_of
from collector.store.standing import moving
from collector.tables import EnrolmentCode, School, Workstation, WorkstationKey
from collector.wire import Enrolment, Unreadable, parse

OVER_QUOTA = "Le code de l'école a déjà servi autant de fois que prévu : ce poste attend d'être accepté."
REINSTALLED = (
    "L'étiquette « {} » est celle d'un autre poste : si c'est le même, réinstallé, une personne doit le confirmer ; "
    "ce poste attend d'être accepté."
)


async def enrol(store: Store, keys: Keys, envelope: Envelope) -> Answer:
    """Enrol a workstation, or answer again one that is; raises `Problem`, `Busy`."""
    asked, public_key = _read(envelope)
    return await store.write_async(lambda session: _keep(session, keys, asked, public_key, int(time.time())))


def enrol_carried(session: Session, keys: Keys, envelope: Envelope, now: int) -> Answer:
    """Enrol a workstation whose request somebody carried here; raises `Problem`."""
    asked, public_key = _read(envelope)
    return _keep(session, keys, asked, public_key, now)


def _read(envelope: Envelope) -> tuple[Enrolment, bytes]:
    """Return what is asked, and the key that signed it; raises `Problem`."""
    if envelope.content_type != "application/json":
        raise Problem(415, "Un enrôlement est du JSON (application/json).", field="Content-Type")
    try:
        asked = parse(Enrolment, envelope.body)
        public_key = protocol.from_base64(asked.public_key)
    except Unreadable as error:
        raise Problem(422, f"L'enrôlement est refusé : {error}.", field=error.field) from None
    except ValueError:
        raise Problem(422, "La clé du poste n'est pas du base64.", field="public_key") from None
    signed = verified(public_key, envelope.message, envelope.signature)
    if not signed or protocol.key_id(public_key) != envelope.key_id:
        raise Problem(401, "La demande n'est pas signée par la clé qu'elle présente.")
    return asked, public_key


def _keep(session: Session, keys: Keys, asked: Enrolment, public_key: bytes, now: int) -> Answer:
    code = _usable(find_code(session, asked.code), now)
    school = lock_school(session, code.uai)  # its tags and its quota are counted by one writer at a time
    known = session.get(WorkstationKey, protocol.key_id(public_key))
    if known is not None:
        workstation = session.get_one(Workstation, known.workstation_id)
        if workstation.uai != school.uai:
            raise Problem(409, "Cette clé est déjà enrôlée dans une autre école.", field="public_key")
        return _answer(keys, 200, known, workstation, school)
    if session.get(Workstation, str(asked.workstation_id)) is not None:
        raise Problem(409, "Ce poste est déjà enrôlé avec une autre clé.", field="workstation_id")
    taken = tags_of(session, school.uai)
    tag, replaces = free_tag(asked.tag, taken), taken.get(asked.tag or "")
    reason = OVER_QUOTA if code.uses >= code.max_uses else ""
    if replaces is not None:  # both at once would count one machine twice
        reason = REINSTALLED.format(asked.tag)
    code.uses, code.last_used_at = code.uses + 1, now
    workstation = Workstation(
        id=str(asked.workstation_id),
        uai=school.uai,
        tag=tag,
        place=asked.place,
        state="pending" if reason else "active",
        replaces=replaces,
    )
    with moving(session, [workstation.id], now, "report"):
        session.add(workstation)
        session.flush()
        key = WorkstationKey(
            key_id=protocol.key_id(public_key),
            workstation_id=workstation.id,
            public_key=public_key,
            state=workstation.state,
            reason=reason,
            code_id=code.id,
            enrolled_at=now,
        )
        session.add(key)
    return _answer(keys, 201, key, workstation, school)


def _usable(code: EnrolmentCode | None, now: int) -> EnrolmentCode:
    if code is None:
        raise Problem(403, "Ce code d'enrôlement n'existe pas : vérifiez-le sur la feuille de l'école.", field="code")
    if code.revoked_at is not None:
        raise Problem(403, "Ce code d'enrôlement a été retiré : demandez-en un nouveau.", field="code")
    if code.expires_at <= now:
        day = datetime.fromtimestamp(code.expires_at, UTC)
        raise Problem(403, f"Ce code d'enrôlement a expiré le {day:%d/%m/%Y} : demandez-en un nouveau.", field="code")
    return code


def _answer(keys: Keys, status: int, key: WorkstationKey, workstation: Workstation, school: School) -> Answer:
    body = protocol.to_json(
        {
            "protocol": protocol.PROTOCOL,
            "key_id": key.key_id,
            "workstation_id": workstation.id,
            "uai": school.uai,
            "school": school.name,
            "commune": school.commune_name,
            "tag": workstation.tag,
            "place": workstation.place,
            "state": key.state,
            "reason": key.reason,
            "keys": keys.collector_keys,
            "profile_keys": keys.profile_keys,
        }
    )
    return Answer(status=status, body=body, signature=keys.sign_answer("enrolment", body))
