"""What must a workstation measure, and what did the collector see of the services?"""

import hashlib
import json
import time
from typing import Any

from checks import wire as protocol
from checks.machine import FACTS_SCHEMA
from checks.model import Context
from checks.plain import to_plain
from collector.envelope import Answer, Envelope, authenticate
from collector.problems import Problem
from collector.settings import Settings
from collector.signing import Keys
from collector.store.engine import Store
from collector.store.profiles import controls_of, version_for
from collector.store.reruns import asked_of
from collector.tables import School, ServiceControl, Workstation


def profile_answer(store: Store, keys: Keys, settings: Settings, envelope: Envelope) -> Answer:
    """Answer a workstation's request for its profile; raises `Problem` 401, or 404 when none is published."""
    with store.reading() as session:
        key = authenticate(session, envelope)
        workstation = session.get_one(Workstation, key.workstation_id)
        school = session.get_one(School, workstation.uai)
        published = version_for(session, school)
        if published is None:
            raise Problem(404, "Aucun profil n'est encore publié pour cette école.")
        controls = controls_of(session, published.id)
        rerun = asked_of(session, workstation, int(time.time()))
    body = protocol.to_json(
        {
            "protocol": protocol.PROTOCOL,
            "profile": {
                "id": published.id,
                "version": published.version,
                "toml": published.toml,
                "signature": published.signature,
            },
            "context": to_plain(Context(opens_on=school.opens_on)),
            "controls": [_control(control) for control in controls],
            "controls_fresh_s": 3 * 60 * settings.control_minutes,
            "facts_schema": FACTS_SCHEMA,
            "keys": keys.collector_keys,
            "profile_keys": keys.profile_keys,
            # Somebody asked that it measures again: older agents ignore this, others audit and send without waiting.
            **({"rerun": {"asked_at": rerun[0], "checks": rerun[1]}} if rerun else {}),
        }
    )
    return Answer(status=200, body=body, signature=keys.sign_answer("profile", body))


def _control(seen: ServiceControl) -> dict[str, Any]:
    return {
        "service": seen.service,
        "checked_at": seen.checked_at,
        "failure": seen.failure,
        "issuer_sha256": seen.issuer_sha256,
        "leaf_sha256": seen.leaf_sha256,
        "body_sha256": seen.body_sha256,
        "has_known_text": seen.has_known_text,
        "hosts": json.loads(seen.hosts),
        "websocket": seen.websocket,
        "plain_target_sha256": hashlib.sha256(seen.plain_target.encode()).hexdigest() if seen.plain_target else "",
    }
