"""Bench `palettes`: what a palette costs, and how near it comes to all pixels of the real photos.

The floor P is what any palette of a small picture pays first: the reduced decode and a 160-pixel
thumbnail. Peers: scikit-learn's KMeans in CIELAB on all pixels, which also sets the mark for the
error, and colorthief where it is installed (it is no dependency of ours). CPU seconds of this
process, one thread; each round runs all on each photo, one after the other, but for scikit-learn,
which takes a hundred times as long and runs once.
The error is the distance in CIELAB (Delta E 76) of each pixel of the whole photo to the nearest
colour of its palette, for as many colours as ours has.
"""

from __future__ import annotations

import importlib.util
import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.harness import ROOT, Row, at_least, at_most, info, median, say
from posthub_assets.domain.media.palettes.lab import delta_e_of_hex, to_lab
from posthub_assets.domain.media.palettes.task import extract_palette

PHOTOS = ROOT.parent / "shared" / "data" / "companies" / "18f" / "photos"
ROUNDS = 7
THUMBNAIL_PX = 160
COUNTS = (5, 6, 7, 8)

Lab = Any
"""Colours in CIELAB, shape (n, 3)."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All pixels of a photo, as its different colours and how often each is there."""

    lab: Lab
    counts: Any

    def error(self, centres: Lab) -> float:
        """Give the mean distance of a pixel to the nearest of some colours."""
        reach = np.full(len(self.lab), np.inf)
        for centre in centres:
            reach = np.minimum(reach, ((self.lab - centre) ** 2).sum(axis=1))
        return float((np.sqrt(reach) * self.counts).sum() / self.counts.sum())


@dataclass(slots=True)
class Timed:
    """CPU seconds by photo, one for each round."""

    floor: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    eight: list[float] = field(default_factory=list)
    colorthief: list[float] = field(default_factory=list)


def measure() -> list[Row]:
    """Time ours beside the floor and the peers, and compare the errors."""
    photos = {path.name: path.read_bytes() for path in sorted(PHOTOS.glob("*.*"))}
    if not photos:
        say("the photos are not beside the checkout; nothing is measured")
        return []
    has_thief = importlib.util.find_spec("colorthief") is not None
    if not has_thief:
        say("colorthief is not installed; the bench goes without it")
    with _one_thread():
        timed = _rounds(photos, has_thief)
        wholes = {name: whole(blob) for name, blob in photos.items()}
        say("all pixels are counted")
        found = {name: extract_palette({}, [blob])[0] for name, blob in photos.items()}
        return [
            info("photos", len(photos), ""),
            *_time_rows(timed, has_thief),
            *_error_rows(photos, wholes, found, timed, has_thief),
            *_safety_rows(found),
        ]


def _one_thread() -> AbstractContextManager[Any]:
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


def _rounds(photos: dict[str, bytes], has_thief: bool) -> dict[str, Timed]:
    timed = {name: Timed() for name in photos}
    for blob in photos.values():
        extract_palette({}, [blob])
    for number in range(ROUNDS):
        for name, blob in photos.items():
            timed[name].floor.append(_seconds(floor, blob))
            timed[name].ours.append(_seconds(_ours, blob))
            timed[name].eight.append(_seconds(_eight, blob))
            if has_thief:
                timed[name].colorthief.append(_seconds(_thief, blob))
        say(f"round {number + 1} of {ROUNDS}")
    return timed


def _seconds(work: Callable[[bytes], object], blob: bytes) -> float:
    began = time.process_time()
    work(blob)
    return time.process_time() - began


def floor(blob: bytes) -> Image.Image:
    """Decode at a reduced scale and make a thumbnail: what nobody does without."""
    picture = Image.open(io.BytesIO(blob))
    picture.draft("RGB", (THUMBNAIL_PX, THUMBNAIL_PX))
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    return picture


def _ours(blob: bytes) -> object:
    return extract_palette({}, [blob])


def _eight(blob: bytes) -> object:
    return extract_palette({"colors": 8}, [blob])


def _thief(blob: bytes, count: int = 8) -> list[tuple[int, int, int]]:
    from colorthief import ColorThief

    found: list[tuple[int, int, int]] = ColorThief(io.BytesIO(blob)).get_palette(count, quality=10)
    return found


def whole(blob: bytes) -> Whole:
    """Count all pixels of a photo by colour."""
    pixels = np.asarray(Image.open(io.BytesIO(blob)).convert("RGB")).reshape(-1, 3)
    codes = pixels.astype(np.uint32)
    counts = np.bincount((codes[:, 0] << 16) | (codes[:, 1] << 8) | codes[:, 2])
    used = np.flatnonzero(counts)
    rgb = np.stack((used >> 16, (used >> 8) & 255, used & 255), axis=-1).astype(np.uint8)
    return Whole(to_lab(rgb), counts[used])


def _all_pixels(blob: bytes, count: int) -> tuple[Lab, float]:
    """Run KMeans on every pixel; give the centres and the CPU seconds, decoding included."""
    from sklearn.cluster import KMeans

    began = time.process_time()
    pixels = np.asarray(Image.open(io.BytesIO(blob)).convert("RGB")).reshape(-1, 3)
    lab = to_lab(pixels).astype(np.float32)
    centres = KMeans(count, random_state=0).fit(lab).cluster_centers_
    return centres.astype(np.float64), time.process_time() - began


def _time_rows(timed: dict[str, Timed], has_thief: bool) -> Iterator[Row]:
    floor_s = sum(median(one.floor) for one in timed.values())
    ours_s = sum(median(one.ours) for one in timed.values())
    ratios = [median(one.ours) / median(one.floor) for one in timed.values()]
    yield info("floor P, mean of a photo", 1000 * floor_s / len(timed), "ms CPU")
    yield info("ours, mean of a photo", 1000 * ours_s / len(timed), "ms CPU")
    yield at_most("ours, all photos", ours_s / floor_s, "P", 2.0)
    yield at_most("ours, median photo", median(ratios), "P", 2.0)
    yield at_most("ours, worst photo", max(ratios), "P", 2.0)
    eight_s = sum(median(one.eight) for one in timed.values())
    yield at_most("ours, where 8 colours are asked for", eight_s / floor_s, "P", 2.0)
    if has_thief:
        thief_s = sum(median(one.colorthief) for one in timed.values())
        yield info("colorthief, all photos", thief_s / floor_s, "P")


def _error_rows(
    photos: dict[str, bytes],
    wholes: dict[str, Whole],
    found: dict[str, dict[str, Any]],
    timed: dict[str, Timed],
    has_thief: bool,
) -> Iterator[Row]:
    own = {name: _own(one) for name, one in found.items()}
    ours = {name: wholes[name].error(colors) for name, colors in own.items()}
    peer, peer_s = {}, 0.0
    for name, blob in photos.items():
        centres, seconds = _all_pixels(blob, len(own[name]))
        peer[name], peer_s = wholes[name].error(centres), peer_s + seconds
    say("scikit-learn has seen all pixels")
    floor_s = sum(median(one.floor) for one in timed.values())
    yield info("scikit-learn on all pixels, in one round", peer_s / floor_s, "P")
    yield info("mean error of scikit-learn on all pixels", _mean(peer.values()), "Delta E")
    yield at_most("mean error of ours", _mean(ours.values()), "Delta E", _mean(peer.values()))
    better = sum(ours[name] <= peer[name] for name in photos)
    yield info("photos with no higher error than scikit-learn", better, "")
    if has_thief:
        thief = [
            wholes[name].error(_lab(_thief(blob, len(own[name])))) for name, blob in photos.items()
        ]
        yield info("mean error of colorthief", _mean(thief), "Delta E")
    yield from _by_count(photos, wholes)


def _by_count(photos: dict[str, bytes], wholes: dict[str, Whole]) -> Iterator[Row]:
    """Compare for each number of colours that a person may ask for; the peer sees each colour once.

    KMeans with weights on the different colours minimises the same sum as on all pixels. It may set
    two colours as near to each other as it likes, which ours may not.
    """
    from sklearn.cluster import KMeans

    for count in COUNTS:
        ours, peer = [], []
        for name, blob in photos.items():
            one = wholes[name]
            colors = _own(extract_palette({"colors": count}, [blob])[0])
            fitted = KMeans(len(colors), random_state=0).fit(one.lab, sample_weight=one.counts)
            ours.append(one.error(colors))
            peer.append(one.error(fitted.cluster_centers_))
        yield info(f"mean error of ours, {count} colours", _mean(ours), "Delta E")
        yield info(f"mean error of scikit-learn, {count} colours", _mean(peer), "Delta E")


def _safety_rows(found: dict[str, dict[str, Any]]) -> Iterator[Row]:
    nearest = min(
        delta_e_of_hex(one["hex"], other["hex"])
        for palette in found.values()
        for one, other in combinations(palette["colors"], 2)
    )
    texts = [one for palette in found.values() for one in palette["texts"]]
    yield at_least("nearest two colours of a palette", nearest, "Delta E 2000", 10)
    lowest = min(one["contrast_percent"] for one in texts) / 100
    yield at_least("lowest contrast of words on a role", lowest, ": 1", 4.5)
    changes = sum(len(palette["adjustments"]) for palette in found.values())
    yield info("roles made lighter or darker", changes, f"of {5 * len(found)}")


def _own(palette: dict[str, Any]) -> Lab:
    """Give the colours that the picture has, without derived tints."""
    return _lab([one["rgb"] for one in palette["colors"] if not one["is_derived"]])


def _lab(colors: Sequence[Sequence[int]]) -> Lab:
    return to_lab(np.array(colors, dtype=np.uint8))


def _mean(values: Any) -> float:
    return float(np.mean(list(values)))
