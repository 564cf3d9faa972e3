"""Which npm packages do tests need, and where are they? Fetched once, and held to the very content written here."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.conftest import need

FOLDER: Final = Path(__file__).parents[1] / "build" / "npm"
PACKAGES: Final = {
    "axe-core": (
        "4.14.1",
        "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ),
}
"""Version and SHA-512 of each, as the registry gives them."""
PROGRAMS: Final = {"es-check": "9.8.1"}
"""Version of what is run, and comes with packages of its own."""


def npm_package(name: str) -> Path:
    """Return the folder of a package, fetched by the npm of this machine; the test skips where that cannot be."""
    version, sha512 = PACKAGES[name]
    folder = FOLDER / f"{name}-{version}"
    if not folder.is_dir():
        need(shutil.which("npm") is not None, "npm")
        _fetch(name, version, sha512, folder)
    return folder


def npm_program(name: str) -> Path:
    """Return the folder where a program is installed with what it needs; the test skips where that cannot be."""
    version = PROGRAMS[name]
    folder = FOLDER / f"{name}-{version}"
    if not folder.is_dir():
        need(shutil.which("npm") is not None, "npm")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            npm = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
            command = [*npm, "--prefix", work, f"{name}@{version}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
            need(done.returncode == 0, f"{name} {version} from a registry of npm packages ({done.stderr[-200:]})")
            with suppress(OSError):  # another process was quicker
                shutil.copytree(work, folder, symlinks=True)
    return folder


def _fetch(name: str, version: str, sha512: str, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        npm = ["npm", "pack", "--silent", f"{name}@{version}"]
        done = subprocess.run(npm, cwd=work, capture_output=True, text=True, check=False, timeout=120)
        packed = next(Path(work).glob("*.tgz"), None)
        need(packed is not None, f"{name} {version} from a registry of npm packages ({done.stderr.strip()[-200:]})")
        assert packed is not None
        assert base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode() == sha512, f"{name} was changed"
        with tarfile.open(packed) as archive:
            # Python 3.11.4 and later know how to refuse what leads outside.
            archive.extractall(work, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        with suppress(OSError):  # another process was quicker
            (Path(work) / "package").rename(folder)


def npm_project(folder: Path) -> Path:
    """Return a folder where the packages of a `package-lock.json` (no address in it, only contents) are installed."""
    lock = (folder / "package-lock.json").read_bytes()
    made = FOLDER / f"{folder.name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not made.is_dir():
        need(shutil.which("npm") is not None, "npm")
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as work:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, work)
            npm = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(npm, cwd=work, capture_output=True, text=True, check=False, timeout=240)
            need(done.returncode == 0, f"the packages of {folder.name} from npm ({done.stderr.strip()[-200:]})")
            with suppress(OSError):  # another process was quicker
                Path(work).rename(made)
                Path(work).mkdir()
    return made
