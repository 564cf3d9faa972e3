"""What must each actor of a school do, and how many workstations does that unblock?"""

from collections.abc import Iterable, Sequence

from checks.actors import DEFAULT_ACTORS, Actor
from checks.decide import remedy_of
from checks.model import Outcome
from collector.answers import ActionAnswer
from collector.tally import Cause, Station


def actions(causes: Iterable[Cause], measured: Sequence[Station]) -> tuple[ActionAnswer, ...]:
    """Turn the causes of a school into actions; those that unblock most workstations first."""
    found = [_action(cause, measured) for cause in causes]
    return tuple(sorted(found, key=lambda a: (-a.unblocks, -a.workstations)))


def by_actor(found: Iterable[ActionAnswer]) -> list[tuple[Actor, list[ActionAnswer]]]:
    """Group actions by who has to do them, keeping their order."""
    groups: dict[Actor, list[ActionAnswer]] = {}
    for action in found:
        groups.setdefault(action.actor, []).append(action)
    return list(groups.items())


def _action(cause: Cause, measured: Sequence[Station]) -> ActionAnswer:
    remedy = remedy_of(cause.check_id, cause.cause)
    assert remedy is not None, "only causes with a remedy are rolled up"
    name = (cause.check_id, cause.cause)
    touched = [s for s in measured if any((c.check_id, c.cause) == name for c in s.causes)]
    return ActionAnswer(
        actor=DEFAULT_ACTORS[cause.role],
        check=cause.check_id,
        cause=cause.cause,
        outcome=cause.outcome,
        observation=remedy.observation,
        action=remedy.action,
        of_site=cause.of_site,
        workstations=cause.workstations,
        unblocks=sum(_blocking(station) == {name} for station in touched),
        tags=tuple(station.tag for station in touched),
    )


def _blocking(station: Station) -> set[tuple[str, str]]:
    return {(c.check_id, c.cause) for c in station.causes if c.outcome is Outcome.BLOCKED}
