"""One worker of bench `formats`: does one kind of work again for each line it is sent.

A process of its own for each kind of work and each picture, so that its peak memory is that of the
work, with nothing imported but what the work needs. Says CPU seconds and peak memory as JSON lines.
What does not belong here: which works are compared (`formats.py`).
"""

from __future__ import annotations

import json
import resource  # noqa: TID251 - the standard library's, for peak memory
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

Work = Callable[[], int]
Formats = list[dict[str, Any]]


def floor(data: bytes, formats: Formats) -> Work:
    """Decode once, whole, and encode the three outputs: those that ours made, decoded before."""
    canvases = _our_canvases(data, formats)

    def work() -> int:
        Image.open(BytesIO(data)).load()
        return sum(_encoded(canvas) for canvas in canvases)

    return work


def naive(data: bytes, formats: Formats) -> Work:
    """The recipe as a person would write it down in Pillow."""

    def work() -> int:
        picture = Image.open(BytesIO(data)).convert("RGB")
        return sum(_encoded(_naive_canvas(picture, one)) for one in formats)

    return work


def _naive_canvas(picture: Image.Image, one: dict[str, Any]) -> Image.Image:
    size = one["width_px"], one["height_px"]
    fit = min(side / own for side, own in zip(size, picture.size, strict=True))
    cover = 1.1 * max(side / own for side, own in zip(size, picture.size, strict=True))
    wide = _resized(picture, cover)
    left, top = (wide.width - size[0]) // 2, (wide.height - size[1]) // 2
    canvas = wide.filter(ImageFilter.GaussianBlur(18)).crop(
        (left, top, left + size[0], top + size[1])
    )
    shown = _resized(picture, fit)
    left, top = (size[0] - shown.width) // 2, (size[1] - shown.height) // 2
    shadow = Image.new("L", size)
    shadow.paste(round(255 * 0.45), (left, top + 10, left + shown.width, top + 10 + shown.height))
    canvas.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(24)))
    canvas.paste(shown, (left, top))
    return canvas


def _resized(picture: Image.Image, scale: float) -> Image.Image:
    kernel = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), kernel)


def vips(data: bytes, formats: Formats) -> Work:
    """The recipe in libvips, by its own shrink-on-load."""
    import pyvips

    pyvips.cache_set_max(0)

    def work() -> int:
        return sum(len(_vips_file(pyvips, data, one)) for one in formats)

    return work


def _vips_file(pyvips: Any, data: bytes, one: dict[str, Any]) -> bytes:
    width, height = one["width_px"], one["height_px"]
    wide, high = round(width * 1.1), round(height * 1.1)
    cover = pyvips.Image.thumbnail_buffer(data, wide, height=high, crop="centre", size="both")
    back = cover.gaussblur(18).crop((wide - width) // 2, (high - height) // 2, width, height)
    shown = pyvips.Image.thumbnail_buffer(data, width, height=height, size="both")
    left, top = (width - shown.width) // 2, (height - shown.height) // 2
    bar = pyvips.Image.black(shown.width, shown.height) + 255 * 0.45
    shadow = bar.cast("uchar").embed(left, top + 10, width, height).gaussblur(24)
    canvas = (back * (1 - shadow / 255)).cast("uchar").insert(shown, left, top)
    file: bytes = canvas.copy(interpretation="srgb").jpegsave_buffer(Q=95, subsample_mode="on")
    return file


def ours(data: bytes, formats: Formats) -> Work:
    """Our task's work, at quality 95 without progression, as the others."""
    from posthub_assets.domain.media.formats import PictureFormat
    from posthub_assets.domain.media.formatting.compose import compose, needed_sizes
    from posthub_assets.domain.media.pixels import decode, open_picture

    asked = [PictureFormat(**one) for one in formats]

    def work() -> int:
        source = open_picture(data)
        sizes = needed_sizes((source.width_px, source.height_px), asked)
        return sum(_encoded(canvas) for _, canvas in compose(decode(source, sizes), asked))

    return work


def ours_default(data: bytes, formats: Formats) -> Work:
    """Our task as it is run, with its default encoding."""
    from posthub_assets.domain.media.formatting.task import format_picture

    def work() -> int:
        _, files = format_picture({"formats": formats}, [data])
        return sum(len(one) for one in files)

    return work


def _our_canvases(data: bytes, formats: Formats) -> list[Image.Image]:
    from posthub_assets.domain.media.formats import PictureFormat
    from posthub_assets.domain.media.formatting.compose import compose, needed_sizes
    from posthub_assets.domain.media.pixels import decode, open_picture

    asked = [PictureFormat(**one) for one in formats]
    source = open_picture(data)
    sizes = needed_sizes((source.width_px, source.height_px), asked)
    return [canvas for _, canvas in compose(decode(source, sizes), asked)]


def _encoded(canvas: Image.Image) -> int:
    file = BytesIO()
    canvas.save(file, "JPEG", quality=95)
    return file.tell()


WORKS = {
    "F": floor,
    "naive": naive,
    "libvips": vips,
    "ours": ours,
    "ours, default": ours_default,
}


def main(kind: str, path: str, formats: str) -> None:
    """Do the work once for each line of standard input, and say what it took."""
    work = WORKS[kind](Path(path).read_bytes(), json.loads(formats))
    for _ in sys.stdin:
        began = time.process_time()
        size = work()
        cpu_s = time.process_time() - began
        print(json.dumps({"cpu_s": cpu_s, "peak_mb": peak_mb(), "bytes": size}), flush=True)


def peak_mb() -> float:
    """Give the peak of this process's memory.

    Linux's `ru_maxrss` begins with that of the process which started this one; `VmHWM` does not.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
