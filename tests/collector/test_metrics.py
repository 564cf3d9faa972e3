"""Prometheus reads few series: routes, never addresses; académies, never schools."""

import time
from pathlib import Path

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from collector.people.roles import Role
from tests.collector.measured import MOULIN, fill_database, open_app


def test_what_prometheus_reads(tmp_path: Path) -> None:
    app, store = open_app(tmp_path, role=Role.EXPLOITANT)
    with store:
        fill_database(store, int(time.time()))
        client = TestClient(app)
        for path in ("/", f"/ecoles/{MOULIN}", "/ecoles/0311131L", "/nulle-part/1", "/nulle-part/2", "/recherche?q=x"):
            client.get(path)
        text = client.get("/metrics").text
    found = {
        (s.name, tuple(sorted(s.labels.items()))): s.value
        for f in text_string_to_metric_families(text)
        for s in f.samples
    }
    schools = {dict(labels)["outcome"]: value for (name, labels), value in found.items() if name == "preau_schools"}
    assert schools == {"ready": 1, "at_risk": 1, "blocked": 2, "unmeasured": 36}
    assert found["preau_workstations_measured", (("academie", "99"),)] == 25
    answers = {tuple(dict(labels).values()): v for (name, labels), v in found.items() if name == "preau_answers_total"}
    assert answers["GET", "/ecoles/{uai}", "200"] == 1
    assert answers["GET", "/ecoles/{uai}", "404"] == 1
    assert answers["unknown", "unknown", "404"] == 2
    assert MOULIN not in text
    assert "nulle-part" not in text
    assert len(found) < 200
