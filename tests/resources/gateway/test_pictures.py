"""Pictures of the media assistant: made and changed by vendors, drawn by `local`, paid for once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image

from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.errors import InvalidAnswer, PermanentProviderError
from posthub_assets.domain.media.provenance.marks import source_type_in
from posthub_assets.domain.media.wanted import ImageType, Preset, Quality
from resources.darkroom.room import Darkroom
from resources.database.engine import Scope
from resources.gateway.quoting import quotes
from resources.providers.loopback import Fault
from resources.studio.opening import studio_of

pytestmark = pytest.mark.anyio


def brief(company, **changes: object) -> PictureBrief:
    values = {
        "company": company,
        "type": ImageType.STAGE_SCENE,
        "prompt": "A jazz band on a small stage",
        "width_px": 600,
        "height_px": 900,
        "variation": 1,
        "palette": ("#7A1E2B", "#F2C14E"),
    }
    return PictureBrief(**{**values, **changes})


@pytest.fixture(scope="module")
def darkroom():
    """One for all of these tests; its process ends with the module."""
    import asyncio

    room = Darkroom(at_once=2)
    yield room
    asyncio.run(room.close())


@pytest.fixture
async def open_studio(open_shop, darkroom, said):
    """Opens shops whose gateway finishes pictures: `await open_studio("openai")`."""

    async def make(*names: str):
        shop = await open_shop(*names)
        settings, media = shop.gateway.vendors.settings, shop.gateway.media
        finishing = studio_of(settings, media, darkroom).finishing
        return replace(shop, gateway=replace(shop.gateway, finishing=finishing))

    return make


@pytest.fixture
def company():
    """The shop's facts."""
    from posthub_assets.domain.briefs import CompanyFacts
    from posthub_assets.domain.tiers import Tier

    return CompanyFacts(
        slug="shop", name="Shop", language="cs", timezone="UTC", country="CZ", tier=Tier.PRO,
        platforms=(),
    )  # fmt: skip


def opened(shop, sha256: str) -> tuple[bytes, Image.Image]:
    data = shop.gateway.media.open(UUID(shop.call.organization_id), sha256)
    return data, Image.open(BytesIO(data))


async def test_a_picture_is_cut_to_its_size_signed_and_said_to_be_by_a_model(open_studio, company):
    shop = await open_studio("gemini")
    made = await shop.gateway.picture(brief(company), shop.call)
    data, image = opened(shop, made.value.media_sha256)
    assert image.size == (600, 900)
    assert image.format == "JPEG"
    assert source_type_in(data) == "trainedAlgorithmicMedia"
    assert b"c2pa" in data
    assert made.value.is_ai
    assert made.value.prompt_version == "PICTURE_GEN 1"
    assert made.value.alt_text == (
        "Obrázek vytvořený pomocí AI k tématu „A jazz band on a small stage“, bez nápisů."
    )
    assert made.usage.cost_usd > 0


@pytest.mark.parametrize("vendor", ["gemini", "openai"])
async def test_wishes_arrive_at_the_vendor_and_what_is_unwanted_too(open_studio, company, vendor):
    shop = await open_studio(vendor)
    wished = brief(company, negative_prompt="umbrellas", preset=Preset.VINTAGE)
    await shop.gateway.picture(wished, shop.call)
    (call,) = shop.server.calls(vendor)
    told = str(call.body)
    for word in ("jazz band", "umbrellas, text", "lithographed", "#7A1E2B"):
        assert word in told


@pytest.mark.parametrize(("quality", "word"), [(Quality.DRAFT, "low"), (Quality.HIGH, "high")])
async def test_quality_is_asked_for_in_the_models_own_word(open_studio, company, quality, word):
    shop = await open_studio("openai")
    await shop.gateway.picture(brief(company, quality=quality), shop.call)
    (call,) = shop.server.calls("openai")
    assert call.body["quality"] == word


async def test_no_telephone_number_leaves_the_house(open_studio, company):
    shop = await open_studio("openai")
    wish = "A poster mood; call +420 777 123 456 for tickets"
    await shop.gateway.picture(
        brief(company, prompt=wish, negative_prompt="no +420 777 123 457 either"), shop.call
    )
    (call,) = shop.server.calls("openai")
    assert "777" not in str(call.body)
    (row,) = await shop.rows()
    assert row.redacted == {"phone": 2}
    assert "777" not in str(row.request)


@pytest.mark.parametrize("vendor", ["gemini", "openai"])
async def test_a_picture_of_the_library_is_changed_and_keeps_its_history(
    open_studio, company, vendor
):
    shop = await open_studio(vendor)
    first = await shop.gateway.picture(brief(company), shop.call)
    source = first.value.media_sha256
    wish = brief(company, source_sha256=source, prompt="Make it night", variation=1)
    changed = await shop.gateway.picture(wish, replace(shop.call, subject="edit"))
    call = shop.server.calls(vendor)[-1]
    assert "Make it night" in str(call.body)
    assert call.usage.image_input_tokens > 0, "the picture itself was sent"
    data, _ = opened(shop, changed.value.media_sha256)
    assert source_type_in(data) == "compositeWithTrainedAlgorithmicMedia"
    assert changed.value.prompt_version == "PICTURE_EDIT 1"
    rows = await shop.rows()
    assert rows[-1].request["source"] == source


async def test_what_was_painted_is_not_bought_again_and_each_variation_is_its_own(
    open_studio, company
):
    shop = await open_studio("openai")
    for variation in (1, 2, 1, 2):
        call = replace(shop.call, variant=variation)
        await shop.gateway.picture(brief(company, variation=variation), call)
    assert len(shop.server.calls("openai")) == 2
    again = replace(shop.call, variant=1, round=1)
    await shop.gateway.picture(brief(company, round=1), again)
    assert len(shop.server.calls("openai")) == 3


async def test_the_estimate_is_what_the_till_reserves_and_no_less_than_the_bill(
    open_studio, company, factory_database
):
    shop = await open_studio("gemini", "openai")
    first = await shop.gateway.picture(brief(company), shop.call)
    for source in ("", first.value.media_sha256):
        briefs = [brief(company, variation=n, source_sha256=source) for n in (1, 2)]
        ids = {
            "organization_id": UUID(shop.call.organization_id),
            "company_id": UUID(shop.call.company_id),
        }
        async with factory_database.transaction(Scope.of(ids["organization_id"])) as connection:
            told = await quotes(connection, shop.gateway.vendors.vault, briefs, **ids)
        gemini = told[0]
        assert [one.provider for one in told] == ["gemini", "openai"] + ["local"] * (not source)
        reserved = await reserved_for(shop, briefs, source)
        assert gemini.cost_usd == sum(reserved)
        assert all(amount > 0 for amount in reserved)


async def reserved_for(shop, briefs, source) -> list[Decimal]:
    """Ask for pictures, and read what was reserved for each while the vendor was busy."""
    from resources.gateway.till import Till

    seen: list[Decimal] = []
    kept = Till._asked

    async def watching(self, question, hold_s):
        asked = await kept(self, question, hold_s)
        if asked is not None:
            seen.append(asked.estimate.cost_usd)
        return asked

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Till, "_asked", watching)
        for one in briefs:
            call = replace(shop.call, subject=f"estimate{source[:4]}", variant=one.variation)
            made = await shop.gateway.picture(one, call)
            assert made.usage.cost_usd <= seen[-1]
    return seen


async def test_another_vendor_is_asked_where_the_first_fails_but_not_where_one_was_named(
    open_studio, company
):
    shop = await open_studio("gemini", "openai")
    shop.server.plan("gemini", Fault.BLOCKED_PROMPT, on="image", times=2)
    made = await shop.gateway.picture(brief(company), shop.call)
    assert made.provider == "openai"
    with pytest.raises(PermanentProviderError, match="gemini"):
        named = brief(company, provider="gemini")
        await shop.gateway.picture(named, replace(shop.call, subject="named"))


async def test_what_is_no_picture_is_refused_and_booked(open_studio, company, monkeypatch):
    from resources.providers.loopback import speaking

    monkeypatch.setattr(speaking, "picture", lambda *_: b"\x89PNG\r\n\x1a\n and then nothing")
    shop = await open_studio("openai")
    with pytest.raises(InvalidAnswer, match="of no use"):
        await shop.gateway.picture(brief(company), shop.call)
    (row,) = await shop.rows()
    assert row.status == "failed"
    assert row.cost_usd > 0


async def test_without_a_vendor_it_is_drawn_here_for_nothing_and_no_ai_is_claimed(
    open_shop, darkroom, company, tmp_path
):
    from resources.providers.local_images import LocalImages

    shop = await open_shop("openai")
    studio = studio_of(shop.gateway.vendors.settings, shop.gateway.media, darkroom)
    gateway = replace(shop.gateway, vendors=None, images=LocalImages(), finishing=studio.finishing)
    shas = []
    for variation in (1, 2, 3, 4):
        wish = brief(company, variation=variation, provider="local")
        made = await gateway.picture(wish, replace(shop.call, variant=variation))
        data, image = opened(shop, made.value.media_sha256)
        shas.append(hashlib.sha256(image.convert("RGB").tobytes()).hexdigest())
        assert source_type_in(data) == "algorithmicMedia"
        assert (made.value.is_ai, made.usage.cost_usd) == (False, 0)
    assert len(set(shas)) == 4
    with pytest.raises(PermanentProviderError, match="changes none"):
        await gateway.picture(brief(company, source_sha256="a" * 64), shop.call)
    assert shop.server.calls() == ()


async def test_who_asked_on_an_own_key_is_not_served_on_the_platforms(open_studio, company):
    shop = await open_studio("gemini")
    with pytest.raises(PermanentProviderError, match="own key"):
        await shop.gateway.picture(brief(company, own_key=True), shop.call)
    with pytest.raises(PermanentProviderError, match="openai is not offered"):
        await shop.gateway.picture(brief(company, provider="openai"), shop.call)
    assert shop.server.calls() == ()
