"""Articles on request: an outline, a draft, a rewrite or a caption, answered in Markdown.

What does not belong here: the month's posts (`blog_posts.py`, `social_posts.py`).
"""

from __future__ import annotations

from typing import Any

from posthub_assets.domain.bodies import ArticleBody, ArticleTask
from posthub_assets.domain.briefs import ArticleBrief
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.quality.outline import plain_label, read_outline
from posthub_assets.domain.writing.budget import beginning
from posthub_assets.domain.writing.facts import (
    bounded,
    company_facts,
    dna_sheet,
    language_facts,
    persona_sheet,
    revision_facts,
)
from posthub_assets.domain.writing.layout import tidy

SOURCE_WORDS = 6_000
LOOKED_UP_WORDS = 2_500
MAX_WISH_CHARS = 4_000


def article_variables(brief: ArticleBrief) -> dict[str, Any]:
    """Give what the prompt is told: the order as it was placed, company, voice and source text."""
    return {
        "kind": brief.task.value,
        "topic": bounded(brief.topic, MAX_WISH_CHARS),
        "tone": bounded(brief.tone, MAX_WISH_CHARS),
        "audience": bounded(brief.audience or brief.company.audience, MAX_WISH_CHARS),
        "keywords": bounded(", ".join(brief.keywords), MAX_WISH_CHARS),
        "min_words": brief.min_words,
        "max_words": brief.max_words,
        "additional_instructions": bounded(brief.additional_instructions, MAX_WISH_CHARS),
        "source": beginning(brief.source or _from_documents(brief), SOURCE_WORDS),
        "company": company_facts(brief.company),
        "language": language_facts(brief.company.language),
        "dna_sheet": dna_sheet(brief.dna) if brief.dna else "",
        "persona_sheet": persona_sheet(brief.persona) if brief.persona else "",
        "revision": revision_facts(brief.revision),
    }


def _from_documents(brief: ArticleBrief) -> str:
    """Look up what the company's documents say of the topic: a rewrite has its text already."""
    if not brief.documents:
        return ""
    from posthub_assets.domain.editorial.articles import said_of_topic

    return said_of_topic(brief, LOOKED_UP_WORDS)


def article(brief: ArticleBrief, text: str) -> ArticleBody:
    """Make the article. Raises InvalidAnswer where an outline has no list or headings."""
    markdown = tidy(text, brief.company.language)
    outline = read_outline(markdown)
    if brief.task is ArticleTask.OUTLINE and len(outline.headings) < 2:
        raise InvalidAnswer(
            "The outline has no headings. Give a title as H1 and each section as H2, with its "
            "points as a list."
        )
    title = next((plain_label(h.text) for h in outline.headings if h.level == 1), brief.topic)
    return ArticleBody(
        task=brief.task, title=title, markdown=f"{markdown}\n", keywords=brief.keywords
    )
