"""What is the collector, as an application? Its rooms, put together."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import anyio.to_thread
from fastapi import Depends, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from checks import VERSION
from collector import agent_api, headers, measure, metrics, pages, problems, profiles_api, readiness_api
from collector.access import guard, require_rules
from collector.control import look_at_all
from collector.enrolling import api as enrolling_api
from collector.enrolling import pages as enrolling_pages
from collector.enrolling import workstation_api, workstation_pages
from collector.exports import routes as exports
from collector.front import Fronted
from collector.pages.standing import standings
from collector.people import pages as people_pages
from collector.people.forms import is_https
from collector.plan import contact_pages
from collector.plan import pages as plan
from collector.retention import ClockJumped, purge_in_time
from collector.settings import Settings
from collector.signing import Keys, open_keys
from collector.store import DBAPIError
from collector.store.engine import Store
from collector.store.rolled_up import EVERY_S
from collector.store.schema import SchemaError, require_present
from collector.store.snapshots import Snapshots
from collector.store.sweeping import sweep_all
from collector.store.trouble import is_damaged
from collector.sums import rolled_up
from collector.test_page import routes as test_page

SWEEP_EVERY_S: Final = 3600
PURGE_EVERY_S: Final = 3600

log = logging.getLogger(__name__)


def create_app(settings: Settings, *, loaded: Callable[[], None] = lambda: None) -> FastAPI:
    """Put the collector together; raises `RulesError` when a route has no rule.

    It does not start, with `SchemaError` or `KeyFileError`, on a database or a key that it cannot use. `loaded` is
    called once it holds what lives as long as the process, before it serves.
    """
    app = Fronted(
        title="Préau",
        version=VERSION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(guard)],
    )
    app.state.settings, app.state.loaded = settings, loaded
    problems.install(app)
    app.add_middleware(headers.SecurityHeaders, is_https=is_https(settings))
    app.state.metrics = metrics.Metrics()
    for room in (
        agent_api,
        measure,
        readiness_api,
        profiles_api,
        exports,
        pages,
        plan,
        test_page,
        enrolling_api,
        workstation_api,
        metrics,
    ):
        app.include_router(room.router)
    for hidden in (people_pages, enrolling_pages, workstation_pages, contact_pages):
        app.include_router(hidden.router, include_in_schema=False)
    app.add_api_route("/healthz", _healthz, include_in_schema=False)
    app.add_api_route("/readyz", _readyz, include_in_schema=False)
    require_rules(app)
    app.add_middleware(metrics.Counted, metrics=app.state.metrics)  # the last one added is the first one asked
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the keys and the store, and do what time asks for while the app is up."""
    settings: Settings = app.state.settings
    app.state.keys = open_keys(settings)
    with Store(settings.url) as store:
        await run_in_threadpool(require_present, store.engine)
        app.state.store = store
        await run_in_threadpool(rolled_up(app).keep_warm)  # who asks first waits for nothing
        app.state.loaded()
        tasks = (
            asyncio.create_task(_again(settings.control_minutes * 60, partial(look_at_all, store, settings))),
            asyncio.create_task(_again(SWEEP_EVERY_S, partial(_sweep, store))),
            asyncio.create_task(_again(EVERY_S, rolled_up(app).keep_warm)),
            *(asyncio.create_task(_again(max(1, settings.snapshot_s), kept.keep_warm)) for kept in snapshots(app)),
            asyncio.create_task(_again(PURGE_EVERY_S, partial(_purge, store, app.state.keys))),
        )
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for kept in snapshots(app):
                kept.close()


def snapshots(app: FastAPI) -> tuple[Snapshots[Any, Any], ...]:
    """Return what this process keeps up to date of territories."""
    return standings(app), plan.plans(app)


async def _again(seconds: int, work: Callable[[], Any]) -> None:
    """Do some work now and then every so many seconds; a failure is logged, once while it lasts, and tried again."""
    failing = ""
    while True:
        try:
            await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
            failing = ""
        except Exception as error:
            if repr(error) != failing:
                failing = repr(error)
                log.exception("a regular task failed, and will be tried again in %s s", seconds)
        await asyncio.sleep(seconds)


def _sweep(store: Store) -> int:
    return sweep_all(store, int(time.time()))


def _purge(store: Store, keys: Keys) -> None:
    try:
        purge_in_time(store, keys, int(time.time()))
    except ClockJumped as jumped:
        log.warning("%s", jumped)


async def _healthz() -> JSONResponse:
    """Tell that the process is alive."""
    return JSONResponse({"status": "ok"})


def _readyz(request: Request) -> JSONResponse:
    """Tell whether requests can be answered: the database does, and is at the present version."""
    try:
        require_present(request.app.state.store.engine)
    except SchemaError as error:
        return JSONResponse({"status": "unavailable", "reason": str(error)}, 503)
    except DBAPIError as error:
        reason = "la base de données est abîmée" if is_damaged(error) else "la base de données ne répond pas"
        return JSONResponse({"status": "unavailable", "reason": reason}, 503)
    return JSONResponse({"status": "ok"})
