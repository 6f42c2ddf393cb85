"""The pictures of bench `formats`: made from the real photos, or drawn where they are not there.

What does not belong here: what is measured with them (`formats.py`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.harness import ROOT, say

PHOTOS = ROOT.parent / "shared" / "data" / "companies" / "18f" / "photos"
TOO_WIDE = "too-wide-8000px.jpg"


def photos() -> list[Path]:
    """Give the real photos that uploads allow, or none where they are not there."""
    if not PHOTOS.is_dir():
        return []
    return [one for one in sorted(PHOTOS.iterdir()) if one.name != TOO_WIDE]


def make_inputs(folder: Path) -> dict[str, Path]:
    """Make a 12-megapixel JPEG, a small JPEG and a 16-megapixel PNG in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    picture = _picture()
    paths = {
        "12 MP JPEG": folder / "12mp.jpg",
        "640 x 427 JPEG": folder / "small.jpg",
        "16 MP PNG": folder / "16mp.png",
    }
    scale = Image.Resampling.LANCZOS
    picture.resize((4000, 3000), scale).save(paths["12 MP JPEG"], quality=92)
    picture.resize((640, 480), scale).crop((0, 26, 640, 453)).save(
        paths["640 x 427 JPEG"], quality=92
    )
    side = min(picture.size)
    picture.crop((0, 0, side, side)).resize((4000, 4000), scale).save(paths["16 MP PNG"])
    return paths


def _picture() -> Image.Image:
    path = PHOTOS / "agile-day.jpg"
    if path.is_file():
        return Image.open(path).convert("RGB")
    say("the real photos are not beside the checkout: a drawn picture stands in for them")
    random = np.random.default_rng(8)
    layers = [
        Image.fromarray(random.integers(0, 256, (side * 3, side * 4, 3), dtype=np.uint8)).resize(
            (3264, 2448), Image.Resampling.BICUBIC
        )
        for side in (2, 16, 128, 500)
    ]
    drawn = layers[0]
    for layer, share in zip(layers[1:], (0.4, 0.25, 0.12), strict=True):
        drawn = Image.blend(drawn, layer, share)
    return drawn
