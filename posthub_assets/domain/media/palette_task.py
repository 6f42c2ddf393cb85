"""The tasks of the picture child that find colours: of one picture, or of several together.

Of several, each is sampled in a child of its own, so one that is broken or slow spoils nothing.
What does not belong here: colours and roles (`palettes/`), what is stored of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.palettes.extraction import extract
from posthub_assets.domain.media.palettes.roles import assign
from posthub_assets.domain.media.palettes.sampling import Sample, sample
from posthub_assets.domain.media.palettes.task import described, extract_palette

palette_task = extract_palette
"""Of one picture; `arguments`: {"colors": 5 to 8, or null to choose}."""


def sample_task(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Give some ten thousand pixels of one picture: sRGB bytes, then one byte each of alpha.

    The second blob is there only where the alpha varies. Raises InvalidInput.
    """
    if len(blobs) != 1:
        raise InvalidInput(f"One picture is sampled; {len(blobs)} were given.", field="media")
    taken = sample(blobs[0])
    parts = [taken.pixels.tobytes()]
    if taken.alpha is not None:
        parts.append(taken.alpha.tobytes())
    return {"has_alpha": taken.alpha is not None}, parts


def palette_of_samples_task(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Give the palette of several samples, all pixels counting alike.

    `arguments`: {"colors": as of `palette_task`, "has_alpha": of each sample}; `blobs` are those of
    the samples, one after another. The answer is that of `palette_task`. Raises InvalidInput.
    """
    parts = iter(blobs)
    pixels, alphas = [], []
    for has_alpha in arguments["has_alpha"]:
        pixels.append(np.frombuffer(next(parts), np.uint8).reshape(-1, 3))
        opaque = np.full(len(pixels[-1]), 255, np.uint8)
        alphas.append(np.frombuffer(next(parts), np.uint8) if has_alpha else opaque)
    if not pixels:
        raise InvalidInput("A palette is made of one picture or more.", field="media")
    alpha = np.concatenate(alphas) if any(arguments["has_alpha"]) else None
    found = extract(Sample(np.concatenate(pixels), alpha), arguments.get("colors"))
    rgb = [one.rgb for one in found.colors]
    roles = assign(rgb, [one.share_permille for one in found.colors])
    return described(found.colors, roles, found.notes), []
