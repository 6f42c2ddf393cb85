"""Makes docs/images/contact-sheet.jpg: every photo in every format of a show, to be looked at.

`python -m benchmarks.contact_sheet [FOLDER]` also writes each output whole into FOLDER.
What does not belong here: figures (`formats.py`).
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.formats_input import photos
from benchmarks.harness import ROOT, say
from posthub_assets.domain.media.formats import SHOW_FORMATS
from posthub_assets.domain.media.formatting.task import format_picture

SHEET = ROOT / "docs" / "images" / "contact-sheet.jpg"
HEIGHT_PX = 165
GAP_PX = 10
ACROSS = 3
_GROUND, _INK = (244, 244, 242), (60, 60, 60)
_LABEL_PX = 16


def main(folder: Path | None = None) -> None:
    """Format every photo and lay the results out, each photo a group of three."""
    groups = [(path.stem, _outputs(path, folder)) for path in photos()]
    if not groups:
        say("the real photos are not beside the checkout: there is nothing to show")
        return
    wide = GAP_PX + sum(one.width + GAP_PX for one in groups[0][1])
    high = _LABEL_PX + HEIGHT_PX + GAP_PX
    rows = -(-len(groups) // ACROSS)
    sheet = Image.new("RGB", (wide * ACROSS, high * rows + GAP_PX), _GROUND)
    pen = ImageDraw.Draw(sheet)
    for number, (name, outputs) in enumerate(groups):
        left = number % ACROSS * wide + GAP_PX
        top = number // ACROSS * high + GAP_PX
        pen.text((left, top - 2), name, _INK, ImageFont.load_default(12))
        for one in outputs:
            sheet.paste(one, (left, top + _LABEL_PX))
            left += one.width + GAP_PX
    sheet.save(SHEET, quality=82, progressive=True)
    say(f"{SHEET.relative_to(ROOT)}: {sheet.width} x {sheet.height}, {SHEET.stat().st_size} bytes")


def _outputs(path: Path, folder: Path | None) -> list[Image.Image]:
    asked = [
        {"code": one.code, "width_px": one.width_px, "height_px": one.height_px}
        for one in SHOW_FORMATS
    ]
    _, files = format_picture({"formats": asked}, [path.read_bytes()])
    small = []
    for one, file in zip(SHOW_FORMATS, files, strict=True):
        if folder:
            (folder / f"{path.stem}-{one.code}.jpg").write_bytes(file)
        width = round(one.width_px * HEIGHT_PX / one.height_px)
        opened = Image.open(BytesIO(file)).convert("RGB")
        small.append(opened.resize((width, HEIGHT_PX), Image.Resampling.LANCZOS))
    return small


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
