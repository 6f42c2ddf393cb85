"""What the instant provider answers passes the gate: a bench must not measure failures."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks import texts
from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.context import GateContext, past_item
from posthub_assets.domain.quality.gate import check_item, passes
from posthub_assets.domain.text.words import count_words

DAY = date(2026, 12, 1)


def judge(kind: Kind, bodies: list) -> bool:
    """Hold each against those before it."""
    siblings = ()
    for number, body in enumerate(bodies):
        context = GateContext("en", "Company", "BASIC", past=siblings, siblings=siblings)
        found = check_item(kind, body, context)
        assert passes(found), [one.message for one in found if one.verdict == "fail"]
        siblings = (*siblings, past_item(str(number), kind, body, "en", keep_text=True))
    return True


def test_a_month_of_topics_and_posts_passes_the_gate():
    topics = [texts.topic(f"company/{n}", DAY) for n in range(12)]
    posts = [texts.blog_post(f"company/{one.title}", one) for one in topics]
    assert judge(Kind.TOPIC, topics)
    assert judge(Kind.BLOG_POST, posts)
    assert all(1500 <= count_words(one.markdown) <= 2500 for one in posts)


@pytest.mark.parametrize("platform", list(Platform))
def test_social_posts_pass_the_gate_on_every_platform(platform):
    assert judge(Kind.SOCIAL_POST, [texts.social_post(f"company/{n}", platform) for n in range(12)])


def test_twelve_personas_pass_the_gate():
    assert judge(Kind.PERSONA, [texts.persona(number) for number in range(12)])


def test_the_same_seed_gives_the_same_text():
    assert texts.topic("seed", DAY) == texts.topic("seed", DAY) != texts.topic("other", DAY)
