"""Which pictures do the guides show? Taken from the running program, over invented schools: `make screenshots`."""

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from playwright.sync_api import sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from small_png import smaller  # noqa: E402

from collector.people.roles import Role  # noqa: E402
from tests.collector.browser.conftest import ARGUMENTS  # noqa: E402
from tests.collector.measured import MOULIN, fill_database, open_app  # noqa: E402

WIDTH: Final = 1100
PICTURES: Final = (
    ("docs/images/ecole.png", f"/ecoles/{MOULIN}", "h1", 900),
    ("docs/guide/images/ecole.png", f"/ecoles/{MOULIN}", "h1", 900),
    ("docs/guide/images/postes.png", f"/ecoles/{MOULIN}", "#controles", 780),
    ("docs/guide/images/tableau.png", "/territoires/departement:099", "h1", 1000),
    ("docs/guide/images/plan.png", "/territoires/departement:099/actions", "h1", 900),
)
"""File, page, what is at its top, and how tall it is."""


def main() -> None:
    """Write every picture again."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is needed (see .ci/debian-packages.txt)")
    with _served() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(locale="fr-FR", viewport={"width": WIDTH, "height": 900}, base_url=address)
        for name, path, top, height in PICTURES:
            page.goto(path)
            y = 0 if top == "h1" else page.locator(top).evaluate("e => e.getBoundingClientRect().top + scrollY - 20")
            area = {"x": 0, "y": y, "width": WIDTH, "height": height}
            picture = smaller(page.screenshot(full_page=True, clip=area))
            file = ROOT / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(picture)
            sys.stderr.write(f"{name}: {len(picture)} bytes\n")
        browser.close()


@contextmanager
def _served() -> Iterator[str]:
    """Serve the sample schools on loopback until the block ends."""
    with tempfile.TemporaryDirectory(prefix="preau-") as folder:
        app, store = open_app(Path(folder), role=Role.PILOTE)
        with store:
            fill_database(store, int(time.time()))
            server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_level="error"))
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            while not server.started:
                time.sleep(0.05)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            server.should_exit = True
            thread.join(timeout=10)


if __name__ == "__main__":
    main()
