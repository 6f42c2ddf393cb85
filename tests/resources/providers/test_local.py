from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from posthub_assets.domain.bodies import (
    BlogPostBody,
    DnaBody,
    Platform,
    SocialPostBody,
    TopicBody,
)
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    CompanyFacts,
    DnaBrief,
    PersonasBrief,
    PersonaSet,
    SocialPostBrief,
    SourceDocument,
    TopicsBrief,
    TopicSet,
    TopicSlot,
)
from posthub_assets.domain.errors import InvalidAnswer, SourcesExhausted
from posthub_assets.domain.tiers import Tier
from resources.providers.local import MODEL, LocalText

SAMPLE = Path(__file__).parents[3] / "samples" / "kolna" / "documents"


def _write(brief, schema):
    return asyncio.run(LocalText().write(brief, schema))


@pytest.fixture(scope="module")
def company():
    return CompanyFacts(
        slug="kolna",
        name="Kolna Cargo Works",
        language="en",
        timezone="Europe/Prague",
        industry="Bicycle repair and cargo bikes",
        audience="Families and commuters",
        tier=Tier.BASIC,
        platforms=(Platform.X,),
    )


@pytest.fixture(scope="module")
def documents():
    return tuple(
        SourceDocument(id=path.stem, name=path.name, text=path.read_text(encoding="utf-8"))
        for path in sorted(SAMPLE.glob("*.md"))[:14]
    )


@pytest.fixture(scope="module")
def dna(company, documents):
    return _write(DnaBrief(company=company, documents=documents), DnaBody)


def test_every_kind_of_brief_is_answered_with_its_body(company, documents, dna):
    personas = _write(PersonasBrief(company=company, dna=dna.value, count=1), PersonaSet)
    persona = personas.value.personas[0]
    topics = _write(
        TopicsBrief(
            company=company,
            dna=dna.value,
            documents=documents,
            slots=(TopicSlot(planned_on=date(2026, 12, 1), persona_id="p"),),
            personas={"p": persona},
        ),
        TopicSet,
    )
    topic: TopicBody = topics.value.topics[0]
    named = {passage.document_id for passage in topic.passages}
    post = _write(
        BlogPostBrief(
            company=company,
            dna=dna.value,
            persona=persona,
            topic=topic,
            documents=tuple(d for d in documents if d.id in named),
        ),
        BlogPostBody,
    )
    social = _write(
        SocialPostBrief(
            company=company,
            persona=persona,
            topic=topic,
            blog_post=post.value,
            platform=Platform.X,
        ),
        SocialPostBody,
    )
    for answer in (dna, personas, topics, post, social):
        assert answer.model == MODEL
        assert answer.usage.cost_usd == Decimal(0)
        assert answer.usage.input_tokens > 0 and answer.usage.output_tokens > 0


def test_tokens_are_the_words_in_and_out(company):
    document = SourceDocument(id="a", name="about.md", text="Nine people mend bicycles here.")
    one = _write(DnaBrief(company=company, documents=(document,)), DnaBody)
    longer = document.model_copy(update={"text": document.text + " They also teach two courses."})
    two = _write(DnaBrief(company=company, documents=(longer,)), DnaBody)
    assert two.usage.input_tokens - one.usage.input_tokens == 5


def test_a_schema_that_does_not_fit_the_brief_is_an_error_that_names_both(company):
    with pytest.raises(InvalidAnswer, match=r"DnaBody.*PersonaSet"):
        _write(DnaBrief(company=company, documents=()), PersonaSet)


def test_what_the_documents_cannot_carry_is_said_and_not_padded(company, dna):
    brief = TopicsBrief(
        company=company,
        dna=dna.value,
        documents=(SourceDocument(id="a", name="a.md", text="Nine people mend bicycles here."),),
        slots=tuple(TopicSlot(planned_on=date(2026, 12, d), persona_id="p") for d in (1, 2)),
        personas={},
    )
    with pytest.raises(SourcesExhausted):
        _write(brief, TopicSet)


def test_the_event_loop_stays_free_while_it_writes(company, documents):
    async def both():
        ticks = 0
        task = asyncio.create_task(
            LocalText().write(DnaBrief(company=company, documents=documents), DnaBody)
        )
        while not task.done():
            await asyncio.sleep(0.005)
            ticks += 1
        return ticks

    assert asyncio.run(both()) > 3
