"""Bench `credentials`: what it costs to mark and sign a poster, in CPU and in bytes.

The picture is a poster of 1200 x 1800 pixels, encoded once as JPEG, quality 85. Beside it stands
what encoding it costs, since that is done for every format anyway. Rounds are interleaved.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from PIL import Image

from benchmarks.harness import Row, at_most, info, median
from posthub_assets.domain.media.provenance import (
    Action,
    MadeBy,
    SourceType,
    is_marked_as_ai,
    with_xmp,
    xmp_packet,
)
from resources.content_credentials import content_credentials, known_certificates, read
from resources.settings import load_settings

ROUNDS = 21
POSTER_PX = (1200, 1800)
UPLOAD_BYTES = 10_000_000
_NOW = datetime(2026, 11, 28, tzinfo=UTC)


def poster() -> bytes:
    """Encode a poster with about as much in it as a photo has."""
    noise = Image.effect_noise((150, 225), 90).resize(POSTER_PX, Image.Resampling.BICUBIC)
    image = Image.merge(
        "RGB", (noise, noise.rotate(180), Image.linear_gradient("L").resize(POSTER_PX))
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return out.getvalue()


def measure() -> list[Row]:
    """Measure, and give the rows."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="posthub bench ") as home:
        settings = load_settings({"POSTHUB_HOME": home})
        credentials, known = content_credentials(settings), known_certificates(settings)
        made_by = MadeBy(SourceType.TRAINED, _NOW, "a-model-2", "gemini", "images.create", 3)
        plain = poster()
        kind = "image/jpeg"
        signed = credentials.for_created(plain, kind, made_by)
        derived = credentials.for_derived(signed, plain, kind, Action.RESIZED, made_by)
        third = credentials.for_derived(derived, plain, kind, Action.ADDED_TEXT, made_by)
        packet = xmp_packet(made_by)
        upload = b"\xff\xd8" + plain * (UPLOAD_BYTES // len(plain))
        tasks: dict[str, Callable[[], object]] = {
            "encode the poster": poster,
            "mark (XMP alone)": lambda: with_xmp(plain, packet),
            "sign a created one": lambda: credentials.for_created(plain, kind, made_by),
            "sign a derived one": lambda: credentials.for_derived(
                signed, plain, kind, Action.RESIZED, made_by
            ),
            "read and check": lambda: read(derived, known),
            "look for a mark in 10 MB": lambda: is_marked_as_ai(upload),
        }
        spent = _interleaved(tasks)
    for name, cpu_ms in spent.items():
        yield info(f"{name}, CPU", cpu_ms, "ms")
    yield at_most(
        "signing a derived one, of encoding it",
        100 * spent["sign a derived one"] / spent["encode the poster"],
        "%",
        20,
    )
    yield info("a poster", len(plain), "bytes")
    yield at_most("added to a created one", len(signed) - len(plain), "bytes", 8_000)
    yield at_most("added to one derived from it", len(derived) - len(plain), "bytes", 16_000)
    yield info("added to one derived from that", len(third) - len(plain), "bytes")


def _interleaved(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Give the median of CPU milliseconds of each task, all of them once in every round."""
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            began = time.process_time()
            task()
            spent[name].append(1000 * (time.process_time() - began))
    return {name: median(values) for name, values in spent.items()}
