"""The `local` image provider keeps the port's contract."""

from __future__ import annotations

import asyncio

import pytest

from posthub_assets.domain.bodies import (
    Archetype,
    Level,
    PersonaBody,
    Platform,
    SocialPostBody,
    VisualStyle,
)
from posthub_assets.domain.briefs import CompanyFacts, ImageBrief, PictureBrief
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.media.wanted import ImageType
from posthub_assets.domain.ports import ImageProvider
from posthub_assets.domain.tiers import Tier
from resources.providers.local_images import LocalImages


def brief(title: str, variant: int = 1) -> ImageBrief:
    return ImageBrief(
        company=CompanyFacts(
            slug="alder-finch",
            name="Alder & Finch",
            language="en",
            timezone="UTC",
            tier=Tier.PRO,
            platforms=(Platform.LINKEDIN,),
            brand_colors=("#1C304A", "#00CFFF"),
        ),
        persona=PersonaBody(
            name="Ada Finch",
            archetype=Archetype.CREATOR,
            mbti="INTJ",
            biography="Invented.",
            level=Level.SENIOR,
            values=("care", "calm", "craft"),
            expertise=("tests", "maps", "tea"),
            frustrations=("noise",),
            vocabulary_level="plain",
            sentence_style="short",
            formality=50,
            favourite_phrases=("so far", "so good"),
            signature_ending="Until then.",
            visual_style=VisualStyle(
                art_style="line art", palette=("#1C304A", "#00CFFF"), atmosphere="calm"
            ),
        ),
        topic_title=title,
        social_post=SocialPostBody(
            platform=Platform.LINKEDIN, text=title, hashtags=(), call_to_action=""
        ),
        platform=Platform.LINKEDIN,
        width_px=1200,
        height_px=627,
        variant=variant,
    )


def test_it_draws_without_cost_or_network() -> None:
    provider: ImageProvider = LocalImages()
    picture = asyncio.run(provider.draw(brief("Plain words help")))
    assert provider.name == "local"
    assert picture.media_type == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert picture.usage.cost_usd == 0


def test_pictures_drawn_at_the_same_time_are_those_drawn_one_by_one() -> None:
    provider = LocalImages()
    briefs = [brief(f"Plain words help, part {index}", index % 2 + 1) for index in range(8)]

    async def together() -> list[bytes]:
        pictures = await asyncio.gather(*(provider.draw(item) for item in briefs))
        return [picture.data for picture in pictures]

    assert asyncio.run(together()) == [asyncio.run(provider.draw(b)).data for b in briefs]


def test_a_ground_without_words_is_the_same_each_time_and_another_for_each_variation() -> None:
    company = brief("").company

    def ground(variation: int, round_: int = 0) -> bytes:
        asked = PictureBrief(
            company=company,
            type=ImageType.ABSTRACT,
            prompt="anything",
            width_px=320,
            height_px=320,
            variation=variation,
            round=round_,
        )
        return asyncio.run(LocalImages().ground(asked)).data

    assert ground(1) == ground(1)
    assert len({ground(1), ground(2), ground(3), ground(4), ground(1, 1)}) == 5


def test_what_cannot_be_drawn_is_a_permanent_error() -> None:
    with pytest.raises(PermanentProviderError):
        asyncio.run(LocalImages().draw(brief("日本語")))
