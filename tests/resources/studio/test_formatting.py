"""The formats of a picture: what is known of it travels along, and so does where it comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.media.formats import FORMATS
from posthub_assets.domain.media.library import (
    MediaOrder,
    Mode,
    NewPicture,
    RequestKind,
    SourcePicture,
)
from posthub_assets.domain.media.provenance import MadeBy, SourceType, State
from resources.content_credentials import content_credentials, read
from resources.ids import new_id
from resources.media_store import MediaStore, media_store_of
from resources.settings import Settings, load_settings
from resources.studio.opening import open_studio

pytestmark = pytest.mark.anyio

OURS = UUID(int=1)


class Desk:
    """Has pictures formatted, and notes how far it was said to be."""

    def __init__(self, studio: Any, media: MediaStore, settings: Settings) -> None:
        self.studio = studio
        self.media = media
        self.settings = settings
        self.told: list[tuple[int, str]] = []

    async def format(
        self, data: bytes, wish: dict[str, Any] | None = None, **known: Any
    ) -> tuple[NewPicture, ...]:
        sha256 = self.media.put(OURS, data)
        asked = MediaOrder(
            id=new_id(),
            organization_id=OURS,
            company_id=new_id(),
            month=date(2026, 12, 1),
            kind=RequestKind.AUTO_FORMAT,
            mode=Mode.QUEUED,
            wish=wish or {},
        )
        source = SourcePicture(sha256, "image/jpeg", 640, 427, **known)
        made: tuple[NewPicture, ...] = await self.studio.formats.format(asked, source, self.tell)
        return made

    async def tell(self, progress: int, step: str) -> None:
        self.told.append((progress, step))

    def bytes_of(self, picture: NewPicture) -> bytes:
        return self.media.open(OURS, picture.sha256)


@pytest.fixture(scope="module")
async def desk(anyio_backend, tmp_path_factory) -> AsyncIterator[Desk]:
    settings = load_settings({"POSTHUB_HOME": str(tmp_path_factory.mktemp("home"))})
    media = media_store_of(settings)
    async with open_studio(settings, media) as studio:
        yield Desk(studio, media, settings)


@pytest.mark.parametrize("encoding", ["jpeg", "webp", "avif"])
async def test_every_format_has_its_size_in_every_encoding(desk, photo, encoding):
    made = await desk.format(photo, {"formats": list(FORMATS), "encoding": encoding})
    assert [one.format for one in made] == list(FORMATS)
    for one in made:
        wanted = FORMATS[one.format]
        image = Image.open(BytesIO(desk.bytes_of(one)))
        assert image.size == (wanted.width_px, wanted.height_px) == (one.width_px, one.height_px)
        assert one.media_type == f"image/{encoding}" == Image.MIME[image.format]
        assert one.filename.startswith(f"{one.format}-{wanted.width_px}x{wanted.height_px}.")


async def test_the_progress_names_each_format_that_takes_its_time(desk, photo):
    desk.told.clear()
    await desk.format(photo, {"encoding": "avif"})
    assert desk.told == [
        (10, "making poster, square, banner"),
        (38, "poster is ready, 1 of 3"),
        (66, "square is ready, 2 of 3"),
    ], "the last one is told by the job's end"
    desk.told.clear()
    await desk.format(photo)
    assert desk.told == [(10, "making poster, square, banner")], "JPEGs come all at once"


async def test_a_photo_claims_nothing_and_is_not_signed(desk, photo):
    made = await desk.format(photo, {"formats": ["square"]}, alt_text="A stage")
    report = read(desk.bytes_of(made[0]))
    assert (report.state, report.source_type) == (State.NONE, "")
    assert (made[0].alt_text, made[0].is_ai) == ("A stage", False)


async def test_what_a_model_made_says_so_in_every_format_with_its_history(desk, photo):
    made_by = MadeBy(
        SourceType.TRAINED,
        datetime(2026, 11, 28, 8, 30, tzinfo=UTC),
        model="a-model-1",
        provider="gemini",
        prompt_code="IMAGE_CREATE",
        prompt_version=3,
    )
    created = content_credentials(desk.settings).for_created(photo, "image/jpeg", made_by)
    for one in await desk.format(created, is_ai=True, alt_text="A stage", language="en"):
        data = desk.bytes_of(one)
        report = read(data)
        assert (report.state, report.source_type) == (State.WHOLE, "trainedAlgorithmicMedia")
        assert (report.model, report.prompt_code, report.prompt_version) == (
            "a-model-1",
            "IMAGE_CREATE",
            "3",
        )
        assert [step.action for step in report.history] == ["created", "opened", "resized"]
        assert report.made_at == "2026-11-28T08:30:00Z"
        assert b"A stage" in data, "the alternative text stands in the file, too"
        assert one.is_ai
        assert one.size_bytes == len(data)


async def test_an_upload_that_was_marked_as_ai_stays_marked(desk, photo):
    (made,) = await desk.format(photo, {"formats": ["square"], "encoding": "avif"}, is_ai=True)
    report = read(desk.bytes_of(made))
    assert (report.state, report.source_type) == (State.WHOLE, "trainedAlgorithmicMedia")


async def test_a_picture_that_was_altered_after_it_was_signed_is_not_carried_on(desk, photo):
    made_by = MadeBy(SourceType.TRAINED, datetime(2026, 11, 28, tzinfo=UTC))
    created = content_credentials(desk.settings).for_created(photo, "image/jpeg", made_by)
    altered = bytearray(created)
    altered[-200] ^= 1
    with pytest.raises(InvalidInput, match="altered"):
        await desk.format(bytes(altered), is_ai=True)


async def test_a_file_that_is_gone_is_told(desk, photo):
    with pytest.raises(NotFound):
        await desk.studio.formats.format(
            MediaOrder(
                new_id(), OURS, new_id(), date(2026, 12, 1), RequestKind.AUTO_FORMAT, Mode.QUEUED
            ),
            SourcePicture("0" * 64, "image/jpeg", 1, 1),
            desk.tell,
        )
