"""Pictures that an API process was formatting when it was killed: the factory makes them, once."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import re
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from posthub_assets.draining import Drain
from posthub_assets.picture_work import format_picture
from resources.media_store import media_store_of
from resources.settings import load_settings
from resources.tokens import AccessTokens
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

HERE = Path(__file__).parent
PICTURES = 12
WITHIN_S = 90.0


def load(name: str) -> Any:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


async def counted(seed: Any, company: Any) -> Counter[str]:
    """Count the company's jobs by status."""
    rows = await seed.rows("SELECT status FROM posthub.job WHERE company_id = :id", id=company.id)
    return Counter(row.status for row in rows)


@pytest.mark.accept
async def test_what_a_killed_api_had_begun_is_made_by_the_factory_and_nothing_twice(
    seed, database_urls, tmp_path, photo
):
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    settings = load_settings({"POSTHUB_HOME": str(tmp_path)})
    media = media_store_of(settings)
    ids = [str(await seed.picture(company, media, photo)) for _ in range(PICTURES)]
    serving = load("served")
    token = AccessTokens(serving.SECRET_KEY).issue(person.id)
    limits = {"POSTHUB_MEDIA_AUTO_FORMAT_PER_HOUR": "0"}
    with serving.served(database_urls, tmp_path, **limits) as url:

        def ask() -> None:
            headers = {"Authorization": f"Bearer {token}"}
            with suppress(httpx.HTTPError):  # the server dies under it
                httpx.post(
                    f"{url}/v1/media/auto-format?mode=sync",
                    json={"asset_ids": ids},
                    headers=headers,
                    timeout=60,
                )

        asking = threading.Thread(target=ask)
        asking.start()
        for _ in range(int(WITHIN_S / 0.05)):
            if (await counted(seed, company))["completed"] >= 2:
                break
            await asyncio.sleep(0.05)
        said = (tmp_path / "api.log").read_text()
        found = re.search(r"Started server process \[(\d+)\]", said)
        assert found is not None
        os.kill(int(found[1]), signal.SIGKILL)
        asking.join()
    left = await counted(seed, company)
    assert left["running"] > 0
    assert left["running"] + left["completed"] == PICTURES

    factory = PostgresWorkshop(replace(settings, factory_database_url=database_urls.factory))
    rows = await seed.rows(
        "SELECT DISTINCT month FROM posthub.job WHERE company_id = :id", id=company.id
    )
    only = [(company.partition_key, row.month) for row in rows]
    deadline = time.monotonic() + WITHIN_S
    async with factory.open() as tools:
        while (await counted(seed, company))["completed"] < PICTURES:
            assert time.monotonic() < deadline, "the leases do not end"
            drain = Drain(
                tools, "formatted_images", format_picture, "run", only, 2, logging.getLogger()
            )
            await drain.run()
            await asyncio.sleep(1)

    made = await seed.rows(
        "SELECT media_request_id, format, sha256 FROM posthub.media_asset"
        " WHERE company_id = :id AND kind = 'formatted'",
        id=company.id,
    )
    assert len(made) == 3 * PICTURES
    assert len({(one.media_request_id, one.format) for one in made}) == len(made)
    for one in made:
        media.open(company.organization_id, one.sha256)
    jobs = await seed.rows("SELECT * FROM posthub.job WHERE company_id = :id", id=company.id)
    assert {job.attempts for job in jobs} == {0}, "a crash is no attempt"
    assert sum(job.crash_count for job in jobs) == left["running"]
