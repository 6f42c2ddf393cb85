"""Bench `auto_format`: fifty pictures, asked for over the API by several people at once.

Beside a real API server works the factory's own loop (`draining.py`), as a draining run does it, on
a real PostgreSQL. The floor beside it: the same fifty formattings in two bare processes, which are
told nothing and store nothing. Both are measured in turn, several times. How long it took by the
clock depends on who else is at work on the machine, so the share is told in CPU seconds, too.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from uuid import UUID

from benchmarks.harness import ROOT, Row, at_most, info, median, own_cpu_s, say
from benchmarks.seeding import Seeded, next_month, seed
from benchmarks.stand import Stand, stand
from posthub_assets.assets.formatted_images import FORMATTED_IMAGES
from posthub_assets.domain.media.auto_format import FormatWish
from posthub_assets.draining import Drain, Drained
from resources.darkroom.starting import ENVIRONMENT
from resources.darkroom.tasks import TASKS
from resources.ids import new_id
from resources.media_store import media_store_of
from resources.studio.formatting import TASK, task_arguments
from resources.workshop import PostgresWorkshop

PHOTOS = ROOT.parent / "shared" / "data" / "companies" / "18f" / "photos"
LARGEST_PX = 4000
"""What uploads may have; a wider one is refused, so it is left out here."""

JOBS = 50
PEOPLE = 5
CALLERS = 8
"""People who ask at the same time."""

CORES = 2
ROUNDS = 3
WISH = FormatWish()


@dataclass(frozen=True, slots=True)
class Cost:
    """What a round took: seconds by the clock, and CPU seconds by who used them."""

    wall_s: float
    cpu_s: float
    api_s: float = 0.0
    database_s: float = 0.0

    @property
    def all_s(self) -> float:
        """CPU seconds of everybody."""
        return self.cpu_s + self.api_s + self.database_s


def measure() -> list[Row]:
    """Ask for fifty pictures, and format them bare beside it, in turn."""
    pictures = _pictures()
    variables = {"POSTHUB_MEDIA_AUTO_FORMAT_PER_HOUR": "0"}
    floors, ours = [], []
    with stand(api=True, prepare=lambda _: variables) as here:
        month = next_month()
        people = seed(here.urls.owner, first=1, count=PEOPLE, items=[], month=month, quota=1)
        assets = _upload(here, people, pictures)
        _round(here, people, assets)  # everything is started and planned by now
        before = _outputs(here)
        for number in range(1, ROUNDS + 1):
            say(f"round {number} of {ROUNDS}: bare, then through the API")
            floors.append(_bare(pictures))
            ours.append(_round(here, people, assets))
        counted = _counted(here, before)
    return [*_rows(floors, ours), *counted]


def _rows(floors: Sequence[Cost], ours: Sequence[Cost]) -> list[Row]:
    bare, through = median(one.wall_s for one in floors), median(one.wall_s for one in ours)
    least, spent = median(one.cpu_s for one in floors), median(one.all_s for one in ours)
    shares = [floor.wall_s / one.wall_s for floor, one in zip(floors, ours, strict=True)]
    return [
        info("jobs at once", JOBS, "jobs"),
        info("formats of each", len(WISH.formats), "formats"),
        info("two bare processes, by the clock", bare, "s"),
        info("through the API, by the clock", through, "s"),
        info("throughput through the API", 60 * JOBS / through, "pictures/min"),
        info("share of what the cores do alone, by the clock", 100 * median(shares), "%"),
        info("two bare processes", least / JOBS, "CPU s/picture"),
        info("through the API, all processes", spent / JOBS, "CPU s/picture"),
        info("of it the API", median(one.api_s for one in ours) / JOBS, "CPU s/picture"),
        info("of it the database", median(one.database_s for one in ours) / JOBS, "CPU s/picture"),
        info("share of what the cores do alone, in CPU", 100 * least / spent, "%"),
    ]


def _pictures() -> list[bytes]:
    """Give fifty pictures: the real photos in turn, or drawn ones where they are not."""
    found = [path.read_bytes() for path in sorted(PHOTOS.glob("*"))] if PHOTOS.is_dir() else []
    fitting = [one for one in found if max(_size(one)) <= LARGEST_PX] or [_drawn()]
    # Behind the end of each a number, since a company has an upload once.
    return [fitting[n % len(fitting)] + n.to_bytes(2, "big") for n in range(JOBS)]


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    return Image.open(BytesIO(data)).size


def _drawn() -> bytes:
    """Give a JPEG of 12 megapixels with something in it."""
    import numpy as np
    from PIL import Image

    dice = np.random.default_rng(7)
    coarse = Image.fromarray(dice.integers(0, 256, (150, 200, 3), dtype=np.uint8))
    out = BytesIO()
    coarse.resize((4000, 3000), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def _upload(here: Stand, people: Sequence[Seeded], pictures: Sequence[bytes]) -> list[UUID]:
    """Put the pictures into the library, spread over the people's companies."""
    media = media_store_of(here.settings)
    ids = []
    for number, data in enumerate(pictures):
        person, id_ = people[number % len(people)], new_id()
        width_px, height_px = _size(data)
        values = {
            "id": id_,
            "organization": person.organization_id,
            "company": person.id,
            "month": next_month(),
            "sha256": media.put(person.organization_id, data),
            "bytes": len(data),
            "width": width_px,
            "height": height_px,
        }
        here.query(_MEDIA, **values)
        here.query(_ASSET, **values)
        ids.append(id_)
    return ids


_MEDIA = """
    INSERT INTO posthub.media (organization_id, sha256, media_type, size_bytes, width_px, height_px,
        origin)
    VALUES (%(organization)s, %(sha256)s, 'image/jpeg', %(bytes)s, %(width)s, %(height)s, 'upload')
    ON CONFLICT DO NOTHING
"""
_ASSET = """
    INSERT INTO posthub.media_asset (id, organization_id, company_id, month, sha256, kind,
        media_type, size_bytes, width_px, height_px, filename, alt_text)
    VALUES (%(id)s, %(organization)s, %(company)s, %(month)s, %(sha256)s, 'upload', 'image/jpeg',
        %(bytes)s, %(width)s, %(height)s, 'photo.jpg', 'A photo')
"""


def _round(here: Stand, people: Sequence[Seeded], assets: Sequence[UUID]) -> Cost:
    """Ask for all pictures while the factory works; wait for the last."""
    before = _costs(here)
    began = time.perf_counter()
    factory = threading.Thread(target=lambda: asyncio.run(_work(here, len(assets))))
    factory.start()
    _ask(here, people, assets)
    factory.join()
    wall_s = time.perf_counter() - began
    own, api, database = (now - then for now, then in zip(_costs(here), before, strict=True))
    return Cost(wall_s, own, api, database)


def _costs(here: Stand) -> tuple[float, float, float]:
    """Give CPU seconds so far: of this process with what it started and ended, API, database.

    A round's workshop is closed at its end, so all of its darkroom counts.
    """
    return own_cpu_s(), here.cpu_s("api"), here.postgres_cpu_s()


def _ask(here: Stand, people: Sequence[Seeded], assets: Sequence[UUID]) -> None:
    tokens = [here.token(one.user_id) for one in people]

    def one(number: int) -> None:
        body = {"asset_ids": [str(assets[number])]}
        token = tokens[number % len(people)]
        here.http(here.settings.api_port, "POST", "/v1/media/auto-format", body, token)

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(one, range(len(assets))))


async def _work(here: Stand, jobs: int) -> None:
    """Work as draining runs do, until so many jobs are done."""
    settings = replace(here.settings, factory_database_url=here.urls.factory)
    done = Drained()
    async with PostgresWorkshop(settings).open() as tools:
        while done.done + done.failed < jobs:
            drain = Drain(
                tools=tools,
                asset=FORMATTED_IMAGES.asset,
                handle=FORMATTED_IMAGES.handle,
                run_id="bench",
                only=None,
                concurrency=FORMATTED_IMAGES.concurrency,
                log=logging.getLogger("bench"),
                linger_s=0.5,
                summary=done,
            )
            await drain.run()


def _bare(pictures: Sequence[bytes]) -> Cost:
    """Format all pictures in two processes that do nothing else, with the darkroom's one thread."""
    os.environ.update(ENVIRONMENT)
    context = multiprocessing.get_context("spawn")
    told, ready = context.Queue(), context.Barrier(CORES + 1)
    shares = [pictures[number::CORES] for number in range(CORES)]
    children = [context.Process(target=_format_all, args=(one, ready, told)) for one in shares]
    for child in children:
        child.start()
    ready.wait()
    began = time.perf_counter()
    cpu_s = sum(told.get() for _ in children)
    wall_s = time.perf_counter() - began
    for child in children:
        child.join()
    return Cost(wall_s, cpu_s)


def _format_all(pictures: Sequence[bytes], ready: Barrier, told: Queue[float]) -> None:
    """Format pictures as the darkroom's task does; tell the CPU seconds of it."""
    ready.wait()
    before = own_cpu_s()
    for data in pictures:
        TASKS[TASK](task_arguments(WISH, WISH.formats), [data])
    told.put(own_cpu_s() - before)


def _outputs(here: Stand) -> int:
    return int(here.one("SELECT count(*) FROM posthub.media_asset WHERE kind = 'formatted'"))


def _counted(here: Stand, before: int) -> list[Row]:
    """Count what was lost and what was made twice, and read every file once."""
    wanted = ROUNDS * JOBS
    rows = here.query(
        "SELECT j.status, j.crash_count, r.id, r.organization_id, a.sha256, a.format"
        " FROM posthub.job j JOIN posthub.media_request r ON r.id = j.media_request_id"
        " LEFT JOIN posthub.media_asset a ON a.media_request_id = r.id ORDER BY r.id"
    )
    made = Counter((row["id"], row["format"]) for row in rows if row["sha256"])
    media, missing = media_store_of(here.settings), 0
    for row in rows:
        with suppress(Exception):
            media.open(row["organization_id"], row["sha256"])
            continue
        missing += 1
    jobs = here.one("SELECT count(*) FROM posthub.job WHERE status = 'completed'")
    return [
        info("jobs done, the first round included", jobs, "jobs"),
        at_most("jobs lost", JOBS * (ROUNDS + 1) - jobs, "jobs", 0),
        at_most("pictures lost", wanted * len(WISH.formats) - (_outputs(here) - before), "", 0),
        at_most("pictures made twice", sum(n - 1 for n in made.values()), "pictures", 0),
        at_most("files that cannot be read", missing, "files", 0),
    ]
