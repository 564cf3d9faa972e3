"""Recorded raw texts of systems (tests/samples), and machine-made damage to them."""

from pathlib import Path

from hypothesis import strategies as st

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def texts(folder: str) -> st.SearchStrategy[str]:
    """Anything, or a recorded text with a piece cut out, doubled, or replaced by anything."""
    recorded = [p.read_text(encoding="utf-8") for p in sorted((SAMPLES / folder).rglob("*")) if p.is_file()]

    @st.composite
    def damaged(draw: st.DrawFn) -> str:
        text = draw(st.sampled_from(recorded))
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        return text[:start] + draw(st.text(max_size=12) | st.just(text[start:end] * 2)) + text[end:]

    return st.one_of(st.text(max_size=200), st.sampled_from(recorded), damaged())
