"""What every test may lean on."""

import os

import pytest


def need(condition: bool, reason: str) -> None:
    """Skip a test whose means are absent, with the reason; where everything is required (CI), fail instead."""
    if not condition:
        if os.environ.get("PREAU_REQUIRE_ALL") == "1":
            pytest.fail(f"required here, and absent: {reason}")
        pytest.skip(reason)
