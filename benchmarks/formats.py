"""Bench `formats`: one picture to poster, square and banner, beside a floor and three peers.

F, the floor, decodes the picture once, whole, and encodes the three outputs. The peers do the whole
recipe: Pillow straight, libvips (by pyvips) and sharp. Every work runs in a process of its own, on
one thread, all at JPEG quality 95; rounds are interleaved, figures are medians. A peer that is not
installed is left out, and it is said: pyvips is looked for in the environment, sharp in the folder
BENCH_SHARP_DIR. BENCH_FORMATS_ROUNDS (9) and BENCH_FORMATS_JOBS (500) make it shorter.
What does not belong here: whether it looks right (tests of `domain/media/formatting`).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.formats_input import make_inputs, photos
from benchmarks.harness import RESULTS, ROOT, Row, at_least, at_most, info, median, say
from posthub_assets.domain.media.encoding import Encoding, encode
from posthub_assets.domain.media.formats import SHOW_FORMATS
from posthub_assets.domain.media.formatting.compose import compose, needed_sizes
from posthub_assets.domain.media.pixels import decode, open_picture

ROUNDS = int(os.environ.get("BENCH_FORMATS_ROUNDS", "9"))
JOBS = int(os.environ.get("BENCH_FORMATS_JOBS", "500"))
FORMATS = json.dumps(
    [{"code": o.code, "width_px": o.width_px, "height_px": o.height_px} for o in SHOW_FORMATS]
)
LIMITS = {"12 MP JPEG": (2.5, 80), "640 x 427 JPEG": (4.3, 80), "16 MP PNG": (1.6, 140)}
"""Times F, and MB."""
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "VIPS_CONCURRENCY": "1",
    "UV_THREADPOOL_SIZE": "1",
}


class Worker:
    """A process that does one work again and again, when it is told to."""

    def __init__(self, command: list[str]) -> None:
        """Start it; it waits."""
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **_ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def once(self) -> dict[str, float]:
        """Do the work once; gives `cpu_s`, `peak_mb` (so far) and `bytes`."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer: dict[str, float] = json.loads(self._process.stdout.readline())
        return answer

    def end(self) -> None:
        """Let it end."""
        self._process.communicate()


def measure() -> list[Row]:
    """Measure every picture, then memory over many jobs, then what the encoding saves."""
    rows: list[Row] = []
    paths = make_inputs(RESULTS / "formats")
    for name, path in paths.items():
        rows += _compare(name, path)
    rows += _many_jobs(paths["12 MP JPEG"])
    rows += _savings()
    return rows


def _commands(path: Path) -> dict[str, list[str]]:
    python = [sys.executable, "-m", "benchmarks.formats_work"]
    kinds = ["F", "naive", "ours", "ours, default"]
    if importlib.util.find_spec("pyvips"):
        kinds.insert(2, "libvips")
    else:
        say("libvips is left out: pyvips and pyvips-binary are not installed")
    commands = {kind: [*python, kind, str(path), FORMATS] for kind in kinds}
    home, node = os.environ.get("BENCH_SHARP_DIR"), shutil.which("node")
    if home and node:
        script = str(Path(__file__).with_name("formats_peer.mjs"))
        commands["sharp"] = [node, script, home, str(path), FORMATS]
    else:
        say("sharp is left out: BENCH_SHARP_DIR names no folder with it, or node is not there")
    return commands


def _compare(name: str, path: Path) -> Iterator[Row]:
    workers = {kind: Worker(command) for kind, command in _commands(path).items()}
    peaks = {kind: worker.once()["peak_mb"] for kind, worker in workers.items()}
    seen: dict[str, list[float]] = {kind: [] for kind in workers}
    for number in range(ROUNDS):
        for kind, worker in workers.items():
            seen[kind].append(worker.once()["cpu_s"])
        say(f"{name}: round {number + 1} of {ROUNDS}")
    for worker in workers.values():
        worker.end()
    base = median(seen["F"])
    yield info(f"{name}: F", 1000 * base, "CPU ms")
    yield from _figures(name, {kind: median(values) / base for kind, values in seen.items()}, peaks)


def _figures(name: str, ratios: dict[str, float], peaks: dict[str, float]) -> Iterator[Row]:
    limit, peak_mb = LIMITS[name]
    for kind in ("naive", "libvips", "sharp"):
        if kind in ratios:
            yield info(f"{name}: {kind}", ratios[kind], "F")
            yield info(f"{name}: {kind}, peak", peaks[kind], "MB")
    yield at_most(f"{name}: ours", ratios["ours"], "F", limit)
    yield at_most(f"{name}: ours, peak", peaks["ours"], "MB", peak_mb)
    default = f"{name}: ours, default encoding"
    if name == "12 MP JPEG":
        yield at_most(default, ratios["ours, default"], "F", 2.0)
    else:
        yield info(default, ratios["ours, default"], "F")
    yield at_most(f"{default}, peak", peaks["ours, default"], "MB", peak_mb)
    peers = [ratios[kind] for kind in ("libvips", "sharp") if kind in ratios]
    if peers and "JPEG" in name:
        yield at_most(f"{name}: ours to the better peer", ratios["ours"] / min(peers), "x", 1.0)


def _many_jobs(path: Path) -> Iterator[Row]:
    worker = Worker(_commands(path)["ours, default"])
    peaks = [worker.once()["peak_mb"] for _ in range(JOBS)]
    worker.end()
    early = peaks[min(19, len(peaks) - 1)]
    yield info("jobs in one process", len(peaks), "")
    yield at_most("its peak after all, to that after 20", peaks[-1] / early, "x", 1.05)


def _savings() -> Iterator[Row]:
    saved: dict[str, list[float]] = {"jpeg": [], "webp": [], "avif": []}
    for path in photos():
        for canvas in _canvases(path.read_bytes()):
            best = _best_size(canvas, full_chroma=encode(canvas, Encoding()).full_chroma)
            for kind, shares in saved.items():
                if kind == "jpeg" or canvas.size == (1200, 1200):
                    size = len(encode(canvas, Encoding(type=kind)).data)  # type: ignore[arg-type]
                    shares.append(100 * (1 - size / best))
    if not saved["jpeg"]:
        say("what the encoding saves is left out: the real photos are not there")
        return
    yield info("default JPEGs measured", len(saved["jpeg"]), "")
    yield at_least("the least that one is smaller than quality 95", min(saved["jpeg"]), "%", 40)
    yield at_most("the most", max(saved["jpeg"]), "%", 60)
    yield info("median", median(saved["jpeg"]), "%")
    yield info("WebP on request, median", median(saved["webp"]), "%")
    yield info("AVIF on request, median", median(saved["avif"]), "%")


def _canvases(data: bytes) -> Iterator[Image.Image]:
    source = open_picture(data)
    sizes = needed_sizes((source.width_px, source.height_px), SHOW_FORMATS)
    for _, canvas in compose(decode(source, sizes), SHOW_FORMATS):
        yield canvas


def _best_size(canvas: Image.Image, *, full_chroma: bool) -> int:
    file = BytesIO()
    options: dict[str, Any] = {"subsampling": 0} if full_chroma else {}
    canvas.save(file, "JPEG", quality=95, **options)
    return file.tell()
