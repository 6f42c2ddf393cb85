"""The canned provider: made-up answers that pass the gate, the same for the same brief."""

from __future__ import annotations

from datetime import date

import pytest

from posthub_assets.domain.bodies import Body, DnaBody, Platform, TopicBody
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    CompanyFacts,
    DnaBrief,
    PastText,
    PersonasBrief,
    Revision,
    SocialPostBrief,
    TopicsBrief,
    TopicSlot,
)
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.quality.context import GateContext, past_item
from posthub_assets.domain.quality.findings import Verdict, passes
from posthub_assets.domain.quality.gate import check_item
from posthub_assets.domain.tiers import Tier
from resources.providers.canned import CannedText, canned_answer

FACTS = CompanyFacts(
    slug="shop",
    name="Shop",
    language="en",
    timezone="Europe/Prague",
    tier=Tier.PRO,
    platforms=tuple(Platform),
)
DNA = canned_answer(DnaBrief(company=FACTS, documents=()))
CAST = canned_answer(PersonasBrief(company=FACTS, dna=DNA, count=12)).personas
SLOTS = tuple(TopicSlot(planned_on=date(2026, 12, n), persona_id="p") for n in range(1, 25))


def topics(past: tuple[PastText, ...] = (), revision: Revision | None = None):
    brief = TopicsBrief(
        company=FACTS,
        dna=DNA,
        documents=(),
        slots=SLOTS,
        personas={"p": CAST[0]},
        past=past,
        revision=revision,
    )
    return canned_answer(brief).topics


def post(topic: TopicBody, words: int = 1600, revision: Revision | None = None):
    brief = BlogPostBrief(
        company=FACTS, dna=DNA, persona=CAST[0], topic=topic, documents=(), revision=revision
    )
    return canned_answer(brief, words=words)


def judge(kind: Kind, body: Body, siblings=()):
    context = GateContext("en", "Shop", "PRO", siblings=tuple(siblings))
    return check_item(kind, body, context)


def in_turn(kind: Kind, bodies) -> list:
    """Judge bodies, each beside those before it."""
    siblings, found = [], []
    for number, body in enumerate(bodies):
        found.append(judge(kind, body, siblings))
        siblings.append(past_item(str(number), kind, body, "en", keep_text=True))
    return found


def test_the_same_brief_gives_the_same_answer():
    assert topics() == topics()
    assert post(topics()[0]) == post(topics()[0])


def test_dna_and_personas_pass_their_gates():
    assert passes(judge(Kind.COMPANY_DNA, DNA))
    assert all(passes(found) for found in in_turn(Kind.PERSONA, CAST))


def test_a_month_of_topics_and_posts_passes_without_a_remark():
    made = topics()
    posts = [post(topic) for topic in made]
    for kind, bodies in ((Kind.TOPIC, made), (Kind.BLOG_POST, posts)):
        for found in in_turn(kind, bodies):
            assert {one.rule for one in found if one.verdict is not Verdict.PASS} == set()


def test_the_next_month_repeats_no_title():
    december = topics()
    january = topics(tuple(PastText(title=one.title) for one in december))
    assert not {one.title for one in december} & {one.title for one in january}


def test_social_posts_pass_on_every_platform():
    made = topics()[0]
    for platform in Platform:
        brief = SocialPostBrief(
            company=FACTS, persona=CAST[0], topic=made, blog_post=post(made), platform=platform
        )
        found = judge(Kind.SOCIAL_POST, canned_answer(brief))
        assert {one.rule for one in found if one.verdict is not Verdict.PASS} == set()


def test_a_short_post_says_that_it_is_a_short_draft():
    assert post(topics()[0], words=300).short_draft
    assert passes(judge(Kind.BLOG_POST, post(topics()[0], words=300)))


def test_a_revision_holds_none_of_the_marked_words():
    first = post(topics()[0])
    marked = first.takeaways[0]
    revision = Revision(round=1, previous={}, reasons=("no",), spans=(marked,))
    assert marked not in post(topics()[0], revision=revision).markdown


@pytest.mark.anyio
async def test_an_answer_of_another_shape_is_refused():
    with pytest.raises(InvalidAnswer, match="DnaBrief"):
        await CannedText().write(DnaBrief(company=FACTS, documents=()), TopicBody)
    answer = await CannedText().write(DnaBrief(company=FACTS, documents=()), DnaBody)
    assert answer.usage.cost_usd == 0


def test_no_keyword_comes_twice_even_where_nouns_do():
    slots = tuple(TopicSlot(planned_on=date(2026, 12, 1), persona_id="1") for _ in range(300))
    brief = TopicsBrief(company=FACTS, dna=DNA, documents=(), slots=slots, personas={"1": CAST[0]})
    keywords = [topic.focus_keyword for topic in canned_answer(brief).topics]
    assert len(set(keywords)) == 300
