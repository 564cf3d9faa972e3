"""The bar of a long command estimates what is left by the speed of this run, whatever an earlier one had done."""

import pytest

from collector import progress


def test_what_an_earlier_run_had_done_tells_nothing_of_the_speed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([100.0, 110.0, 120.0, 121.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    show = progress.progress_bar("écoles jugées")
    for done in (900, 910, 920, 1_000):
        show(done, 1_000)
    first, second, third, last = capsys.readouterr().err.split("\r")[1:]
    assert "900/1000 écoles jugées" in first
    assert "encore" not in first
    assert "encore 90 s" in second
    assert "encore 80 s" in third
    assert "100 % 1000/1000" in last
    assert last.endswith("\n")
