"""GET /api/v1/profile: signed, cacheable, with the school's context and the collector's own look at services."""

import time
from datetime import date
from typing import Any

import pytest

from checks import wire
from checks.machine import FACTS_SCHEMA
from checks.profile import parse
from collector.signing import Keys
from collector.store.engine import Store
from collector.store.generations import publish
from collector.store.profiles import keep_control
from collector.tables import School, ServiceControl
from tests.collector.conftest import MOULIN, PROFILE
from tests.collector.workstation import Workstation, is_signed

pytestmark = pytest.mark.both_databases


def test_it_is_signed_by_the_collector_and_its_text_by_the_profiles_key(workstation: Workstation, keys: Keys) -> None:
    answer = workstation.profile()
    assert answer.status_code == 200
    assert is_signed(answer, "profile", keys.collector.verify_key.encode())
    said = answer.json()
    assert parse(said["profile"]["toml"]).id == said["profile"]["id"] == "tests"
    signature = wire.from_base64(said["profile"]["signature"])
    keys.profile.verify_key.verify(wire.requirements_message(said["profile"]["toml"]), signature)
    assert (said["protocol"], said["facts_schema"], said["context"]) == (1, FACTS_SCHEMA, {"opens_on": None})
    assert said["controls_fresh_s"] > 0


def test_it_carries_the_schools_context_and_the_control(workstation: Workstation, filled: Store) -> None:
    def change(session: Any) -> None:
        session.get_one(School, MOULIN).opens_on = date(2027, 1, 4)
        keep_control(session, ServiceControl(profile_id="tests", service="ent", checked_at=7, failure="timeout"))

    filled.write(change)
    said = workstation.profile().json()
    assert said["context"] == {"opens_on": "2027-01-04"}
    (control,) = said["controls"]
    assert (control["service"], control["checked_at"], control["failure"]) == ("ent", 7, "timeout")


def test_what_has_not_changed_is_not_sent_again(workstation: Workstation, filled: Store) -> None:
    first = workstation.profile()
    again = workstation.profile(**{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

    def change(session: Any) -> None:
        session.get_one(School, MOULIN).opens_on = date(2027, 1, 4)

    filled.write(change)
    assert workstation.profile(**{"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_school_has_its_own_profile(workstation: Workstation, filled: Store, keys: Keys) -> None:
    def change(session: Any) -> None:
        toml = PROFILE.replace('id = "tests"', 'id = "autre"')
        publish(session, parse(toml), toml, keys.sign_profile(toml), int(time.time()))
        session.get_one(School, MOULIN).profile_id = "autre"

    filled.write(change)
    assert workstation.profile().json()["profile"]["id"] == "autre"


def test_nobody_unknown_is_answered(workstation: Workstation) -> None:
    answer = workstation.profile(**{wire.KEY_ID_HEADER: "0" * 32})
    assert (answer.status_code, wire.SIGNATURE_HEADER in answer.headers) == (401, False)
