"""In what shapes may a workstation answer? One module per family; `checks.machine` lists the questions."""

from dataclasses import field
from typing import Any, Final

STRICT: Final = {"extra": "forbid", "strict": True}
"""Set as `__pydantic_config__` on every class that travels: the collector refuses unknown fields and wrong types."""

FACTS_SCHEMA: Final = 2
"""The facts schema of this version. Raise it when a field is added, and mark the field with `since(...)`."""


def since(schema: int, default: Any) -> Any:
    """Declare a field added in facts schema `schema`; older collectors are not sent it."""
    return field(default=default, metadata={"since": schema})
