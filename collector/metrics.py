"""How is the collector doing, for Prometheus? Requests by route, and schools by outcome for each académie.

Few series on purpose: never one per school or workstation, and no address as asked, only its route.
"""

import time
from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checks.model import Outcome
from checks.wire import REPORTS_PATH
from collector.store.engine import Store
from collector.store.summaries import Scope as Schools
from collector.store.summaries import totals_by
from collector.territory import NATION

router = APIRouter(include_in_schema=False)

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_UNKNOWN: Final = "unknown"
"""The route of what was asked and is no route: else anybody could make series."""
_KEPT_S: Final = 15
"""Seconds for which schools are not counted again, however often Prometheus asks."""


class Metrics:
    """What one process has seen; several processes are several targets."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        named = ("method", "route")
        self._seconds = Histogram(
            "preau_request_seconds", "Time to answer.", named, buckets=_BUCKETS, registry=self.registry
        )
        self._answers = Counter("preau_answers", "Answers by status.", (*named, "status"), registry=self.registry)
        self._report_seconds = self._seconds.labels("POST", REPORTS_PATH)

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answer under its route."""
        route = getattr(scope.get("route"), "path", _UNKNOWN)
        method = scope["method"] if route != _UNKNOWN else _UNKNOWN
        self._seconds.labels(method, route).observe(seconds)
        self._answers.labels(method, route, str(status)).inc()

    def observe_report(self, status: int, seconds: float) -> None:
        """Count the answer to a report, which is given before any route is looked for."""
        self._report_seconds.observe(seconds)
        self._answers.labels("POST", REPORTS_PATH, str(status)).inc()


class _Schools:
    """Counts the schools when Prometheus asks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: tuple[float, list[GaugeMetricFamily]] | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield schools by outcome and workstations measured and expected, for each académie."""
        if self._kept is None or time.monotonic() - self._kept[0] > _KEPT_S:
            self._kept = (time.monotonic(), self._counted())
        yield from self._kept[1]

    def _counted(self) -> list[GaugeMetricFamily]:
        schools = GaugeMetricFamily("preau_schools", "Open schools by outcome.", labels=("academie", "outcome"))
        measured = GaugeMetricFamily("preau_workstations_measured", "Measured workstations.", labels=("academie",))
        expected = GaugeMetricFamily("preau_workstations_expected", "Expected workstations.", labels=("academie",))
        with self._store.reading() as session:
            found = totals_by(session, Schools(territory=NATION).clauses(), ("academie",))
        for (code,), totals in sorted(found.items(), key=lambda pair: str(pair[0])):
            for outcome in Outcome:
                schools.add_metric((str(code), outcome.value), getattr(totals.schools, outcome.value))
            measured.add_metric((str(code),), totals.workstations.measured)
            expected.add_metric((str(code),), totals.workstations.expected or 0)
        return [schools, measured, expected]


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Give Prometheus what it asks."""
    found: Metrics = request.app.state.metrics
    schools = CollectorRegistry()
    schools.register(_schools(request.app))
    return Response(generate_latest(found.registry) + generate_latest(schools), media_type=CONTENT_TYPE_LATEST)


def _schools(app: FastAPI) -> Any:
    if getattr(app.state, "counted_schools", None) is None:
        app.state.counted_schools = _Schools(app.state.store)
    return app.state.counted_schools


class Counted:
    """Counts the answers of an app. A plain ASGI class: reports come by the thousand a second."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its answer once it is sent."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), 500

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            return await self.app(scope, receive, send_counted)
        finally:
            self.metrics.observe(scope, status, time.perf_counter() - start)
