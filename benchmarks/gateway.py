"""Bench `gateway`: what it adds to a call, who is served another's answer, what it imports.

The peer is the vendor's own SDK sending the very same words to the same server on this machine, in
turns with ours, one call at a time. What ours does beside: the brief is prepared and rendered,
redacted, looked up, reserved for, journalled, settled, read against its schema, restored and
assembled. Every call is a new question.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from uuid import UUID

from benchmarks.budgets import make_company
from benchmarks.callers import Spender
from benchmarks.harness import ROOT, Row, at_most, info, median, percentile, say
from benchmarks.stand import Stand, stand
from posthub_assets.domain.bodies import BlogPostBody, Platform, SocialPostBody, TopicBody
from posthub_assets.domain.briefs import CompanyFacts, DnaBrief, PersonasBrief, SocialPostBrief
from posthub_assets.domain.ports import Call
from posthub_assets.domain.tiers import Tier
from resources.database.engine import Scope, open_database
from resources.database.repositories import journal
from resources.gateway import Gateway
from resources.gateway.vendors import Vendors
from resources.key_vault import KeyVault
from resources.keyring import Keyrings
from resources.media_store import MediaStore
from resources.providers.canned import CannedImages, CannedText, canned_answer
from resources.providers.canned_models import answer_as_canned
from resources.providers.loopback import LoopbackServer
from resources.rate_limiter import RateLimiter
from resources.settings import load_settings

CALLS = 300
WARM_UP = 30
PROBES = 100_000
COMPANIES = 100
KEY = "AIza0planted0key0for0the0bench000000000"
SDKS = ("google.genai", "openai", "stripe", "httpx", "httpx2")


def measure() -> list[Row]:
    """Measure the cost of a call, then probe, then import."""
    with stand() as here, LoopbackServer(answer=answer_as_canned) as server:
        ours, bare = asyncio.run(_calls(here, server))
        say(f"{CALLS} calls each")
        served = asyncio.run(_probe(here))
        say(f"{PROBES} probes")
    more = [one - other for one, other in zip(ours, bare, strict=True)]
    return [
        info("bare SDK call, p50", 1000 * median(bare), "ms"),
        info("bare SDK call, p99", 1000 * percentile(bare, 99), "ms"),
        info("through the gateway, p50", 1000 * median(ours), "ms"),
        info("through the gateway, p99", 1000 * percentile(ours, 99), "ms"),
        at_most("added at p50", 1000 * (median(ours) - median(bare)), "ms", 5),
        info("added, median of pairs", 1000 * median(more), "ms"),
        info("added at p99", 1000 * (percentile(ours, 99) - percentile(bare, 99)), "ms"),
        at_most("answers of another company served", served, "of 100,000", 0),
        at_most("vendors' SDKs that importing it brings", len(_imported()), "", 0),
    ]


async def _calls(here: Stand, server: LoopbackServer) -> tuple[list[float], list[float]]:
    database = open_database(here.urls.factory, pool_size=4, repetitive=True)
    vendors = _vendors(here, server, database)
    gateway = Gateway(
        database=database,
        text=CannedText(),
        images=CannedImages(),
        limiter=RateLimiter(database, {}),
        media=MediaStore(here.home / "media"),
        vendors=vendors,
    )
    who = make_company(here, None)
    call = Call(who.organization_id, who.company_id, "bench", month=date(2026, 12, 1))
    ours: list[float] = []
    bare: list[float] = []
    try:
        for number in range(WARM_UP + CALLS):
            brief = _brief(number)
            began = time.perf_counter()
            await gateway.generate(brief, SocialPostBody, replace(call, variant=number))
            ours.append(time.perf_counter() - began)
            asked = server.calls()[-1].body
            bare.append(await _bare(server, asked))
    finally:
        await vendors.close()
        await _SDK.close()
        await database.close()
    return ours[WARM_UP:], bare[WARM_UP:]


def _vendors(here: Stand, server: LoopbackServer, database: object) -> Vendors:
    settings = load_settings(
        {
            "POSTHUB_HOME": str(here.home),
            "GEMINI_API_KEY": KEY,
            "GEMINI_BASE_URL": server.base_url("gemini"),
        }
    )
    vault = KeyVault(database, Keyrings((), ()), {"gemini": KEY}, frozenset({"gemini"}))  # type: ignore[arg-type]
    return Vendors(settings, database, vault)  # type: ignore[arg-type]


class _Sdk:
    """The vendor's SDK as its documentation uses it."""

    def __init__(self) -> None:
        self.client: object = None

    def open(self, server: LoopbackServer) -> object:
        if self.client is None:
            from google import genai
            from google.genai import types

            options = types.HttpOptions(base_url=server.base_url("gemini"))
            self.client = genai.Client(api_key=KEY, http_options=options)
        return self.client

    async def close(self) -> None:
        if self.client is not None:
            await self.client.aio.aclose()  # type: ignore[attr-defined]


_SDK = _Sdk()


async def _bare(server: LoopbackServer, asked: object) -> float:
    """Send the same words with the SDK alone; give its seconds."""
    from google.genai import types

    assert isinstance(asked, dict)
    client = _SDK.open(server)
    wanted = asked["generationConfig"]
    config = types.GenerateContentConfig(
        system_instruction=asked["systemInstruction"]["parts"][0]["text"],
        max_output_tokens=wanted.get("maxOutputTokens"),
        response_mime_type="application/json",
        response_json_schema=wanted.get("responseJsonSchema"),
    )
    said = asked["contents"][0]["parts"][0]["text"]
    began = time.perf_counter()
    answer = await client.aio.models.generate_content(  # type: ignore[attr-defined]
        model="gemini-3.8-flash", contents=said, config=config
    )
    assert answer.text
    return time.perf_counter() - began


FACTS = CompanyFacts(
    slug="bench",
    name="Bench",
    language="en",
    timezone="UTC",
    country="CZ",
    tier=Tier.PRO,
    platforms=(Platform.LINKEDIN,),
)
_DNA = canned_answer(DnaBrief(company=FACTS, documents=()))
_CAST = canned_answer(PersonasBrief.model_validate({"company": FACTS, "dna": _DNA, "count": 1}))


def _brief(number: int) -> SocialPostBrief:
    """Ask for a post about a blog post of 900 words with an address and a number in it."""
    words = " ".join(
        f"The {number + turn} bells of town {turn} are mended by hand, one after the other, until "
        "each of them rings as it did when it was new and nobody had thought of mending it."
        for turn in range(28)
    )
    contact = f"Write to info@example.com or call +420 777 123 {number % 1000:03d}."
    markdown = f"# Mending bells {number}\n\n{words}\n\n{contact}"
    return SocialPostBrief(
        company=FACTS,
        persona=_CAST.personas[0],  # type: ignore[attr-defined]
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
            markdown=markdown,
        ),
        platform=Platform.LINKEDIN,
    )


async def _probe(here: Stand) -> int:
    """Ask for every answer of a company in the name of others; count what is served."""
    database = open_database(here.urls.factory, pool_size=4, repetitive=True)
    owners = [make_company(here, None) for _ in range(COMPANIES)]
    hashes = [await _answered(database, one, str(number)) for number, one in enumerate(owners)]
    dice = random.Random(1)
    served = 0

    async def probe(times: int) -> int:
        found = 0
        for _ in range(times):
            own, other = dice.sample(range(COMPANIES), 2)
            who = owners[other]
            scope = Scope.of(UUID(who.organization_id))
            # Half of the probes name the owner's company outright, as a forger would.
            forged = dice.random() < 0.5
            call = Call(who.organization_id, owners[own].company_id, "x") if forged else who.call
            async with database.transaction(scope) as connection:
                found += await journal.find_answer(connection, call, hashes[own]) is not None
        return found

    try:
        for one, digest in zip(owners, hashes, strict=True):
            async with database.transaction(Scope.of(UUID(one.organization_id))) as connection:
                assert await journal.find_answer(connection, one.call, digest) is not None
        served = sum(await asyncio.gather(*(probe(PROBES // 4) for _ in range(4))))
    finally:
        await database.close()
    return served


async def _answered(database: object, who: Spender, digest: str) -> str:
    from posthub_assets.domain.ports import Usage
    from resources.database.engine import Database

    assert isinstance(database, Database)
    async with database.transaction(Scope.of(UUID(who.organization_id))) as connection:
        request = journal.Request(kind="bench", hash=digest, kept={})
        id_ = await journal.start(connection, who.call, request, provider="bench")
        await journal.complete(connection, id_, response={}, model="", usage=Usage(), latency_ms=0)
    return digest


def _imported() -> list[str]:
    """Name the SDKs that a fresh process has after importing the gateway."""
    code = f"import sys, resources.gateway; print(*[m for m in {SDKS!r} if m in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return told.stdout.split()
