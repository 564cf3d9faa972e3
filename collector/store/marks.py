"""When was something regular last done?"""

from typing import Final

from sqlmodel import Session

from collector.judged import Mark


def swept_at(session: Session) -> int | None:
    """Return when time was last taken into account, None if never."""
    mark = session.get(Mark, "sweep")
    return mark.at if mark else None


def note_clock(session: Session, now: int, jump_s: int) -> None:
    """Note what the clock says: whether it went back, or `jump_s` forward, since it was last noted."""
    last, jumped = session.get(Mark, _NOTED), not is_going_on(session, now, jump_s)
    session.merge(Mark(name=_NOTED, at=now))
    if last is None or jumped:
        session.merge(Mark(name=_STEADY, at=now if jumped else 0))
    session.flush()


def is_going_on(session: Session, now: int, jump_s: int) -> bool:
    """Tell whether the clock says what it may say after what was last noted; it does when nothing was."""
    last = session.get(Mark, _NOTED)
    return last is None or last.at - _AHEAD_S <= now <= last.at + jump_s


def steady_since(session: Session) -> int:
    """Return when the clock last jumped, as it said afterwards; 0 when it never did."""
    mark = session.get(Mark, _STEADY)
    return mark.at if mark else 0


_NOTED: Final = "clock"
_STEADY: Final = "steady"
_AHEAD_S: Final = 120
"""How far the clock of another host may be ahead."""
