"""Blog posts, composed from a topic's passages and from nothing else.

What does not belong here: choosing the passages (`topics.py`), judging the post (`domain/quality`).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from posthub_assets.domain.bodies import BlogPostBody, Passage, Question
from posthub_assets.domain.briefs import BlogPostBrief
from posthub_assets.domain.editorial.fitness import depends
from posthub_assets.domain.editorial.markdown import paragraphs, sections
from posthub_assets.domain.editorial.metas import meta_description, meta_title
from posthub_assets.domain.editorial.outline import Leaf, outline
from posthub_assets.domain.editorial.restoring import restore_units
from posthub_assets.domain.editorial.revisions import Wishes
from posthub_assets.domain.editorial.selection import Selector
from posthub_assets.domain.editorial.titles import HeadingSense, capitalised
from posthub_assets.domain.editorial.units import Unit, is_code
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.words import count_words


@dataclass
class Draft:
    """The parts of a post before they become Markdown."""

    title: str
    opening: list[Unit]
    leaves: list[Leaf]
    questions: list[tuple[Question, list[Unit]]]
    takeaways: list[tuple[str, Unit]]
    close: list[Unit]
    ending: str
    pack: LanguagePack
    used: list[Unit] = field(default_factory=list)


def compose_blog_post(brief: BlogPostBrief) -> BlogPostBody:
    """Write the post: title, introduction, sections, questions, takeaways, conclusion, metas.

    Every sentence of the documents stands in it once at most. `short_draft` is set below
    `min_words`; above `max_words` the least central sections are left out. Deterministic; persona
    and revision change openings, order of picks and the ending.
    Raises SourcesExhausted where the topic has no passage to write from.
    """
    pack = language_pack(brief.company.language)
    wishes = Wishes.read(brief.revision, pack)
    units = restore_units(brief.topic.passages, brief.documents, pack.code)
    units = wishes.allowed(units, pack)
    if not units:
        raise SourcesExhausted(
            f"The topic “{brief.topic.title}” has no passages to write from. "
            "Reject it, or add documents and let its topic be made again."
        )
    draft = _draft(brief, units, pack, wishes)
    markdown = _markdown(draft)
    words = count_words(markdown)
    sentences = [
        s
        for unit in (*draft.opening, *_units(draft.leaves))
        for paragraph in unit.paragraphs
        for s in paragraph
        if not depends(s, pack) and not s.endswith(":") and not is_code(s)
    ]
    return BlogPostBody(
        title=draft.title,
        focus_keyword=brief.topic.focus_keyword,
        meta_title=meta_title(draft.title, brief.topic.focus_keyword, brief.company.name),
        meta_description=meta_description(sentences, brief.topic.focus_keyword),
        markdown=markdown,
        faq=tuple(question for question, _ in draft.questions),
        takeaways=tuple(sentence for sentence, _ in draft.takeaways),
        short_draft=words < brief.min_words,
        passages=_passages(draft),
    )


def _draft(
    brief: BlogPostBrief, units: Sequence[Unit], pack: LanguagePack, wishes: Wishes
) -> Draft:
    title = _title(brief, wishes)
    sense = HeadingSense.over(units, pack)
    leaves = [leaf for leaf in outline(units, title, sense) if leaf.units]
    for leaf in leaves:
        leaf.top = "" if wishes.forbids(leaf.top) else leaf.top
        leaf.sub = "" if wishes.forbids(leaf.sub) else leaf.sub
    _shorten(leaves, brief, wishes)
    persona = brief.persona
    turn = zlib.crc32(f"{persona.name}{persona.archetype.value}".encode()) % 7 + wishes.round
    selector = Selector(
        leaves, brief.topic.focus_keyword, pack, turn, sense, formal=persona.formality >= 50
    )
    opening = selector.opening()
    questions = [q for q in selector.questions() if not wishes.forbids(q[0].question)]
    takeaways = selector.takeaways()
    close = selector.close()
    ending = "" if wishes.forbids(persona.signature_ending) else persona.signature_ending
    left = [leaf for leaf in leaves if leaf.units]
    return Draft(title, opening, left, questions, takeaways, close, ending, pack)


def _title(brief: BlogPostBrief, wishes: Wishes) -> str:
    title = brief.topic.title
    if not wishes.forbids(title):
        return title
    parts = [capitalised(part.strip()) for part in title.split(":")]
    free = [part for part in parts if not wishes.forbids(part)]
    return free[-1] if free else capitalised(brief.topic.focus_keyword)


def _shorten(leaves: list[Leaf], brief: BlogPostBrief, wishes: Wishes) -> None:
    """Leave out whole sections, last ones first, until the length fits."""
    total = sum(leaf.words for leaf in leaves)
    limit = min(brief.max_words * 0.96, total * wishes.share)
    while len(leaves) > 2 and sum(leaf.words for leaf in leaves) > limit:
        leaves.pop()


def _units(leaves: Sequence[Leaf]) -> list[Unit]:
    return [unit for leaf in leaves for unit in leaf.units]


def _passages(draft: Draft) -> tuple[Passage, ...]:
    units = [
        *draft.opening,
        *_units(draft.leaves),
        *(unit for _, answer in draft.questions for unit in answer),
        *(unit for _, unit in draft.takeaways),
        *draft.close,
    ]
    return tuple(unit.passage() for unit in units)


def _markdown(draft: Draft) -> str:
    labels = draft.pack.labels
    parts = [f"# {draft.title}", *paragraphs(draft.opening)]
    parts += sections(draft.leaves)
    if draft.questions:
        parts.append(f"## {labels['faq']}")
        for question, _ in draft.questions:
            parts += [f"### {question.question}", question.answer]
    if draft.takeaways:
        parts.append(f"## {labels['key_takeaways']}")
        parts.append("\n".join(f"- {sentence}" for sentence, _ in draft.takeaways))
    closing = paragraphs(draft.close)
    if closing or draft.ending:
        parts.append(f"## {labels['conclusion']}")
    parts += closing
    if draft.ending:
        parts.append(draft.ending)
    return "\n\n".join(parts) + "\n"
