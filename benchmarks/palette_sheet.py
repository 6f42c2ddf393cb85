"""The picture of docs/media-palettes.md: every real photo with its palette.

    python -m benchmarks.palette_sheet docs/images/palettes.png

Above the shares of its colours, below the roles, with words as they stand on each.
What does not belong here: figures (`palettes.py`).
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from benchmarks.palettes import PHOTOS
from posthub_assets.domain.media.palettes.task import extract_palette

CELL_PX = (560, 122)
PHOTO_PX = (144, 96)
BAR_PX = 38
TILE_PX = (92, 38)
COLUMNS = 2
PHOTO_COLORS = 28
"""Photos are only there to be recognised; fewer colours keep the file small."""
DERIVED_PERMILLE = 60
"""How wide a derived colour is drawn, which no part of the picture has."""


def main(target: Path) -> None:
    """Draw the sheet."""
    photos = sorted(PHOTOS.glob("*.*"))
    rows = -(-len(photos) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * CELL_PX[0] + 16, rows * CELL_PX[1] + 16), "white")
    for number, photo in enumerate(photos):
        column, row = number % COLUMNS, number // COLUMNS
        _cell(sheet, (column * CELL_PX[0] + 16, row * CELL_PX[1] + 16), photo)
    sheet.save(target, optimize=True)
    print(f"{target}: {target.stat().st_size // 1000} kB")


def _cell(sheet: Image.Image, at: tuple[int, int], photo: Path) -> None:
    blob = photo.read_bytes()
    found, _ = extract_palette({}, [blob])
    with Image.open(io.BytesIO(blob)) as picture:
        picture.thumbnail(PHOTO_PX)
        few = picture.convert("RGB").quantize(PHOTO_COLORS, dither=Image.Dither.NONE)
    sheet.paste(few.convert("RGB"), at)
    left = at[0] + PHOTO_PX[0] + 12
    draw = ImageDraw.Draw(sheet)
    draw.text((left, at[1]), photo.stem, "#333333", font=ImageFont.load_default(12))
    _bar(draw, (left, at[1] + 18), found["colors"])
    _tiles(draw, (left, at[1] + 18 + BAR_PX + 8), found)


def _bar(draw: ImageDraw.ImageDraw, at: tuple[int, int], colors: list[dict[str, Any]]) -> None:
    widths = [one["share_permille"] or DERIVED_PERMILLE for one in colors]
    widths = [max(one, 12) for one in widths]
    whole = 4 * TILE_PX[0]
    x = float(at[0])
    for one, width in zip(colors, widths, strict=True):
        end = x + whole * width / sum(widths)
        draw.rectangle((round(x), at[1], round(end) - 1, at[1] + BAR_PX), fill=one["hex"])
        x = end
    draw.rectangle((at[0], at[1], at[0] + whole - 1, at[1] + BAR_PX), outline="#999999")


def _tiles(draw: ImageDraw.ImageDraw, at: tuple[int, int], found: dict[str, Any]) -> None:
    changed = {one["role"] for one in found["adjustments"]}
    for place, one in enumerate(found["texts"]):
        x = at[0] + place * TILE_PX[0]
        box = (x, at[1], x + TILE_PX[0] - 4, at[1] + TILE_PX[1])
        draw.rectangle(box, fill=found["roles"][one["back"]], outline="#999999")
        words = one["back"] + ("*" if one["back"] in changed else "")
        ink = found["roles"][one["front"]]
        draw.text((x + 6, at[1] + 4), words, ink, font=ImageFont.load_default(12))
        ratio = f"{one['contrast_percent'] / 100:.2f}:1"
        draw.text((x + 6, at[1] + 20), ratio, ink, font=ImageFont.load_default(12))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
