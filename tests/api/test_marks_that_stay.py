"""A picture that a model made stays marked, by whichever way it comes back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from api.idempotency import UNDER_WAY
from posthub_assets.domain.content import Kind, Status
from tests.api import test_auto_format, test_media_uploads

pytestmark = pytest.mark.anyio

desk = test_auto_format.desk
stuck = test_auto_format.stuck
FORMATS = test_auto_format.ROUTE
AI = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def marked(jpeg: bytes) -> bytes:
    """Put into a JPEG that a model made it, as XMP does."""
    xmp = (
        b"http://ns.adobe.com/xap/1.0/\x00"
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        b'Iptc4xmpExt:DigitalSourceType="' + AI + b'"/></rdf:RDF></x:xmpmeta>'
    )
    return jpeg[:2] + b"\xff\xe1" + (len(xmp) + 2).to_bytes(2, "big") + xmp + jpeg[2:]


async def test_the_same_pixels_that_come_again_with_their_mark_are_marked(desk):
    plain = test_media_uploads.picture(seed=4711)
    told: list[Any] = []
    for data in (plain, marked(plain), plain):
        sent = ("a.jpg", data, "image/jpeg")
        answer = await test_media_uploads.uploaded(desk.client, desk.company, sent)
        told.append(answer.json()["items"][0])
    assert [one["outcome"] for one in told] == ["accepted", "known", "known"]
    assert [one["asset"]["is_ai"] for one in told] == [False, True, True]
    codes = [one["code"] for one in told[-1]["asset"]["notes"]]
    assert codes.count("marked-as-ai") == 1, codes


@pytest.mark.parametrize("mark", [False, True])
async def test_an_image_whose_words_a_person_edited_is_still_the_models(desk, seed, mark):
    data = marked(desk.photo) if mark else desk.photo
    sha256 = desk.api.app.state.services.media.put(desk.company.organization_id, data)
    owner = {"organization_id": desk.company.organization_id, "sha256": sha256}
    size = {"media_type": "image/jpeg", "width_px": 640, "height_px": 427}
    await seed.insert("media", **owner, **size, size_bytes=len(data), origin="test")
    body = {"media_sha256": sha256, **size, "alt_text": "In a person's words"}
    item = await seed.item(desk.company, kind=Kind.IMAGE, body=body, status=Status.APPROVED)
    if not mark:  # then only another version says so
        async with seed.database.engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO posthub.content_version SELECT (jsonb_populate_record(v,"
                    " jsonb_build_object('id', gen_random_uuid(), 'number', v.number + 1,"
                    " 'provider', 'gemini'))).* FROM posthub.content_version v"
                    " WHERE content_id = :id"
                ),
                {"id": item.id},
            )
    answer = await desk.ask(image_id=str(item.id), formats=["square"], mode="sync")
    (job,) = answer.json()["jobs"]
    assert [one["is_ai"] for one in job["outputs"]] == [True], job


async def test_formats_that_people_take_count_as_used(desk, seed):
    answer = await desk.ask(await desk.upload(), mode="sync")
    (job,) = answer.json()["jobs"]
    poster, *others = job["outputs"]
    for url, used in ((poster["url"], 1), (job["zip_url"], 1 + len(others))):
        async with seed.database.engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE posthub.media_asset SET last_used_at = now() - interval '89 days'"
                    " WHERE company_id = :id AND kind = 'formatted'"
                ),
                {"id": desk.company.id},
            )
        assert (await desk.client.get(url)).status_code == 200
        rows = await seed.rows(
            "SELECT 1 FROM posthub.media_asset WHERE company_id = :id AND kind = 'formatted'"
            " AND last_used_at > now() - interval '1 day'",
            id=desk.company.id,
        )
        assert len(rows) == used


async def test_a_key_sent_again_while_the_work_takes_long_begins_nothing_anew(desk, seed, stuck):
    asset = await desk.upload()
    desk.client.headers["Idempotency-Key"] = f"long {asset}"
    first, job = await begun_with(desk, asset)
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.idempotency_key SET created_at = now() - interval '1 hour'"
                " WHERE key = :key"
            ),
            {"key": f"long {asset}"},
        )
    again = await desk.ask(asset, mode="sync")
    assert (again.status_code, again.json()["detail"]) == (202, UNDER_WAY)
    assert [one["job_id"] for one in again.json()["jobs"]] == [str(job.id)]
    assert len(await desk.jobs()) == 1
    del desk.client.headers["Idempotency-Key"]
    marketer = desk.api.known(await seed.person(desk.company.organization_id, "MARKETER"))
    await marketer.post(f"/v1/jobs/{job.id}/cancel")
    assert (await first).status_code == 200


async def begun_with(desk: Any, asset: Any) -> tuple[Any, Any]:
    """Ask in a request that hangs; give it, and its job as soon as that is claimed."""
    asking = asyncio.create_task(desk.ask(asset, mode="sync"))
    for _ in range(500):
        if rows := await desk.jobs():
            return asking, rows[0]
        await asyncio.sleep(0.02)
    raise AssertionError("the request does not begin")
