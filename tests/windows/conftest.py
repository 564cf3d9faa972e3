"""The agent on the Windows interpreter, driven from here: `make test-windows` builds it and says where it is."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def windows() -> Path:
    """The folder of the Windows interpreter; these tests run by `make test-windows`, which CI runs."""
    folder = os.environ.get("PREAU_WINDOWS")
    if not folder:
        pytest.skip("run by make test-windows, which builds a Windows interpreter")
    return Path(folder)
