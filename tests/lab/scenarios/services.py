"""Faults of a service itself, the same for everybody."""

from typing import Final

from checks.model import Outcome
from tests.lab.scenario import Expected, Scenario

_DOWN: Final[Expected] = {"reach": "service_down:editor", "mtu": "<reach", "tls": "<reach", "page": "<reach"}
_FAULTY: Final[Expected] = {"tls": "service_certificate_faulty:editor", "page": "<tls"}

SCENARIOS: Final = (
    Scenario(name="service_closed", fault="a service refuses connections", variant="ferme", expect=_DOWN),
    Scenario(name="service_silent", fault="a service does not answer", variant="muet", expect=_DOWN),
    Scenario(name="service_expired", fault="a service's certificate has expired", variant="perime", expect=_FAULTY),
    Scenario(name="service_not_yet", fault="a service's certificate is not valid yet", variant="futur", expect=_FAULTY),
    Scenario(
        name="service_wrong_name",
        fault="a service shows another name's certificate",
        variant="autrenom",
        expect=_FAULTY,
    ),
    Scenario(
        name="service_self_signed",
        fault="a service's certificate is signed by an authority of nobody",
        variant="autosigne",
        expect=_FAULTY,
    ),
    Scenario(
        name="service_old_tls",
        fault="a service speaks TLS 1.1 at most",
        variant="vieuxtls",
        expect={"tls": "service_tls_faulty:editor", "page": "<tls"},
    ),
    Scenario(
        name="service_cuts",
        fault="a service cuts every connection after the first words",
        variant="coupe",
        expect={"tls": "service_tls_faulty:editor", "page": "<tls"},
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
        outcome=Outcome.UNMEASURED,
    ),
    Scenario(
        name="service_name_gone",
        fault="a name of the profile exists nowhere any more",
        variant="disparu",
        expect={"dns": "name_gone:editor", "reach": "<dns", "mtu": "<dns", "tls": "<dns", "page": "<dns"},
    ),
)
