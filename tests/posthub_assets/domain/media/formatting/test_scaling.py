"""Scaling by products of matrices gives what Pillow's loops give."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from posthub_assets.domain.media.formatting.scaling import planes_of, scaled
from posthub_assets.domain.media.formatting.weights import gaussian, resampling


def _noise(width: int, height: int) -> Image.Image:
    """Soft noise: where Pillow overshoots it cuts between its two passes, and we do not."""
    random = np.random.default_rng(width * 10_000 + height)
    return Image.fromarray(random.integers(90, 166, (height, width, 3), dtype=np.uint8))


def _ours(image: Image.Image, size: tuple[int, int], box: tuple[float, ...]) -> np.ndarray:
    result = np.zeros((3, size[1], size[0]), np.uint8)
    left, top, right, bottom = box
    for row, strip in scaled(planes_of(image), (left, top, right, bottom), size):
        result[:, row : row + strip.shape[1]] = strip
    return result.transpose(1, 2, 0)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((400, 300), (300, 225)),
        ((401, 299), (97, 73)),
        ((2000, 700), (1452, 509)),
        ((40, 30), (400, 300)),
        ((33, 47), (65, 93)),
        ((1, 1), (50, 70)),
        ((5, 900), (1, 300)),
        ((17, 16), (17, 16)),
        ((3000, 3), (2, 2)),
    ],
)
def test_the_result_is_pillows_within_its_rounding(
    given: tuple[int, int], wanted: tuple[int, int]
) -> None:
    image = _noise(*given)
    for box in ((0, 0, *given), (0, 0, given[0] - 0.5, given[1] - 0.25)):
        kernel = [
            Image.Resampling.LANCZOS if (box[axis + 2] / wanted[axis]) > 1 else None
            for axis in (0, 1)
        ]
        if kernel[0] != kernel[1]:
            continue
        pillow = image.resize(wanted, kernel[0] or Image.Resampling.BICUBIC, box=box)
        far = np.abs(_ours(image, wanted, box).astype(int) - np.asarray(pillow).astype(int))
        assert far.max() <= 2
        assert far.mean() < 0.3


@pytest.mark.parametrize(("length", "source"), [(100, 300), (300, 100), (7, 5000), (1, 1)])
def test_every_filter_keeps_a_plain_colour(length: int, source: int) -> None:
    for band in (
        resampling(length, source, (0, source)),
        gaussian((np.arange(length) + 0.5) * source / length, source, 2.5),
    ):
        assert np.allclose(band.blocks.sum(axis=2), 1, atol=1e-5)
        assert (band.firsts >= 0).all()
        assert (band.firsts + band.taps <= source).all()
        covered = np.concatenate([np.arange(start, start + band.rows) for start in band.starts])
        assert set(covered) == set(range(length))
