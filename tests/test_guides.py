"""The guides lead somewhere: every picture and page they name is there, and pictures are small."""

import re
import runpy
import struct
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "guide"
GUIDES = sorted(GUIDE.glob("*.md"))
SMALLER = runpy.run_path(str(ROOT / "docs" / "small_png.py"))["smaller"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_a_guide_names_is_there(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if not target.startswith("http"):
            assert (guide.parent / target).exists(), target


def test_what_the_operators_guide_says_was_tried_has_its_test() -> None:
    """Each « essayé » names tests of this repository, and functions it names are in the test it names them with."""
    text = (GUIDE / "exploitation.md").read_text(encoding="utf-8")
    tried = re.findall(r"\*\*essayé\*\*( :[^)]*)?", text)
    assert len(tried) > 12
    known = {path.name: path for path in (ROOT / "tests").rglob("test_*.py")}
    for said in tried:
        for named in re.findall(r"`([^`]+)`", said):
            if re.fullmatch(r"[\w/]+(\.py)?", named) and ("/" in named or named.endswith(".py")):
                assert (ROOT / named).exists() or named in known, named
            elif re.fullmatch(r"[a-z_]{12,}", named):
                assert any(f"def {named}" in path.read_text(encoding="utf-8") for path in known.values()), named


@pytest.mark.parametrize("name", ["README.md", "directeur.md", "erun.md", "chef-de-projet.md"])
def test_every_reader_has_a_guide(name: str) -> None:
    assert GUIDE / name in GUIDES


def test_the_directors_guide_is_one_page() -> None:
    assert len((GUIDE / "directeur.md").read_text(encoding="utf-8").split()) < 420


@pytest.mark.parametrize("picture", sorted(GUIDE.glob("images/*.png")), ids=lambda path: path.name)
def test_pictures_are_small(picture: Path) -> None:
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) < 80_000
    assert data[25] == 3, "made by make screenshots: a palette"


def png(rows: list[list[tuple[int, int, int]]], kind: int) -> bytes:
    """A PNG of these colours, every row filtered in the same way (0 none, 1 left, 2 above, 3 both, 4 Paeth)."""
    before = [0] * (3 * len(rows[0]))
    lines = b""
    for row in rows:
        flat = [value for colour in row for value in colour]
        line = bytearray()
        for i, value in enumerate(flat):
            left, up, corner = (flat[i - 3] if i > 2 else 0), before[i], (before[i - 3] if i > 2 else 0)
            guess = min((left, up, corner), key=lambda v, a=left, b=up, c=corner: abs(a + b - c - v))
            line.append((value - (0, left, up, (left + up) // 2, guess)[kind]) & 255)
        lines += bytes([kind]) + bytes(line)
        before = flat

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", range(5))
def test_a_smaller_picture_shows_the_same(kind: int) -> None:
    rows = [[((x * 40) % 256, (y * 30) % 256, (x * y) % 256) for x in range(9)] for y in range(7)]
    made = SMALLER(png(rows, kind))
    palette_at = made.index(b"PLTE") + 4
    (length,) = struct.unpack(">I", made[palette_at - 8 : palette_at - 4])
    palette = made[palette_at : palette_at + length]
    data_at = made.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", made[data_at - 8 : data_at - 4])
    lines = zlib.decompress(made[data_at : data_at + length])
    shown = [[tuple(palette[3 * p : 3 * p + 3]) for p in lines[y * 10 + 1 : y * 10 + 10]] for y in range(7)]
    assert shown == rows
