"""Broken pictures without end, through the darkroom: run by hand, `--minutes N`.

    python -m benchmarks.fuzz_decoding --minutes 10 [--seed 1] [--keep FOLDER]

Sound files of each kind are broken: bits turned over, bytes overwritten, pieces cut out, doubled,
or taken from another file; and, knowing the containers, lengths, numbers in headers and tables are
changed with checksums mended, so that the change gets past the walk and into the decoder. Each goes
through the task `receive`. It fails where the service falls, a limit does not hold, or an error is
not one of ours. A child that was ended by a signal is a finding: it is kept, and told.

What does not belong here: files with an expected outcome (the corpus of the tests).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.harness import RESULTS, Row, at_most, info, report, say
from posthub_assets.domain.errors import RefusedPicture
from resources.darkroom.room import Darkroom, Developed
from tests.posthub_assets.domain.media.corpus import broken, cases
from tests.posthub_assets.domain.media.corpus.building import Taken

AT_ONCE = 8
LARGEST_SEED_BYTES = 60_000
INTERESTING = (0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 63, 64, 127, 128, 192, 254, 255)
BASELINE_BYTES = 45_000_000

Mutation = Callable[[np.random.Generator, bytearray, list[bytes]], bytearray]


@dataclass(slots=True)
class Tally:
    """What has come of all files so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    signals: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[int, str] = (0, "")
    cpu_s: float = 0.0

    @property
    def done(self) -> int:
        """How many files have been through."""
        return sum(self.outcomes.values())

    def add(self, name: str, one: Developed) -> bool:
        """Count a file; True where it is a finding."""
        self.cpu_s += one.cpu_s
        self.slowest = max(self.slowest, (one.cpu_s, name))
        self.largest = max(self.largest, (one.peak_bytes, name))
        refused = isinstance(one.error, RefusedPicture)
        reason = one.error.reason if isinstance(one.error, RefusedPicture) else repr(one.error)
        self.outcomes["taken" if one.error is None else reason[:60]] += 1
        if one.ended_by:
            self.signals.append(f"{name}: signal {one.ended_by} ({reason})")
        elif one.error is not None and not refused:
            self.strange.append(f"{name}: {one.error!r}")
        return bool(one.ended_by) or (one.error is not None and not refused)


def seeds() -> list[bytes]:
    """Give the sound files of the corpus that are small, and those that it breaks itself."""
    sound = [case.data for case in cases() if isinstance(case.expected, Taken)]
    small = [data for data in sound if 0 < len(data) <= LARGEST_SEED_BYTES]
    return [*broken.seeds().values(), *small]


def flip(rng: np.random.Generator, data: bytearray, others: list[bytes]) -> bytearray:
    """Turn some bits over."""
    for place in rng.integers(0, 8 * len(data), int(rng.integers(1, 24))):
        data[place // 8] ^= 1 << int(place % 8)
    return data


def overwrite(rng: np.random.Generator, data: bytearray, others: list[bytes]) -> bytearray:
    """Write numbers over bytes that decoders trip over."""
    for place in rng.integers(0, len(data), int(rng.integers(1, 12))):
        data[place] = int(rng.choice(INTERESTING))
    return data


def cut(rng: np.random.Generator, data: bytearray, others: list[bytes]) -> bytearray:
    """Take a piece out."""
    start = int(rng.integers(0, len(data)))
    del data[start : start + int(rng.integers(1, 1 + len(data) // 4))]
    return data


def double(rng: np.random.Generator, data: bytearray, others: list[bytes]) -> bytearray:
    """Put a piece in a second time."""
    start, to = (int(one) for one in rng.integers(0, len(data), 2))
    piece = data[start : start + int(rng.integers(1, 400))]
    return data[:to] + piece * int(rng.integers(1, 6)) + data[to:]


def splice(rng: np.random.Generator, data: bytearray, others: list[bytes]) -> bytearray:
    """Go on with another file from somewhere."""
    other = others[int(rng.integers(len(others)))]
    if not other:
        return data
    return data[: int(rng.integers(len(data)))] + other[int(rng.integers(len(other))) :]


def by_part(rng: np.random.Generator, data: bytearray, others: list[bytes]) -> bytearray:
    """Change what is in the parts of a container, and mend what would give it away."""
    if data[:4] == b"\x89PNG":
        return _png(rng, data)
    if data[:4] == b"RIFF":
        return _webp(rng, data)
    return _jpeg(rng, data)


def _png(rng: np.random.Generator, data: bytearray) -> bytearray:
    """Change a chunk, now and then the unpacked pixels, and write lengths and checksums anew."""
    place, out = 8, bytearray(data[:8])
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        content = bytearray(data[place + 8 : place + 8 + length])
        if content and rng.random() < 0.4:
            if name in (b"IDAT", b"iCCP") and rng.random() < 0.6:
                content = _repacked(rng, content, 0 if name == b"IDAT" else content.find(0) + 2)
            elif name != b"IHDR" or rng.random() < 0.5:
                content[int(rng.integers(len(content)))] = int(rng.choice(INTERESTING))
        out += struct.pack(">I", len(content)) + name + content
        out += struct.pack(">I", zlib.crc32(name + content))
        place += 12 + length
    return out


def _repacked(rng: np.random.Generator, content: bytearray, start: int) -> bytearray:
    try:
        rows = bytearray(zlib.decompressobj().decompress(bytes(content[start:]), 4_000_000))
    except zlib.error:
        return content
    for place in rng.integers(0, max(1, len(rows)), int(rng.integers(1, 40))):
        if rows:
            rows[place % len(rows)] = int(rng.choice(INTERESTING))
    return content[:start] + zlib.compress(bytes(rows), 1)


def _webp(rng: np.random.Generator, data: bytearray) -> bytearray:
    """Change bytes of a chunk, mostly near its beginning, and mend the whole length."""
    place = 12
    while place + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, place + 4)
        near = min(length, 64 if rng.random() < 0.5 else length)
        for _ in range(int(rng.integers(0, 6))):
            if near and place + 8 + near <= len(data):
                data[place + 8 + int(rng.integers(near))] = int(rng.integers(256))
        place += 8 + length + (length & 1)
    struct.pack_into("<I", data, 4, len(data) - 8)
    return data


def _jpeg(rng: np.random.Generator, data: bytearray) -> bytearray:
    """Change bytes within tables and headers; or within a scan, keeping its stuffing."""
    place = 2
    while place + 4 < len(data) and data[place] == 0xFF and data[place + 1] not in (0xD9, 0xDA):
        (length,) = struct.unpack_from(">H", data, place + 2)
        if rng.random() < 0.3 and length > 2 and place + 2 + length < len(data):
            data[place + 4 + int(rng.integers(length - 2))] = int(rng.choice(INTERESTING))
        place += 2 + length
    if place + 20 < len(data) and rng.random() < 0.7:
        for spot in rng.integers(place, len(data) - 2, int(rng.integers(1, 10))):
            if data[spot] != 0xFF and data[spot - 1] != 0xFF:
                data[spot] = int(rng.integers(0xFF))
    return data


MUTATIONS: tuple[Mutation, ...] = (flip, overwrite, cut, double, splice, by_part)


def broken_anew(rng: np.random.Generator, sound: list[bytes]) -> bytes:
    """Give a file that was broken in one to three ways; mostly in its parts, to get further in."""
    data = bytearray(sound[int(rng.integers(len(sound)))])
    ways = [by_part] if rng.random() < 0.7 else MUTATIONS
    for _ in range(int(rng.integers(1, 4))):
        if len(data) > 20:
            data = ways[int(rng.integers(len(ways)))](rng, data, sound)
    return bytes(data)


async def fuzz(minutes: float, seed: int, keep: Path) -> Tally:
    """Break files for `minutes`, and give what came of them. Findings are written to `keep`."""
    rng, sound, tally = np.random.default_rng(seed), seeds(), Tally()
    room = Darkroom()
    until = time.monotonic() + 60 * minutes
    told = time.monotonic() + 60

    async def work() -> None:
        nonlocal told
        while time.monotonic() < until:
            data = broken_anew(rng, sound)
            name = hashlib.sha256(data).hexdigest()[:16]
            developed = await room.develop("receive", {"name": "a.jpg"}, [data])
            if tally.add(name, developed):
                _keep(keep, name, data)
            if time.monotonic() > told:
                told += 60
                say(f"{tally.done} files, {dict(tally.outcomes.most_common(5))}")

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    answer, _ = await room.run("selftest", {})
    assert answer["is_ready"]
    await room.close()
    return tally


def _keep(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def rows(tally: Tally) -> list[Row]:
    """Give the result as a table."""
    found = [info(f"{name}", count, "files") for name, count in tally.outcomes.most_common()]
    return [
        info("files", tally.done, ""),
        *found,
        info("processor time of a file, mean", 1000 * tally.cpu_s / max(1, tally.done), "ms"),
        at_most("slowest", tally.slowest[0], "CPU s", 5.5),
        at_most("largest", tally.largest[0] / 1e6, "MB", (200_000_000 + BASELINE_BYTES) / 1e6),
        info("children ended by a signal", len(tally.signals), ""),
        at_most("errors that are not ours", len(tally.strange), "", 0),
    ]


def main() -> None:
    """Read the command line, break files, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=RESULTS / "findings")
    given = parser.parse_args()
    tally = asyncio.run(fuzz(given.minutes, given.seed, given.keep))
    report("fuzz_decoding", rows(tally))
    for finding in (*tally.signals, *tally.strange):
        print(finding)
    raise SystemExit(1 if tally.strange else 0)


if __name__ == "__main__":
    main()
