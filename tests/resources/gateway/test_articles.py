"""Ordered articles by a vendor: told what the documents say of the topic, answered in Markdown."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import ArticleBody, ArticleTask
from posthub_assets.domain.briefs import ArticleBrief, CompanyFacts, SourceDocument
from posthub_assets.domain.tiers import Tier

pytestmark = pytest.mark.anyio

COMPANY = CompanyFacts(
    slug="bells", name="Bells", language="en", timezone="UTC", tier=Tier.PRO, platforms=()
)
CHAINS = """# Chains

A chain wears with every ride through the rain. Write to anna@example.com about worn chains.
Grit between the links works like sandpaper on every chain.
"""
BOXES = "# Boxes\n\nA wooden box carries two children and the shopping through the town.\n"
WRITTEN = "# Caring for chains\n\n## Wiping\n\nWipe the chain.\n\n## Oiling\n\n- One drop.\n"


def brief(task: ArticleTask = ArticleTask.DRAFT, **changes: object) -> ArticleBrief:
    documents = tuple(
        SourceDocument(id=name, name=name, text=text)
        for name, text in (("chains.md", CHAINS), ("boxes.md", BOXES))
    )
    values = {"company": COMPANY, "task": task, "topic": "Worn chains", "documents": documents}
    return ArticleBrief(**{**values, **changes})


@pytest.mark.parametrize("task", list(ArticleTask))
async def test_every_task_is_answered_in_markdown(shop, replies, task):
    replies.append(lambda canned, user: WRITTEN)
    source = "Wipe the chain. Oil the chain." if task is ArticleTask.REWRITE else ""
    answer = await shop.gateway.generate(brief(task, source=source), ArticleBody, shop.call)
    assert (answer.value.task, answer.value.title) == (task, "Caring for chains")
    assert "- One drop." in answer.value.markdown
    assert answer.provider == "gemini" and answer.usage.cost_usd > 0


async def test_the_prompt_holds_what_the_documents_say_of_the_topic_and_no_address(shop, replies):
    replies.append(lambda canned, user: WRITTEN)
    await shop.gateway.generate(brief(), ArticleBody, shop.call)
    ((_, user),) = shop.said
    assert "works like sandpaper" in user
    assert "wooden box" not in user
    assert "anna@example.com" not in user


async def test_an_outline_without_headings_is_asked_for_once_more(shop, replies):
    replies.extend([lambda canned, user: "Some words.\n", lambda canned, user: WRITTEN])
    wanted = brief(ArticleTask.OUTLINE)
    answer = await shop.gateway.generate(wanted, ArticleBody, shop.call)
    assert answer.value.title == "Caring for chains"
    assert len(shop.said) == 2
