"""When was something regular last done?"""

from sqlmodel import Session

from collector.judged import Mark


def swept_at(session: Session) -> int | None:
    """Return when time was last taken into account, None if never."""
    mark = session.get(Mark, "sweep")
    return mark.at if mark else None
