"""Where are the sums of territories that this process keeps? One of them serves the API and the pages alike."""

from fastapi import FastAPI

from collector.store.rolled_up import RolledUp


def rolled_up(app: FastAPI) -> RolledUp:
    """Return the sums this process keeps, begun by the first who asks."""
    held: RolledUp | None = getattr(app.state, "rolled_up", None)
    if held is None:
        held = app.state.rolled_up = RolledUp(app.state.store, app.state.settings.snapshot_s)
    return held
