from dataclasses import replace
from typing import Any

from checks.answers.network import Control
from checks.answers.ways import SocketAnswer
from checks.network.websocket import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, ENT, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(services=(replace(ENT, websocket_path="/direct"),))
SAW = Control(
    service="ent", age_s=60, failure=None, issuer_sha256="", leaf_sha256="", body_sha256="", has_known_text=True
)


def socket(*controls: Control, **seen: Any) -> Facts:
    unseen: dict[str, Any] = {"failure": None, "status": 101, "accepted": True, "answered": True, "filter": "none"}
    answer = SocketAnswer(service="ent", via_proxy=False, took_ms=60, **unseen | seen)
    return Facts(sockets=(answer,), controls=controls)


def refused(status: int | None, *controls: Control, **seen: Any) -> Facts:
    return socket(*controls, status=status, accepted=False, answered=False, **seen)


ROWS = [
    Row("opens and answers", socket(), ASKS, READY, None),
    Row("no service needs one", Facts(sockets=(), controls=()), Requirement(services=(ENT,)), READY, None),
    Row("not asked", Facts(sockets=(), controls=()), ASKS, UNMEASURED, "never_asked"),
    Row("the upgrade was taken away", refused(400, SAW), ASKS, BLOCKED, "websocket_refused"),
    Row("a filter answers", refused(200, filter="squid"), ASKS, BLOCKED, "websocket_refused"),
    Row("the proxy says no", refused(None, failure="proxy_refused"), ASKS, BLOCKED, "websocket_refused"),
    Row("opens and carries nothing", socket(answered=False), ASKS, BLOCKED, "websocket_silent"),
    Row("nothing comes", refused(None, failure="timeout"), ASKS, BLOCKED, "websocket_silent"),
    Row("cut", refused(None, failure="reset"), ASKS, BLOCKED, "websocket_cut"),
    Row("cut otherwise", refused(None, failure="other"), ASKS, BLOCKED, "websocket_cut"),
    Row("unknown path, nobody to compare with", refused(404), ASKS, UNMEASURED, "websocket_not_there"),
    Row("unknown path here only", refused(404, SAW), ASKS, BLOCKED, "websocket_refused"),
    Row(
        "nor for the collector",
        refused(502, replace(SAW, websocket="not_http")),
        ASKS,
        BLOCKED,
        "service_websocket_down",
    ),
]
test_judge = judge_test(CHECK, ROWS)
