"""What is in a package of npm? For the scripts that make the data files beside this one; they need `npm`."""

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def packed(package: str, version: str) -> Iterator[tarfile.TarFile]:
    """Fetch a package from the registry that this machine's npm is set up for, and open it until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        npm = ["npm", "pack", "--silent", f"{package}@{version}"]
        subprocess.run(npm, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            yield archive


def text(archive: tarfile.TarFile, name: str) -> str:
    """Return one file of the package."""
    file = archive.extractfile(f"package/{name}")
    assert file is not None
    return file.read().decode("utf-8")
