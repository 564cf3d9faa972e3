import json
import time
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from checks.model import Outcome
from collector.store import Session
from collector.store.engine import Store
from collector.store.tries import TRIES_KEPT, keep_try, tries_of
from collector.tables import PageCode
from collector.test_page.judged import devices_of
from collector.test_page_cli import make_page_code
from tests.collector.conftest import CLOSED, MOULIN, TOKEN

pytestmark = pytest.mark.both_databases
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": CHROME}
WORKS = {
    "present": ["javascript", "modern_javascript", "cookies", "popups", "storage"],
    "absent": [],
    "images": [{"service": "ent", "shown": True, "took_ms": 120}],
    "round_trips_us": [40_000, 42_000, 38_000, 41_000],
}


@pytest.fixture
def code(filled: Store) -> str:
    return make_page_code(filled, MOULIN, days=90)


def answer(client: TestClient, code: str, said: object = None, **fields: str):
    if said is not None:
        fields["answer"] = json.dumps(said)
    return client.post(f"/test/{code}", content=urlencode({"kind": "tablette"} | fields), headers=FORM)


def readiness(client: TestClient):
    answered = client.get(f"/api/v1/schools/{MOULIN}/readiness", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    return {key: value for key, value in answered.items() if key != "as_of"}


def devices(store: Store):
    with store.reading() as session:
        return devices_of(session, MOULIN)


def test_the_page_names_the_school_and_what_is_tried_and_nothing_else_may_be_asked(
    client: TestClient, code: str
) -> None:
    shown = client.get(f"/test/{code.lower()}")  # as somebody types it
    assert shown.status_code == 200
    assert "École du Moulin, Montcartable (0990019H)" in shown.text
    assert 'data-url="https://ent.example.fr/logo.png"' in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert "img-src 'self' https://ent.example.fr/logo.png;" in policy
    assert "unsafe" not in policy


def test_a_browser_that_can_do_it_all_is_ready_and_counted_apart(client: TestClient, code: str, filled: Store) -> None:
    before = readiness(client)
    result = answer(client, code, WORKS, number="7")
    assert result.status_code == 200
    assert "</span> Prêt</span> pour Profil des tests" in result.text
    (device,) = devices(filled)
    assert (device.label, device.outcome) == ("tablette 7", Outcome.READY)
    assert readiness(client) == before


def test_without_javascript_the_form_still_says_what_is_wrong_and_who_acts(
    client: TestClient, code: str, filled: Store
) -> None:
    result = answer(client, code)
    assert "JavaScript est désactivé dans ce navigateur." in result.text
    assert "À faire par la commune" in result.text
    assert [(d.label, d.outcome) for d in devices(filled)] == [("tablette", Outcome.BLOCKED)]


def test_the_schools_page_shows_its_devices_apart(client: TestClient, code: str) -> None:
    path, reading = f"/ecoles/{MOULIN}", {"Authorization": f"Bearer {TOKEN}"}
    assert "Essais au navigateur" not in client.get(path, headers=reading).text
    answer(client, code, number="7")
    shown = client.get(path, headers=reading).text
    assert "Essais au navigateur" in shown
    assert "Tablette 7" in shown
    assert "JavaScript est désactivé dans ce navigateur." in shown.partition("Essais au navigateur")[2]


def test_a_service_that_does_not_show_blocks(client: TestClient, code: str, filled: Store) -> None:
    answer(client, code, WORKS | {"images": [{"service": "ent", "shown": False, "took_ms": 8000}]})
    (device,) = devices(filled)
    assert device.outcome is Outcome.BLOCKED
    assert device.verdicts["browser.services"].cause == "image_not_shown"


def test_a_numbered_device_is_tried_again_in_place_of_its_last_try(
    client: TestClient, code: str, filled: Store
) -> None:
    answer(client, code, number="7")
    answer(client, code, WORKS, number="7")
    answer(client, code, WORKS, number="8")
    assert [(d.label, d.outcome) for d in devices(filled)] == [
        ("tablette 7", Outcome.READY),
        ("tablette 8", Outcome.READY),
    ]


@pytest.mark.parametrize("said", ['{"present": ["<script>alert(1)</script>"]}', "{", "[" * 9000, '"ok"'])
def test_nonsense_gets_a_clear_page_and_is_neither_shown_back_nor_kept(
    client: TestClient, code: str, filled: Store, said: str
) -> None:
    result = client.post(f"/test/{code}", content=urlencode({"kind": "autre", "answer": said}), headers=FORM)
    assert result.status_code == 400
    assert "La réponse de ce navigateur est illisible" in result.text
    assert "alert" not in result.text
    assert devices(filled) == []


def test_too_long_an_answer_is_not_read_whole(client: TestClient, code: str) -> None:
    assert client.post(f"/test/{code}", content=b"answer=" + b"x" * 20_000, headers=FORM).status_code == 400


def test_an_unknown_code_and_one_that_is_over_say_what_to_do(client: TestClient, code: str, filled: Store) -> None:
    unknown = client.get("/test/0000-0000-0000")
    assert unknown.status_code == 404
    assert "Demandez une nouvelle adresse" in unknown.text

    def expire(session: Session) -> None:
        session.get_one(PageCode, 1).expires_at = int(time.time())

    filled.write(expire)
    assert client.get(f"/test/{code}").status_code == 410
    over = answer(client, code, WORKS)
    assert over.status_code == 410
    assert "est plus ouverte" in over.text
    assert devices(filled) == []


def test_the_code_enrols_nothing_and_reads_nothing(client: TestClient, code: str) -> None:
    headers = {"Authorization": f"Bearer {code}"}
    assert client.get(f"/api/v1/schools/{MOULIN}/readiness", headers=headers).status_code == 401


def test_a_closed_school_has_no_page(filled: Store) -> None:
    with pytest.raises(ValueError, match="aucune école ouverte"):
        make_page_code(filled, CLOSED, days=90)


def test_tries_of_a_school_are_bounded(filled: Store) -> None:
    def fill(session: Session) -> None:
        for at in range(TRIES_KEPT + 5):
            keep_try(session, MOULIN, "autre", None, at, b"")

    filled.write(fill)
    with filled.reading() as session:
        kept = [test.observed_at for test in tries_of(session, MOULIN)]
    assert sorted(kept) == list(range(5, TRIES_KEPT + 5))


def test_the_page_may_measure_the_line_once(client: TestClient, code: str) -> None:
    given = client.post(f"/test/{code}/bail")
    assert given.status_code == 201
    carried = {"Preau-Lease": given.json()["lease"]}
    assert len(client.get("/measure/down?bytes=1000", headers=carried).content) == 1000
    assert client.post("/measure/up", content=b"x" * 500, headers=carried).text == "500\n"
    assert client.post(f"/test/{code}/bail").status_code == 409
    assert client.post("/test/0000-0000-0000/bail").status_code == 404


def test_the_socket_sends_back_its_one_word(client: TestClient, code: str) -> None:
    with client.websocket_connect(f"/test/{code}/ws") as socket:
        socket.send_text("preau")
        assert socket.receive_text() == "preau"
