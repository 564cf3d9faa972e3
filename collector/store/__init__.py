"""The only room that speaks SQL."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import OperationalError as Unavailable
from sqlmodel import Session

__all__ = ["DBAPIError", "Session", "Unavailable"]
