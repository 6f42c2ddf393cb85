"""A gateway whose vendors are the stand-in server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from posthub_assets.domain.bodies import Platform, SocialPostBody
from posthub_assets.domain.briefs import (
    CompanyFacts,
    DnaBrief,
    ImageBrief,
    PersonasBrief,
    PersonaSet,
    ResearchBrief,
    SocialPostBrief,
    SourceDocument,
)
from posthub_assets.domain.ports import Call
from posthub_assets.domain.tiers import Tier
from resources.database.engine import Database
from resources.gateway import Gateway
from resources.gateway.limit_book import LimitBook
from resources.gateway.vendors import Vendors
from resources.key_vault import KeyVault
from resources.keyring import Keyrings
from resources.media_store import MediaStore
from resources.providers.canned import CannedImages, CannedText, canned_answer
from resources.providers.canned_models import answer_as_canned
from resources.providers.loopback import LoopbackServer
from resources.rate_limiter import RateLimiter
from resources.settings import load_settings

KEYS = {
    "gemini": "AIza0planted0key0for0the0tests0000000000",
    "openai": "sk-planted0key0for0the0tests",
    "perplexity": "pplx-planted0key0for0the0tests",
}
FACTS = CompanyFacts(
    slug="shop",
    name="Shop",
    language="en",
    timezone="Europe/Prague",
    country="CZ",
    tier=Tier.PRO,
    platforms=(Platform.LINKEDIN,),
)
DNA = DnaBrief(
    company=FACTS,
    documents=(SourceDocument(id="1", name="about.md", text="We mend bicycles. " * 50),),
)
_CAST = canned_answer(PersonasBrief(company=FACTS, dna=canned_answer(DNA), count=1))
assert isinstance(_CAST, PersonaSet)
PERSONA = _CAST.personas[0]


def social_brief(post: str = "Bells are mended here.", company: CompanyFacts = FACTS):
    """Ask for a post for LinkedIn: the shortest prompt there is."""
    from posthub_assets.domain.bodies import BlogPostBody, TopicBody

    return SocialPostBrief(
        company=company,
        persona=PERSONA,
        topic=TopicBody(
            title="Mending bells",
            description="How bells are mended.",
            focus_keyword="bells",
            planned_on=date(2026, 12, 1),
        ),
        blog_post=BlogPostBody(
            title="Mending bells",
            focus_keyword="bells",
            meta_title="Mending bells",
            meta_description="How bells are mended.",
            markdown=f"# Mending bells\n\n{post}\n",
        ),
        platform=Platform.LINKEDIN,
    )


def image_brief(variant: int = 1) -> ImageBrief:
    """Ask for a picture for LinkedIn."""
    return ImageBrief(
        company=FACTS,
        persona=PERSONA,
        topic_title="Mending bells",
        social_post=SocialPostBody(
            platform=Platform.LINKEDIN, text="Words.", hashtags=("a",), call_to_action="Go."
        ),
        platform=Platform.LINKEDIN,
        width_px=1200,
        height_px=627,
        variant=variant,
    )


@dataclass
class Shop:
    """A gateway before the stand-in, and one company that asks."""

    gateway: Gateway
    server: LoopbackServer
    call: Call
    seed: Any
    said: list[tuple[str, str]] = field(default_factory=list)
    """(system, user) of every text that was asked for."""

    async def post(self, brief=None, **changes: Any):
        """Ask for a social post."""
        call = replace(self.call, **changes)
        return await self.gateway.generate(brief or social_brief(), SocialPostBody, call)

    async def picture(self, **changes: Any):
        """Ask for a picture."""
        return await self.gateway.draw(image_brief(), replace(self.call, **changes))

    async def research(self, **changes: Any):
        """Ask the web."""
        brief = ResearchBrief(company=FACTS)
        return await self.gateway.research(brief, replace(self.call, **changes))

    async def rows(self) -> list[Any]:
        """Read the journal, oldest first."""
        return await self.seed.rows(
            "SELECT * FROM posthub.generation WHERE company_id = :id ORDER BY created_at, id",
            id=UUID(self.call.company_id),
        )

    async def spent(self) -> tuple[int, Decimal, Decimal]:
        """Read (requests, USD spent, USD reserved) of the company's month."""
        (row,) = await self.seed.rows(
            "SELECT * FROM posthub.budget WHERE company_id = :id AND period = 'month'",
            id=UUID(self.call.company_id),
        )
        return row.spent_requests, row.spent_usd, row.reserved_usd

    async def another(self) -> Shop:
        """Give the same gateway with another organisation's company."""
        company = await self.seed.company()
        return replace(self, call=call_of(company))


def call_of(company: Any) -> Call:
    """Say who asks."""
    return Call(str(company.organization_id), str(company.id), "post", month=date(2026, 12, 1))


@pytest.fixture
def post_of():
    """Makes the brief of a social post about a blog post with these words."""
    return social_brief


@pytest.fixture
def said() -> list[tuple[str, str]]:
    """What the stand-in was asked, in words."""
    return []


@pytest.fixture
def replies() -> list:
    """Answers that the stand-in gives first: functions of the canned answer and the prompt."""
    return []


@pytest.fixture
def server(said, replies) -> Iterator[LoopbackServer]:
    """The stand-in, answering as canned."""

    def answer(provider, system, user, schema):
        said.append((system, user))
        canned = answer_as_canned(provider, system, user, schema)
        return replies.pop(0)(canned, user) if replies else canned

    with LoopbackServer(answer=answer) as running:
        yield running


def vendors_of(database: Database, server: LoopbackServer, *names: str, home: str) -> Vendors:
    """Open vendors whose keys are in the environment and whose servers are the stand-in."""
    env = {"POSTHUB_HOME": home}
    for name in names or tuple(KEYS):
        env[f"{name.upper()}_API_KEY"] = KEYS[name]
        env[f"{name.upper()}_BASE_URL"] = server.base_url(name)
    settings = load_settings(env)
    ring = (Fernet.generate_key().decode(),)
    vault = KeyVault(
        database,
        Keyrings(ring, ring),
        from_environment={
            name: one.api_key for name, one in settings.providers.items() if one.api_key
        },
        proxied=frozenset(KEYS),
    )
    return Vendors(settings, database, vault)


def gateway_of(database: Database, vendors: Vendors, media, **changes: Any) -> Gateway:
    """Make a gateway without rate limits."""
    return Gateway(
        database=database,
        text=CannedText(),
        images=CannedImages(),
        limiter=RateLimiter(database, {}),
        media=MediaStore(media),
        vendors=vendors,
        limits=LimitBook(fresh_for_s=0),
        **changes,
    )


@pytest.fixture
async def open_shop(factory_database, server, said, seed, tmp_path):
    """Opens shops with some of the vendors: `await open_shop("openai", batch=True)`."""
    opened: list[Vendors] = []

    async def make(*names: str, **changes: Any) -> Shop:
        vendors = vendors_of(factory_database, server, *names, home=str(tmp_path))
        opened.append(vendors)
        company = await seed.company(tier="BASIC")
        gateway = gateway_of(factory_database, vendors, tmp_path / "media", **changes)
        return Shop(gateway, server, call_of(company), seed, said)

    yield make
    for vendors in opened:
        await vendors.close()


@pytest.fixture
async def shop(open_shop) -> Shop:
    """All vendors, gemini first."""
    return await open_shop()
