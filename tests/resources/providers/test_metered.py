"""The metered provider and its server: every call is billed, errors are told apart."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from posthub_assets.domain.bodies import DnaBody, PersonaBody, Platform, SocialPostBody
from posthub_assets.domain.briefs import (
    CompanyFacts,
    DnaBrief,
    ImageBrief,
    PersonasBrief,
    PersonaSet,
    PictureBrief,
)
from posthub_assets.domain.errors import (
    InvalidAnswer,
    InvalidInput,
    PermanentProviderError,
    RateLimited,
    TransientProviderError,
)
from posthub_assets.domain.media.wanted import ImageType
from posthub_assets.domain.tiers import Tier
from resources.providers.canned import canned_answer
from resources.providers.metered import MeteredImages, MeteredText

pytestmark = pytest.mark.anyio

FACTS = CompanyFacts(
    slug="shop",
    name="Shop",
    language="en",
    timezone="Europe/Prague",
    tier=Tier.PRO,
    platforms=(Platform.LINKEDIN,),
)
BRIEF = DnaBrief(company=FACTS, documents=())


def load_server_module():
    path = Path(__file__).parents[2] / "acceptance" / "billing_server.py"
    spec = importlib.util.spec_from_file_location("billing_server", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["billing_server"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server() -> Iterator:
    with load_server_module().BillingServer() as running:
        yield running


async def test_an_answer_is_bought_and_billed(server):
    answer = await MeteredText(server.url).write(BRIEF, DnaBody)
    assert answer.value == canned_answer(BRIEF)
    assert answer.usage.cost_usd > 0
    (call,) = server.calls
    assert (call.kind, call.status) == ("DnaBrief", 200)


async def test_every_call_is_billed_and_equal_ones_are_known_by_their_hash(server):
    text = MeteredText(server.url)
    for _ in range(3):
        await text.write(BRIEF, DnaBody)
    await text.write(PersonasBrief(company=FACTS, dna=canned_answer(BRIEF), count=2), PersonaSet)
    assert len(server.calls) == 4
    assert server.bought_again == 2


async def test_a_picture_comes_with_its_bytes(server):
    persona = canned_answer(PersonasBrief(company=FACTS, dna=canned_answer(BRIEF), count=1))
    assert isinstance(persona.personas[0], PersonaBody)
    brief = ImageBrief(
        company=FACTS,
        persona=persona.personas[0],
        topic_title="A title",
        social_post=SocialPostBody(
            platform=Platform.LINKEDIN, text="Words.", hashtags=("a",), call_to_action="Go."
        ),
        platform=Platform.LINKEDIN,
        width_px=1200,
        height_px=627,
        variant=1,
    )
    picture = await MeteredImages(server.url).draw(brief)
    assert picture.data.startswith(b"\x89PNG")
    assert (picture.width_px, picture.height_px) == (1200, 627)


async def test_a_picture_without_words_is_billed_and_comes_with_its_bytes(server):
    brief = PictureBrief(
        company=FACTS,
        type=ImageType.VENUE,
        prompt="A hall",
        width_px=400,
        height_px=400,
        variation=1,
    )
    painting = await MeteredImages(server.url).ground(brief)
    assert painting.data.startswith(b"\x89PNG")
    assert (painting.media_type, painting.model) == ("image/png", "metered-1")
    assert painting.usage.cost_usd > 0
    assert [one.kind for one in server.calls] == ["PictureBrief"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (408, TransientProviderError),
        (500, TransientProviderError),
        (503, TransientProviderError),
        (400, PermanentProviderError),
        (403, PermanentProviderError),
    ],
)
async def test_an_error_says_whether_another_attempt_is_worth_it(server, status, error):
    server.fail_next(status)
    with pytest.raises(error, match=str(status)) as caught:
        await MeteredText(server.url).write(BRIEF, DnaBody)
    assert isinstance(caught.value, TransientProviderError) is (error is TransientProviderError)


async def test_a_rate_limit_says_when_to_come_back(server):
    server.fail_next(429, retry_after_s=7)
    with pytest.raises(RateLimited) as caught:
        await MeteredText(server.url).write(BRIEF, DnaBody)
    assert caught.value.retry_after_s == 7


async def test_an_answer_that_does_not_fit_is_refused(server):
    with pytest.raises(InvalidAnswer, match="SocialPostBody"):
        await MeteredText(server.url).write(BRIEF, SocialPostBody)


async def test_a_server_that_is_away_is_worth_another_attempt(server):
    url = server.url
    server.close()
    with pytest.raises(TransientProviderError, match="does not answer"):
        await MeteredText(url).write(BRIEF, DnaBody)


@pytest.mark.parametrize("url", ["https://example.com", "http://example.com", "http://10.0.0.1:1"])
def test_a_server_elsewhere_is_refused(url):
    with pytest.raises(InvalidInput, match="on this machine"):
        MeteredText(url)
    with pytest.raises(InvalidInput, match="on this machine"):
        MeteredImages(url)
