"""The bench measures what it says: each request once, early ends told, and a table that a page can hold."""

import shutil
import sys
from pathlib import Path

import pytest

from bench.load import load, raw, write
from bench.servers import free_port, served, uvicorn
from bench.table import BEGIN, END, Figure, Table, number
from tests.conftest import need

PAGE = f"# Speed\n\n{BEGIN}\nold\n{END}\n\nafter\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The bare application, up."""
    need(shutil.which("wrk") is not None, "no wrk (Debian: apt install wrk)")
    one = free_port()
    with served(uvicorn("bench.bare:app", one), one, {}, tmp_path_factory.mktemp("log") / "log"):
        yield one


def test_each_request_goes_once_and_the_time_is_that_of_sending_them(port: int, tmp_path: Path) -> None:
    requests = write(tmp_path / "requests", [raw("POST", "/", {"X-Number": str(n)}, b"body") for n in range(200)])
    found = load([(port, requests)], 8, 3)
    assert 150 <= found.acknowledged <= 200
    assert found.refused == 0
    assert found.seconds < 3


def test_the_same_requests_may_go_over_and_over_from_two_generators(port: int, tmp_path: Path) -> None:
    requests = write(tmp_path / "requests", [raw("POST", "/", {}, b"body")])
    found = load([(port, requests), (port, requests)], 8, 1, again=True)
    assert found.acknowledged > 200
    assert 0.9 < found.seconds < 3
    assert 0 < found.p50_ms <= found.p99_ms
    assert 0 < found.generator_percent < 250


def test_a_table_is_put_in_a_page_between_its_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(notes=["a quiet machine"])
    table.add(Figure(name="rate", measured="8 430/s", baseline="964/s", ratio=8.745, bar=">= x 5", holds=True))
    table.add(Figure(name="other", measured="1", bar="<= 0", holds=False))
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    table.document(page)
    table.document(page)
    assert page.read_text().startswith(f"# Speed\n\n{BEGIN}\n| figure |")
    assert "| rate | 8 430/s | 964/s | x 8.74 | >= x 5 | holds |" in page.read_text().replace("8.75", "8.74")
    assert page.read_text().endswith(f"- a quiet machine\n{END}\n\nafter\n")
    assert page.read_text().count(BEGIN) == 1
    page.write_text("no marks")
    with pytest.raises(SystemExit, match="bench: begin"):
        table.document(page)
    table.print()
    assert "DOES NOT HOLD" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "said"), [(8430.4, "8 430"), (12.34, "12.3"), (0.456, "0.46"), (1_000_000, "1 000 000")]
)
def test_a_figure_has_three_digits_that_count(value: float, said: str) -> None:
    assert number(value) == said


def test_a_server_that_does_not_start_is_told_with_its_journal(tmp_path: Path) -> None:
    failing = (sys.executable, "-c", "raise SystemExit('no such thing')")
    with pytest.raises(SystemExit, match="no such thing"), served(failing, free_port(), {}, tmp_path / "log"):
        pass
