"""Blog posts by a model: a topic's passages with what stands around them, and the whole Markdown.

The model writes the text from its H1 to its conclusion; FAQ and takeaways come as fields and are
set into the text here, so that both always say the same.
What does not belong here: judging the post (`domain/quality`), laying it out (`layout.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from posthub_assets.domain.bodies import BlogPostBody, Passage, Question
from posthub_assets.domain.briefs import BlogPostBrief, SourceDocument
from posthub_assets.domain.editorial.metas import MAX_META_TITLE_CHARS, META_DESCRIPTION_CHARS
from posthub_assets.domain.editorial.revisions import Wishes
from posthub_assets.domain.quality.keywords import OPENING_WORDS
from posthub_assets.domain.quality.lengths import META_TITLE_CHARS
from posthub_assets.domain.quality.readability import HARD_SENTENCE_WORDS
from posthub_assets.domain.quality.structure import (
    MIN_INTRODUCTION_WORDS,
    MIN_QUESTIONS,
    MIN_SECTIONS,
    MIN_TAKEAWAYS,
)
from posthub_assets.domain.research.address import is_informal
from posthub_assets.domain.text.documents import Block, BlockKind, read_blocks
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.words import count_words
from posthub_assets.domain.writing.answers import WrittenBlogPost
from posthub_assets.domain.writing.budget import beginning
from posthub_assets.domain.writing.facts import (
    company_facts,
    dna_sheet,
    in_line,
    language_facts,
    persona_sheet,
    revision_facts,
    said_of,
)
from posthub_assets.domain.writing.layout import finished_markdown, tidy, tidy_line

PASSAGE_WORDS = 4_000
"""Of all passages of the topic; what `local` sets aside has at most 1,800."""
AROUND_WORDS = 60
"""Of one neighbour of a passage: enough to understand it."""
AROUND_WORDS_IN_ALL = 1_200
_NOT_FOR_POSTS = ("channels", "languages", "brand_colors", "content_themes", "faq")


def blog_post_variables(brief: BlogPostBrief) -> dict[str, Any]:
    """Give what the prompt is told: company, voice, topic, material, and the gate's numbers."""
    topic, ending = brief.topic, brief.persona.signature_ending
    wishes = Wishes.read(brief.revision, language_pack(brief.company.language))
    sheet = (
        f"Title: {topic.title}",
        f"Focus keyword: {topic.focus_keyword}",
        f"Promise: {topic.description}",
        f"Occasion: {topic.event}" if topic.event else "",
    )
    return {
        "company": company_facts(brief.company),
        "language": language_facts(brief.company.language),
        "dna_sheet": dna_sheet(brief.dna, without=_NOT_FOR_POSTS),
        "persona_sheet": persona_sheet(brief.persona),
        "signature_ending": "" if wishes.forbids(ending) else ending,
        "topic_sheet": "\n".join(line for line in sheet if line),
        "material": material(topic.passages, brief.documents),
        "min_words": brief.min_words,
        "max_words": brief.max_words,
        "opening_words": OPENING_WORDS,
        "introduction_words": MIN_INTRODUCTION_WORDS * 3,
        "least_sections": MIN_SECTIONS + 1,
        "least_questions": MIN_QUESTIONS + 1,
        "least_takeaways": MIN_TAKEAWAYS + 1,
        "hard_sentence_words": HARD_SENTENCE_WORDS,
        "is_informal": is_informal(said_of(brief.dna), brief.company.language),
        "meta_title_chars": {"least": META_TITLE_CHARS[0], "most": MAX_META_TITLE_CHARS},
        "meta_description_chars": {
            "least": META_DESCRIPTION_CHARS[0],
            "most": META_DESCRIPTION_CHARS[1],
        },
        "revision": revision_facts(brief.revision),
    }


def blog_post(brief: BlogPostBrief, answer: WrittenBlogPost) -> BlogPostBody:
    """Make the post. Its passages are the topic's; it is a short draft below `min_words`."""
    language = brief.company.language
    title = tidy_line(answer.title, language)
    faq = tuple(
        Question(question=tidy_line(one.question, language), answer=tidy_line(one.answer, language))
        for one in answer.faq
    )
    takeaways = tuple(dict.fromkeys(tidy_line(one, language) for one in answer.takeaways))
    markdown = finished_markdown(
        tidy(answer.markdown, language),
        title=title,
        faq=faq,
        takeaways=takeaways,
        language=language,
    )
    return BlogPostBody(
        title=title,
        focus_keyword=brief.topic.focus_keyword,
        meta_title=tidy_line(answer.meta_title, language),
        meta_description=tidy_line(answer.meta_description, language),
        markdown=markdown,
        faq=faq,
        takeaways=takeaways,
        short_draft=count_words(markdown) < brief.min_words,
        passages=brief.topic.passages,
    )


@dataclass
class _Room:
    """Words that are left for passages and for what stands around them."""

    passages: int = PASSAGE_WORDS
    around: int = AROUND_WORDS_IN_ALL


def material(
    passages: Sequence[Passage], documents: Sequence[SourceDocument]
) -> list[dict[str, str]]:
    """Give the passages by document: `label`, `text` to write from, `around` to understand it.

    Together at most 4,000 words of passages and 1,200 around them.
    """
    room = _Room()
    blocks = {one.id: read_blocks(one) for one in documents}
    names = {one.document_id: one.document for one in passages}
    return [
        {
            "label": f"material from {in_line(name, 60)}",
            "text": _said([p for p in passages if p.document_id == document_id], room),
            "around": _around(
                [p for p in passages if p.document_id == document_id],
                blocks.get(document_id, ()),
                room,
            ),
        }
        for document_id, name in names.items()
    ]


def _said(passages: Sequence[Passage], room: _Room) -> str:
    parts: list[str] = []
    for passage in passages:
        part = beginning(passage.quote, room.passages)
        room.passages = max(0, room.passages - count_words(part))
        if part:
            parts.append(part)
    return "\n\n".join(parts)


def _around(passages: Sequence[Passage], blocks: Sequence[Block], room: _Room) -> str:
    """Give headings over the passages and the paragraphs right before and after each run."""
    taken = {
        i
        for i, b in enumerate(blocks)
        if any(p.start < b.end and b.start < p.end for p in passages)
    }
    near = sorted({j for i in taken for j in (i - 1, i + 1)} - taken)
    shown: list[str] = []
    paths = dict.fromkeys(" > ".join(blocks[i].heading_path) for i in sorted(taken))
    shown += [f"Stands under: {path}" for path in paths if path][:12]
    for index in near:
        if 0 <= index < len(blocks) and blocks[index].kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            text = beginning(blocks[index].text, min(AROUND_WORDS, room.around))
            room.around = max(0, room.around - count_words(text))
            if text:
                shown.append(text)
    return "\n".join(shown)
