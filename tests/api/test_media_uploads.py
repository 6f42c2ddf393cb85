"""Uploads over HTTP: real forms, real pictures, and everything else that people send."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from PIL import Image

from api import envelope
from posthub_assets.domain.media.provenance import MadeBy, SourceType, with_xmp, xmp_packet
from resources.scan_settings import ScannerAddress
from resources.scanning import Scanner

pytestmark = pytest.mark.anyio

UPLOADS = "/v1/media/uploads"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 40), seed: int = 0) -> bytes:
    """Give a small picture that no other test has."""
    noise = np.random.default_rng(seed).integers(0, 256, (*reversed(size), 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, kind)
    return out.getvalue()


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def client(api, seed, company):
    return api.known(await seed.person(company.organization_id))


def sending(*files: tuple[str, bytes, str], **fields: Any) -> dict[str, Any]:
    """Give what httpx needs to send a form."""
    return {"data": fields, "files": [("file", one) for one in files]}


async def uploaded(client, company, *files: tuple[str, bytes, str], **fields: Any) -> Any:
    form = sending(*files, company_id=str(company.id), **fields)
    return await client.post(UPLOADS, **form)


def jpeg(seed: int, name: str = "photo.jpg") -> tuple[str, bytes, str]:
    return (name, picture(seed=seed), "image/jpeg")


async def files_of(app, company) -> int:
    media = app.state.services.media
    return sum(1 for _ in media.place.names_under(str(company.organization_id)))


async def test_a_picture_is_taken_in_written_anew_and_is_in_the_library(app, client, seed, company):
    sent = jpeg(1, "C:\\photos\\Večer.jpg")
    answer = await uploaded(client, company, sent, month="2026-12", alt_text="  A  stage ")
    assert answer.status_code == 201, answer.text
    (item,) = answer.json()["items"]
    asset = item["asset"]
    assert (item["outcome"], item["filename"]) == ("accepted", "Večer.jpg")
    assert (asset["kind"], asset["month"], asset["alt_text"]) == ("upload", "2026-12", "A stage")
    assert (asset["width_px"], asset["height_px"], asset["media_type"]) == (64, 40, "image/jpeg")
    file = await client.get(asset["file"])
    assert file.content != sent[1], "what is stored was written by us"
    assert Image.open(io.BytesIO(file.content)).size == (64, 40)
    assert len(file.content) == asset["size_bytes"]
    (row,) = await seed.rows(
        "SELECT action, after FROM posthub.audit WHERE subject_id = :id", id=asset["id"]
    )
    assert (row.action, row.after["filename"]) == ("media.upload", "Večer.jpg")


async def test_without_a_month_it_is_the_current_one_where_the_company_is(client, seed, company):
    (now,) = await seed.rows("SELECT to_char(now() AT TIME ZONE 'Europe/Prague', 'YYYY-MM') AS m")
    answer = await uploaded(client, company, jpeg(2))
    assert answer.json()["items"][0]["asset"]["month"] == now.m


async def test_of_a_batch_each_file_has_its_own_answer(client, company):
    answer = await uploaded(
        client,
        company,
        jpeg(3, "first.jpg"),
        ("page.jpg", b"<!doctype html><html><script>alert(1)</script></html>", "image/jpeg"),
        ("second.png", picture("PNG", seed=4), "image/png"),
        ("empty.jpg", b"", "image/jpeg"),
        ("half.jpg", picture(seed=5)[:1200], "image/jpeg"),
        alt_text=["one", "two", "three"],
    )
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["accepted"], told["known"], told["refused"]) == (2, 0, 3)
    said = [(one["filename"], one["outcome"]) for one in told["items"]]
    assert said == [
        ("first.jpg", "accepted"),
        ("page.jpg", "refused"),
        ("second.png", "accepted"),
        ("empty.jpg", "refused"),
        ("half.jpg", "refused"),
    ]
    texts = [one["asset"]["alt_text"] for one in told["items"] if one["asset"]]
    assert texts == ["one", "three"], "the n-th text belongs to the n-th file"
    problems = [one["problem"] for one in told["items"] if one["problem"]]
    assert [one["reason"] for one in problems] == ["disguised", "empty", "truncated"]
    assert all(one["type"].endswith("picture-refused") for one in problems)


async def test_where_none_is_taken_the_answer_is_a_problem_with_the_reason(app, client, company):
    answer = await uploaded(client, company, ("notes.txt", b"not a picture at all", "text/plain"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["reason"], told["items"][0]["outcome"]) == ("not-an-image", "refused")
    assert "Send JPEG, PNG or WebP." in told["detail"]
    assert await files_of(app, company) == 0


async def test_the_same_picture_again_is_the_one_that_is_there(app, client, seed, company):
    show = (
        await client.post("/v1/shows", json={"company_id": str(company.id), "title": "A show"})
    ).json()["id"]
    first = (await uploaded(client, company, jpeg(6, "a.jpg"))).json()["items"][0]["asset"]
    again = (
        await uploaded(client, company, jpeg(6, "b.jpg"), alt_text="now said", show_id=show)
    ).json()
    assert (again["known"], again["accepted"]) == (1, 0)
    known = again["items"][0]["asset"]
    assert (known["id"], known["filename"]) == (first["id"], "a.jpg")
    assert (known["alt_text"], known["show_id"]) == ("now said", show)
    third = (await uploaded(client, company, jpeg(6), alt_text="other")).json()["items"][0]
    assert third["asset"]["alt_text"] == "now said", "what somebody wrote is not written over"
    assert await files_of(app, company) == 1


async def test_ten_people_send_the_same_pictures_at_once_and_each_is_there_once(
    app, client, seed, company
):
    one, two = jpeg(7, "one.jpg"), jpeg(8, "two.jpg")
    answers = await asyncio.gather(
        *(uploaded(client, company, *((one, two) if n % 2 else (two, one))) for n in range(10))
    )
    assert [answer.status_code for answer in answers] == [201] * 10
    told = [answer.json() for answer in answers]
    assert sum(one["accepted"] for one in told) == 2
    ids = {item["asset"]["id"] for one in told for item in one["items"]}
    rows = await seed.rows(
        "SELECT (SELECT count(*) FROM posthub.media_asset WHERE company_id = :c) AS assets,"
        " (SELECT count(*) FROM posthub.media WHERE organization_id = :o) AS files",
        c=company.id,
        o=company.organization_id,
    )
    assert (len(ids), rows[0].assets, rows[0].files) == (2, 2, 2)
    assert await files_of(app, company) == 2


async def test_who_uploads_and_who_deletes_at_once_leave_no_picture_without_its_file(
    app, client, seed, company
):
    """Four people upload it and delete whatever they got, over and over."""

    async def comes_and_goes(times: int) -> None:
        for _ in range(times):
            answer = await uploaded(client, company, jpeg(21))
            assert answer.status_code == 201, answer.text
            gone = await client.delete(
                f"/v1/media/assets/{answer.json()['items'][0]['asset']['id']}"
            )
            assert gone.status_code in (204, 404), gone.text

    await asyncio.gather(*(comes_and_goes(5) for _ in range(4)))
    assert await files_of(app, company) == 0
    last = (await uploaded(client, company, jpeg(21))).json()["items"][0]["asset"]
    assert (await client.get(last["file"])).status_code == 200
    living = await seed.rows(
        "SELECT 1 FROM posthub.media_asset WHERE company_id = :id AND deleted_at IS NULL",
        id=company.id,
    )
    assert len(living) == 1


async def test_a_picture_of_another_company_is_another_picture_and_the_same_file(
    app, client, seed, company
):
    other = await seed.company(company.organization_id)
    ids = set()
    for one in (company, other):
        told = (await uploaded(client, one, jpeg(9))).json()
        assert told["accepted"] == 1
        ids.add(told["items"][0]["asset"]["id"])
    assert len(ids) == 2
    assert await files_of(app, company) == 1


async def test_sent_again_with_its_key_it_gets_the_first_answer(client, company):
    key = {"idempotency-key": "the same form"}
    form = sending(jpeg(10), company_id=str(company.id))
    answers = [await client.post(UPLOADS, **form, headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotency-replayed"] == "true"
    other = await client.post(UPLOADS, **sending(jpeg(11), company_id=str(company.id)), headers=key)
    assert other.json()["type"].endswith("idempotency-key-reused")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"company_id": "mine"}, "company_id"),
        ({"month": "December"}, "month"),
        ({"alt_text": ["a", "b"]}, "alt_text"),
        ({"alt_text": "x" * 2001}, "alt_text.0"),
        ({"title": "x"}, "title"),
        ({"file": "not a file"}, "file"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(client, company, fields, field):
    form = sending(jpeg(12), **{"company_id": str(company.id), **fields})
    answer = await client.post(UPLOADS, **form)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_what_is_no_form_of_pictures_is_told_what_to_send(client, company):
    as_json = await client.post(UPLOADS, json={"company_id": str(company.id)})
    no_file = await client.post(
        UPLOADS, data={"company_id": str(company.id)}, files={"x": (None, b"")}
    )
    broken = await client.post(
        UPLOADS, content=b"--x\r\nnonsense", headers={"content-type": "multipart/form-data"}
    )
    many = await uploaded(client, company, *(jpeg(13) for _ in range(21)))
    assert [one.status_code for one in (as_json, no_file, broken, many)] == [415, 422, 400, 400]
    assert "multipart/form-data" in as_json.json()["detail"]
    assert "at most 20 pictures" in many.json()["detail"]


async def test_one_file_over_its_limit_does_not_keep_the_others_out(client, company):
    large = ("large.jpg", picture(seed=14) + b"\0" * (10 * 1024 * 1024), "image/jpeg")
    told = (await uploaded(client, company, large, jpeg(15))).json()
    assert [one["outcome"] for one in told["items"]] == ["refused", "accepted"]
    assert told["items"][0]["problem"]["reason"] == "file-too-large"


async def test_more_than_a_batch_may_weigh_is_refused_announced_or_not(
    client, company, monkeypatch
):
    monkeypatch.setattr(envelope, "MAX_BATCH_BYTES", 100_000)
    form = sending(("a.jpg", b"\xff\xd8\xff" + b"x" * 200_000, "image/jpeg"))
    announced = await client.post(UPLOADS, **form)
    body = client.build_request("POST", UPLOADS, **form)
    whole = await body.aread()

    async def pieces():
        for start in range(0, len(whole), 10_000):
            yield whole[start : start + 10_000]

    drip = await client.post(
        UPLOADS, content=pieces(), headers={"content-type": body.headers["content-type"]}
    )
    assert [announced.status_code, drip.status_code] == [413, 413]
    for one in (announced, drip):
        assert one.json()["type"].endswith("too-large")


async def test_who_may_not_is_told_so_before_the_pictures_are_read(api, client, company):
    async def endless():
        yield b"--x\r\n"
        raise AssertionError("the body was read")

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await api.stranger.post(UPLOADS, content=endless(), headers=headers)
    assert answer.status_code == 401


async def test_a_strangers_company_and_anothers_show_are_not_there(api, client, seed, company):
    other = await seed.company()
    assert (await uploaded(client, other, jpeg(16))).status_code == 404
    neighbour = await seed.company(company.organization_id)
    made = await client.post("/v1/shows", json={"company_id": str(neighbour.id), "title": "x"})
    answer = await uploaded(client, company, jpeg(16), show_id=made.json()["id"])
    assert (answer.status_code, answer.json()["detail"]) == (404, "The company has no such show.")


async def test_without_the_assistant_nothing_is_taken(api, seed):
    organization = await seed.organization(media_assistant=False)
    company = await seed.company(organization)
    client = api.known(await seed.person(organization))
    answer = await uploaded(client, company, jpeg(17))
    assert answer.status_code == 403
    assert "A manager or above can switch it on" in answer.json()["detail"]


async def test_a_name_that_cannot_be_shown_is_made_one_that_can(client, company):
    raw = picture(seed=18)
    for name in ("../../etc/passwd", "a\tb.jpg", "x" * 500 + ".jpg"):
        answer = await client.post(
            UPLOADS, **sending((name, raw, "image/jpeg"), company_id=str(company.id))
        )
        found = answer.json()["items"][0]["filename"]
        assert "/" not in found and "\t" not in found and len(found) <= 200, json.dumps(found)


@asynccontextmanager
async def scanned(app, answer: bytes) -> AsyncIterator[None]:
    """Let uploads pass a scanner that speaks as clamd does, and says the same of each."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0")
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            await reader.readexactly(length)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    address = ScannerAddress(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    services = app.state.services
    app.state.services = replace(services, scanner=Scanner(address))
    try:
        async with server:
            yield
    finally:
        app.state.services = services


async def test_where_a_scanner_is_set_it_is_asked_first(app, client, company):
    async with scanned(app, b"stream: OK\0"):
        assert (await uploaded(client, company, jpeg(19))).status_code == 201
    async with scanned(app, b"stream: Some.Thing FOUND\0"):
        refused = await uploaded(client, company, jpeg(20))
    async with scanned(app, b"ERROR\0"):
        away = await uploaded(client, company, jpeg(20))
    assert (refused.status_code, refused.json()["reason"]) == (422, "infected")
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    assert await files_of(app, company) == 1


@pytest.mark.shared_data
async def test_a_camera_photo_loses_its_place_and_keeps_its_looks(client, company, shared_data):
    photos = sorted((shared_data / "companies/18f/photos").glob("*.jp*g"))
    path = min(photos, key=lambda one: one.stat().st_size)
    answer = await uploaded(client, company, (path.name, path.read_bytes(), "image/jpeg"))
    assert answer.status_code == 201, answer.text
    asset = answer.json()["items"][0]["asset"]
    kept = Image.open(io.BytesIO((await client.get(asset["file"])).content))
    assert kept.size == (asset["width_px"], asset["height_px"])
    assert not kept.getexif()


async def test_a_word_after_media_is_no_hash(api, client):
    answer = await client.get(UPLOADS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await client.get("/v1/media/abc")).status_code == 422
    assert (await client.get("/v1/media/nothing")).json()["type"].endswith("no-such-route")


async def test_the_mark_of_a_model_is_kept_once_the_same_pixels_came_with_it(client, company):
    name, data, media_type = jpeg(77)
    made_by = MadeBy(SourceType.TRAINED, datetime(2026, 11, 1, tzinfo=UTC), model="painter")
    marked = with_xmp(data, xmp_packet(made_by))
    said = []
    for file in (data, marked, data):
        answer = await uploaded(client, company, (name, file, media_type))
        (item,) = answer.json()["items"]
        said.append((item["outcome"], item["asset"]["is_ai"]))
    assert said == [("accepted", False), ("known", True), ("known", True)]
