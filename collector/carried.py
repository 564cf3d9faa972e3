"""How is a file taken in that somebody carried here, for a workstation without a network?

As its requests would have been, had they come by themselves, but for their dates: nobody knows how long the file was on
its way. They are those of the workstation's own clock, or counted from the day that whoever brings it declares.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Final

import msgspec

from checks import carried, wire
from checks.carried import BadCarried
from collector.dates import short_day
from collector.enrolment import enrol_carried
from collector.envelope import Envelope, is_key_id, open_envelope
from collector.freshness import DAY_S
from collector.ingest import COUNTED, take_group
from collector.problems import Problem
from collector.profile_names import ProfileNames
from collector.refusals import Told
from collector.signing import Keys
from collector.store import Session
from collector.store.audit import record
from collector.store.engine import Store
from collector.store.taking import senders
from collector.tables import School, Workstation

AHEAD_S: Final = DAY_S
"""How far ahead a workstation's clock may be and still date its reports."""
_YEAR_10000: Final = 253_402_214_400
"""Since 1970, in seconds, less a day for the zone: no date is written from there on."""


class Refused(Told):
    """A file, or a day, that is refused whole: the message says why and what to do, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of one file."""

    school: str
    tag: str
    states: Counter[str]  # of its reports: counted, pending, quarantined, superseded, again
    refused: tuple[str, ...]  # why others of its reports are, in French


def take(store: Store, keys: Keys, text: bytes, declared: date | None, actor: str, now: int) -> Taken:
    """Take in a file, durably and whole; raises `Refused`. Taken in before, it changes nothing.

    `declared`: the day it was made; None to believe the workstation's clock.
    """
    try:
        requests = carried.from_text(text)
        envelopes = [_envelope(request, declared, now) for request in requests]
        return store.write(lambda session: _take(session, keys, envelopes, actor, now))
    except (BadCarried, Problem) as error:
        raise Refused(getattr(error, "detail", None) or str(error)) from None


def _envelope(request: carried.Carried, declared: date | None, now: int) -> Envelope:
    envelope = open_envelope("POST", request.path, request.headers, request.body)
    return replace(envelope, carried_for_s=now - _made_at(envelope.sent_at, declared, now))


def _made_at(sent_at: int, declared: date | None, now: int) -> int:
    """Return when a file was made; raises `Refused` when the workstation's clock cannot tell, or nobody can."""
    oldest = now - wire.MAX_OBSERVED_AGE_S
    if declared is None:
        if not oldest <= sent_at <= now + AHEAD_S:
            said = short_day(sent_at) if sent_at < _YEAR_10000 else "une date impossible"
            raise Refused(f"l'horloge de ce poste disait {said} : donner le jour de la mesure, --on AAAA-MM-JJ")
        return min(sent_at, now)
    made_at = int(datetime.combine(declared, time(12), UTC).timestamp())
    if made_at < oldest or declared > datetime.fromtimestamp(now, UTC).date():
        days = wire.MAX_OBSERVED_AGE_S // DAY_S
        raise Refused(f"le jour déclaré, {declared:%d/%m/%Y}, n'est pas de ces {days} derniers jours")
    return min(made_at, now)


def _take(session: Session, keys: Keys, envelopes: Sequence[Envelope], actor: str, now: int) -> Taken:
    names, states, refused, id_ = ProfileNames().current(session), Counter[str](), list[str](), ""
    for envelope in envelopes:
        if envelope.path == wire.ENROLMENTS_PATH:
            enrol_carried(session, keys, envelope, now)
            continue
        found = senders(session, [envelope.key_id] if is_key_id(envelope.key_id) else [])
        (said,) = take_group(session, keys, [envelope], found, names, now)
        if isinstance(said, Problem):
            raise Refused(f"{said.detail} Un poste jamais enrôlé s'exporte avec le code de son école (--code).")
        id_, body = found[envelope.key_id].workstation_id, msgspec.json.decode(said.body)
        if said.status >= 400:
            refused.append(str(body["detail"]))
        else:
            states["again" if said.status == 200 and body["state"] in COUNTED.values() else body["state"]] += 1
    if not id_:
        raise Refused("ce fichier ne contient aucun relevé")
    workstation = session.get_one(Workstation, id_)
    school = session.get_one(School, workstation.uai)
    record(session, now, actor, "reports_carried", id_, reports=states["counted"] + states["pending"])
    return Taken(school=school.name, tag=workstation.tag, states=states, refused=tuple(refused))
