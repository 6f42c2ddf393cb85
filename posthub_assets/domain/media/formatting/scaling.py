"""Planes of a picture scaled by the filters of `weights.py`: the picture in the middle.

What does not belong here: the blurred one behind it (`backdrop.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posthub_assets.domain.media.formatting.weights import Band, Floats, resampling

Plane = NDArray[np.uint8]
"""One channel: shape (height, width)."""
Planes = NDArray[np.uint8]
"""Channels, one after the other: shape (channels, height, width)."""

_VALUES_AT_ONCE = 1_000_000
"""Values, read or written, that are worked on at once: more would not stay in the processor's
cache, fewer would be too many small steps."""


def planes_of(image: Image.Image) -> list[Plane]:
    """Give the channels of an RGB or RGBA image, each of shape (height, width)."""
    shape = image.height, image.width
    return [
        np.frombuffer(image.tobytes("raw", band), np.uint8).reshape(shape)
        for band in image.getbands()
    ]


def scaled(
    planes: Sequence[Plane],
    box: tuple[float, float, float, float],
    size_px: tuple[int, int],
) -> Iterator[tuple[int, Planes]]:
    """Scale `box` (left, top, right, bottom) of the planes to a width and a height, in pixels.

    Lanczos where they get smaller, bicubic where they get larger: the same as Pillow's `resize`
    does, but for its rounding between the two passes.

    Gives strips from the top to the bottom: the first row of one, and its values of 8 bits, shape
    (channels, rows, width). A strip may repeat rows of the one before it, and is overwritten by the
    next: use it at once.
    """
    height, width = planes[0].shape
    across = resampling(size_px[0], width, (box[0], box[2]))
    down = resampling(size_px[1], height, (box[1], box[3]))
    columns = np.ascontiguousarray(across.blocks.transpose(0, 2, 1))
    parts = _parts(
        down,
        read_at_once=_VALUES_AT_ONCE // (len(planes) * width),
        written_at_once=_VALUES_AT_ONCE // (len(planes) * across.length),
    )
    room = _Room.for_parts(parts, len(planes), width, across.length)
    for part in parts:
        strip = _scale_part(planes, columns, across, part, room)
        yield int(part.starts[0]), strip


@dataclass(frozen=True, slots=True)
class _Room:
    """Memory that every part uses anew: fresh memory costs as much as the work in it."""

    source: Floats
    narrow: Floats
    values: Floats
    strip: Planes

    @classmethod
    def for_parts(cls, parts: Sequence[Band], channels: int, wide: int, narrow: int) -> _Room:
        """Make room for the largest part."""
        read = max(int(one.firsts[-1] - one.firsts[0]) + one.taps for one in parts)
        written = max(int(one.starts[-1] - one.starts[0]) + one.rows for one in parts)
        return cls(
            np.empty((read, channels * wide), np.float32),
            np.empty((read, channels * narrow), np.float32),
            np.empty((parts[0].rows, channels * narrow), np.float32),
            np.empty((channels, written, narrow), np.uint8),
        )


def _parts(down: Band, *, read_at_once: int, written_at_once: int) -> list[Band]:
    """Cut the filter down the columns so that each part reads and writes about so many rows."""
    steps = np.diff(down.firsts)
    step = float(steps.mean()) if len(steps) else 1.0
    reading = int((read_at_once - down.taps) / max(step, 1.0))
    blocks = max(1, min(reading, written_at_once // down.rows))
    return [
        Band(
            down.blocks[begin : begin + blocks],
            down.starts[begin : begin + blocks],
            down.firsts[begin : begin + blocks],
            down.length,
        )
        for begin in range(0, len(down.starts), blocks)
    ]


def _scale_part(
    planes: Sequence[Plane], columns: Floats, across: Band, down: Band, room: _Room
) -> Planes:
    """Scale the rows of `down`: first across, then down, all channels in one product."""
    top, bottom = int(down.firsts[0]), int(down.firsts[-1]) + down.taps
    height, width, channels = bottom - top, planes[0].shape[1], len(planes)
    source = room.source[:height].reshape(height, channels, width)
    for channel, plane in enumerate(planes):
        np.copyto(source[:, channel], plane[top:bottom])
    lines = source.reshape(height * channels, width)
    narrow = room.narrow[:height].reshape(height * channels, across.length)
    for block, first, start in zip(columns, across.firsts, across.starts, strict=True):
        looked_at = lines[:, first : first + across.taps]
        np.matmul(looked_at, block, out=narrow[:, start : start + across.rows])
    begin = int(down.starts[0])
    for block, first, start in zip(
        down.blocks, down.firsts - top, down.starts - begin, strict=True
    ):
        np.matmul(block, room.narrow[first : first + down.taps], out=room.values)
        _store(room.values, room.strip[:, start : start + down.rows])
    return room.strip[:, : int(down.starts[-1]) - begin + down.rows]


def _store(values: Floats, strip: Planes) -> None:
    """Round to whole levels from 0 to 255. Changes `values`: rows of all channels side by side."""
    np.clip(values, 0.0, 255.0, out=values)
    np.add(values, 0.5, out=values)
    channels, rows, width = strip.shape
    by_channel = values.reshape(rows, channels, width).transpose(1, 0, 2)
    np.copyto(strip, by_channel, casting="unsafe")
