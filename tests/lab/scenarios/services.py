"""Faults of a service itself, the same for everybody."""

from typing import Final

from tests.lab.scenario import Scenario

SCENARIOS: Final = (
    Scenario(
        name="service_closed",
        fault="a service refuses connections, from everywhere",
        variant="ferme",
        expect={"reach": "service_down:editor", "tls": "<reach", "page": "<reach"},
    ),
    Scenario(
        name="service_expired",
        fault="a service's certificate has expired, for everybody",
        variant="perime",
        expect={"tls": "service_certificate_faulty:editor", "page": "<tls"},
    ),
    Scenario(
        name="service_error",
        fault="a service answers everybody by an error",
        variant="erreur",
        expect={"page": "page_error:editor"},
    ),
    Scenario(
        name="service_page_changed",
        fault="a service's known page has changed, for everybody",
        variant="change",
        expect={"page": "page_changed:editor"},
        outcome=None,
    ),
    Scenario(
        name="service_name_gone",
        fault="a name of the profile exists nowhere any more",
        variant="disparu",
        expect={"dns": "name_gone:editor", "reach": "<dns", "tls": "<dns", "page": "<dns"},
    ),
)
