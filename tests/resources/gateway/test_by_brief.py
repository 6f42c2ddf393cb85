"""The gateway: what was answered is never bought again, and never for another company."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from posthub_assets.domain.bodies import Body, DnaBody, ImageBody, Platform, SocialPostBody
from posthub_assets.domain.briefs import (
    Brief,
    CompanyFacts,
    DnaBrief,
    ImageBrief,
    PersonasBrief,
    SourceDocument,
)
from posthub_assets.domain.errors import (
    InvalidAnswer,
    PermanentProviderError,
    TransientProviderError,
)
from posthub_assets.domain.ports import Answer, Call, Picture, Usage
from posthub_assets.domain.tiers import Tier
from resources.database.engine import Database
from resources.gateway import Gateway
from resources.media_store import MediaStore
from resources.providers.canned import CannedImages, canned_answer
from resources.rate_limiter import Rate, RateLimiter

pytestmark = pytest.mark.anyio

FACTS = CompanyFacts(
    slug="shop",
    name="Shop",
    language="en",
    timezone="Europe/Prague",
    tier=Tier.PRO,
    platforms=(Platform.LINKEDIN,),
)
BRIEF = DnaBrief(
    company=FACTS,
    documents=(SourceDocument(id="1", name="about.md", text="We mend bicycles. " * 50),),
)


@dataclass
class CountingText:
    """Answers like `canned`, and keeps every brief that it was paid for."""

    name: str = "counting"
    bought: list[Brief] = field(default_factory=list)
    error: Exception | None = None

    async def write(self, brief, schema: type[Body]) -> Answer[Body]:
        self.bought.append(brief)
        if self.error:
            raise self.error
        usage = Usage(input_tokens=10, output_tokens=20)
        return Answer(value=canned_answer(brief, words=200), model="m", usage=usage)


@dataclass
class CountingImages:
    """Draws like `canned`, and counts."""

    name: str = "counting"
    drawn: int = 0

    async def draw(self, brief: ImageBrief) -> Picture:
        self.drawn += 1
        return await CannedImages().draw(brief)


@dataclass
class Desk:
    """A gateway, its provider, and one company that asks."""

    gateway: Gateway
    text: CountingText
    images: CountingImages
    call: Call
    seed: object

    async def rows(self) -> list:
        return await self.seed.rows(
            "SELECT * FROM posthub.generation WHERE company_id = :id ORDER BY created_at",
            id=UUID(self.call.company_id),
        )


def gateway_of(database: Database, tmp_path, text, images, rates=None) -> Gateway:
    return Gateway(
        database=database,
        text=text,
        images=images,
        limiter=RateLimiter(database, rates or {}),
        media=MediaStore(tmp_path / "media"),
    )


async def call_of(seed) -> Call:
    company = await seed.company()
    return Call(
        organization_id=str(company.organization_id), company_id=str(company.id), subject="dna"
    )


@pytest.fixture
async def desk(factory_database, seed, tmp_path) -> Desk:
    text, images = CountingText(), CountingImages()
    gateway = gateway_of(factory_database, tmp_path, text, images)
    return Desk(gateway, text, images, await call_of(seed), seed)


async def ask(desk: Desk, brief=BRIEF, **changes):
    return await desk.gateway.generate(brief, DnaBody, replace(desk.call, **changes))


async def test_an_answered_request_is_never_bought_again(desk):
    first = await ask(desk)
    second = await ask(desk)
    assert len(desk.text.bought) == 1
    assert second.value == first.value
    assert (first.from_journal, second.from_journal) == (False, True)
    assert second.generation_id == first.generation_id
    (row,) = await desk.rows()
    assert (row.status, row.provider, row.model, row.input_tokens, row.output_tokens) == (
        "completed",
        "counting",
        "m",
        10,
        20,
    )


async def test_another_attempt_at_the_same_job_is_the_same_request(desk):
    await ask(desk)
    await ask(desk, job_id=None)
    assert len(desk.text.bought) == 1


@pytest.mark.parametrize("change", [{"round": 1}, {"variant": 2}, {"subject": "another"}])
async def test_another_round_variant_or_subject_is_another_request(desk, change):
    await ask(desk)
    await ask(desk, **change)
    assert len(desk.text.bought) == 2


async def test_another_brief_is_another_request(desk):
    await ask(desk)
    await ask(desk, BRIEF.model_copy(update={"documents": ()}))
    assert len(desk.text.bought) == 2


async def test_another_companys_answer_is_never_served(desk, seed):
    await ask(desk)
    stranger = await call_of(seed)
    await desk.gateway.generate(BRIEF, DnaBody, stranger)
    assert len(desk.text.bought) == 2
    sibling = await seed.company(UUID(desk.call.organization_id))
    await ask(desk, company_id=str(sibling.id))
    assert len(desk.text.bought) == 3, "nor that of a company of the same organisation"


async def test_another_providers_answer_is_not_served(desk, factory_database, tmp_path):
    await ask(desk)
    other = CountingText(name="other")
    second = replace(desk, gateway=gateway_of(factory_database, tmp_path, other, desk.images))
    await ask(second)
    assert len(other.bought) == 1


async def test_a_failing_provider_leaves_a_failed_row_with_the_reason(desk):
    desk.text.error = PermanentProviderError("The model refused the brief.", provider="counting")
    with pytest.raises(PermanentProviderError):
        await ask(desk)
    (row,) = await desk.rows()
    assert (row.status, row.error_code, row.error) == (
        "failed",
        "provider-refused",
        "The model refused the brief.",
    )
    assert row.completed_at is not None


async def test_a_failed_call_is_made_again_and_the_answer_kept(desk):
    desk.text.error = TransientProviderError("busy")
    with pytest.raises(TransientProviderError):
        await ask(desk)
    desk.text.error = None
    await ask(desk)
    await ask(desk)
    assert len(desk.text.bought) == 2
    assert [row.status for row in await desk.rows()] == ["failed", "completed"]


async def test_the_row_is_there_before_the_call_is_made(desk):
    seen = []

    class Looking(CountingText):
        async def write(self, brief, schema):
            seen.extend(row.status for row in await desk.rows())
            return await super().write(brief, schema)

    object.__setattr__(desk.gateway, "text", Looking())
    await ask(desk)
    assert seen == ["started"]


async def test_a_call_that_is_cancelled_leaves_a_failed_row(desk):
    class Endless(CountingText):
        async def write(self, brief, schema):
            await asyncio.sleep(60)
            raise AssertionError

    object.__setattr__(desk.gateway, "text", Endless())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await ask(desk)
    (row,) = await desk.rows()
    assert (row.status, row.error_code) == ("failed", "CancelledError")


async def test_an_answer_in_the_journal_that_no_longer_fits_is_told(desk):
    await ask(desk)
    async with desk.seed.database.engine.begin() as connection:
        await connection.execute(
            sql("UPDATE posthub.generation SET response = '{}' WHERE company_id = :id"),
            {"id": UUID(desk.call.company_id)},
        )
    with pytest.raises(InvalidAnswer, match="does not fit DnaBody"):
        await ask(desk)
    assert len(desk.text.bought) == 1


async def test_the_journal_keeps_hashes_of_documents_not_their_texts(desk):
    await ask(desk)
    (row,) = await desk.rows()
    assert "We mend bicycles" not in str(row.request["documents"])
    assert len(row.request["documents"][0]["sha256"]) == 64


# Pictures


def image_brief(variant: int = 1) -> ImageBrief:
    personas = canned_answer(
        PersonasBrief(company=FACTS, dna=canned_answer(BRIEF), count=1)
    ).personas
    return ImageBrief(
        company=FACTS,
        persona=personas[0],
        topic_title="A title",
        social_post=SocialPostBody(
            platform=Platform.LINKEDIN, text="Words.", hashtags=("a",), call_to_action="Go."
        ),
        platform=Platform.LINKEDIN,
        width_px=1200,
        height_px=627,
        variant=variant,
    )


async def test_a_picture_is_stored_once_and_never_bought_again(desk):
    first = await desk.gateway.draw(image_brief(), desk.call)
    second = await desk.gateway.draw(image_brief(), desk.call)
    assert desk.images.drawn == 1
    assert first.value == second.value
    assert isinstance(first.value, ImageBody)
    data = desk.gateway.media.open(UUID(desk.call.organization_id), first.value.media_sha256)
    assert data.startswith(b"\x89PNG")
    (media,) = await desk.seed.rows(
        "SELECT * FROM posthub.media WHERE organization_id = :id",
        id=UUID(desk.call.organization_id),
    )
    assert (media.sha256, media.size_bytes) == (first.value.media_sha256, len(data))
    (row,) = await desk.rows()
    assert row.media_sha256 == first.value.media_sha256


# The rate


async def test_the_gateway_waits_for_the_rate_of_its_provider(factory_database, seed, tmp_path):
    text = CountingText(name=f"limited-{date.today()}-{id(seed)}")  # noqa: DTZ011
    rates = {text.name: Rate(per_minute=1200)}
    gateway = gateway_of(factory_database, tmp_path, text, CountingImages(), rates)
    desk = Desk(gateway, text, CountingImages(), await call_of(seed), seed)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(ask(desk, variant=n) for n in range(9)))
    assert loop.time() - began >= 8 * 0.05
    began = loop.time()
    await asyncio.gather(*(ask(desk, variant=n) for n in range(9)))
    rows = await desk.rows()
    assert len(rows) == 9, "answers from the journal need no place in the row"
