"""Articles on request, composed from the text that came with the order or the company's documents.

Extractive, as the posts are: every sentence is one of the sources'.
What does not belong here: the month's posts (`blog_post.py`), prompts for models (`writing/`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from posthub_assets.domain.bodies import ArticleBody, ArticleTask
from posthub_assets.domain.briefs import ArticleBrief, SourceDocument
from posthub_assets.domain.editorial.chapters import split_chapters
from posthub_assets.domain.editorial.descriptions import describe, opening_worth
from posthub_assets.domain.editorial.extraction import extract_units
from posthub_assets.domain.editorial.fitness import depends
from posthub_assets.domain.editorial.markdown import paragraphs, sections
from posthub_assets.domain.editorial.outline import Leaf, outline
from posthub_assets.domain.editorial.planning import chapters_text
from posthub_assets.domain.editorial.revisions import Wishes
from posthub_assets.domain.editorial.selection import Selector
from posthub_assets.domain.editorial.titles import HeadingSense, capitalised
from posthub_assets.domain.editorial.units import Unit, is_code
from posthub_assets.domain.editorial.vectors import TextSpace
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.typography import typeset
from posthub_assets.domain.text.words import content_stems, count_words

PIECE_WORDS = 140
"""Documents are looked through in pieces of about this size."""
LEAST_SHARE = 0.2
"""So much of what the topic says must stand in a piece for it to be about the topic."""
KEPT_LIKENESS = 0.3
"""A piece this near to the topic, measured by the nearest one, comes into the article too."""
MAX_TITLE_CHARS = 110
POINTS = (1, 5)
SECTIONS = 7


@dataclass(frozen=True)
class _Work:
    """What the composers of the four tasks share. `most` is in words."""

    brief: ArticleBrief
    title: str
    leaves: list[Leaf]
    pack: LanguagePack
    wishes: Wishes
    sense: HeadingSense
    most: int

    @property
    def keyword(self) -> str:
        """What the article is about, in as few words as were given."""
        return self.brief.keywords[0] if self.brief.keywords else self.title

    @property
    def units(self) -> list[Unit]:
        """All units, in order."""
        return [unit for leaf in self.leaves for unit in leaf.units]


def compose_article(brief: ArticleBrief) -> ArticleBody:
    """Write the article that was ordered. Deterministic.

    From `source` where it is given, else from what the documents say of the topic. It is never
    longer than `max_words`; it is shorter than `min_words` where the sources carry no more.
    Raises SourcesExhausted where nothing is said of the topic, or nothing is left to say.
    """
    pack = language_pack(brief.company.language)
    wishes = Wishes.read(brief.revision, pack)
    units = wishes.allowed(_material(brief, pack), pack)
    if not units:
        raise SourcesExhausted(
            f"There is nothing to write “{_short(brief.topic)}” from. Give a source text with "
            "whole sentences, or add documents to the company."
        )
    title = _title(brief, units, wishes)
    sense = HeadingSense.over(units, pack)
    leaves = _unmarked(outline(units, title, sense), wishes)
    most = max(1, int(brief.max_words * wishes.share))
    work = _Work(brief, title, leaves, pack, wishes, sense, most)
    markdown = _typeset(_COMPOSERS[brief.task](work).strip(), pack)
    return ArticleBody(
        task=brief.task, title=title, markdown=f"{markdown}\n", keywords=brief.keywords
    )


def _unmarked(leaves: Sequence[Leaf], wishes: Wishes) -> list[Leaf]:
    """Give the leaves that say something, without the headings that were marked."""

    def free(heading: str) -> str:
        return "" if wishes.forbids(heading) else heading

    return [Leaf(free(one.top), free(one.sub), one.units) for one in leaves if one.units]


def _typeset(markdown: str, pack: LanguagePack) -> str:
    """Set the language's quotation marks, but not in code."""
    blocks = markdown.split("\n\n")
    return "\n\n".join(one if is_code(one) else typeset(one, pack) for one in blocks)


def _short(topic: str) -> str:
    line = topic.strip().partition("\n")[0]
    return line if len(line) <= MAX_TITLE_CHARS else f"{line[: MAX_TITLE_CHARS - 1].rstrip()}…"


def _title(brief: ArticleBrief, units: Sequence[Unit], wishes: Wishes) -> str:
    """Give the topic as a title; where its words were marked, the first keyword or heading."""
    headings = (h for unit in units for h in reversed(unit.heading_path))
    candidates = (_short(brief.topic).rstrip(" .:"), *brief.keywords, *headings)
    free = (one for one in candidates if one and not wishes.forbids(one))
    return capitalised(next(free, _short(brief.topic)))


def _material(brief: ArticleBrief, pack: LanguagePack) -> list[Unit]:
    if brief.source.strip():
        given = SourceDocument(id="source", name="source", text=brief.source)
        return extract_units([given], pack.code)
    units = extract_units(brief.documents, pack.code)
    return _about(brief, units, pack, brief.max_words) if units else []


def said_of_topic(brief: ArticleBrief, words: int) -> str:
    """Give what the company's documents say of the topic, at most about so many words, as Markdown.

    Empty where they say nothing of it.
    """
    pack = language_pack(brief.company.language)
    units = extract_units(brief.documents, pack.code)
    found = _about(brief, units, pack, words) if units else []
    sense = HeadingSense.over(found, pack)
    return "\n\n".join(sections(outline(found, "", sense)))


def _about(brief: ArticleBrief, units: Sequence[Unit], pack: LanguagePack, most: int) -> list[Unit]:
    """Give the units of the pieces that speak of the topic: the nearest document first."""
    asked = " ".join((brief.topic, *brief.keywords))
    pieces = split_chapters(units, PIECE_WORDS)
    if not content_stems(asked, pack.code) or not any(
        content_stems(chapters_text([piece]), pack.code) for piece in pieces
    ):
        return []
    space = TextSpace([chapters_text([piece]) for piece in pieces], pack.code)
    likeness = [float(one) for one in space.likeness([asked])[0]]
    order = sorted(range(len(pieces)), key=lambda i: (-likeness[i], i))
    best = order[0]
    if likeness[best] <= 0 or space.share_of(asked, best) < LEAST_SHARE:
        return []
    chosen: list[int] = []
    words = 0
    for index in order:
        if words >= most or likeness[index] < KEPT_LIKENESS * likeness[best]:
            break
        chosen.append(index)
        words += pieces[index].words
    first = {pieces[i].document_id: place for place, i in reversed(list(enumerate(chosen)))}
    chosen.sort(key=lambda i: (first[pieces[i].document_id], i))
    return [unit for index in chosen for unit in pieces[index].units]


def _within(leaves: Sequence[Leaf], most: int) -> list[Leaf]:
    """Give the leaves that fit into `most` words; of the one that does not, its first units."""
    kept: list[Leaf] = []
    left = most
    for leaf in leaves:
        units: list[Unit] = []
        for unit in leaf.units:
            if unit.words > left:
                break
            units.append(unit)
            left -= unit.words
        if units:
            kept.append(Leaf(leaf.top, leaf.sub, units))
        if len(units) < len(leaf.units):
            break
    return kept


def _draft(work: _Work) -> str:
    """Write title, opening, sections, and the voice's ending."""
    persona = work.brief.persona
    ending = persona.signature_ending if persona else ""
    ending = "" if work.wishes.forbids(ending) else ending
    headings = sum(count_words(leaf.heading) for leaf in work.leaves) + count_words(work.title)
    leaves = _within(work.leaves, work.most - headings - count_words(ending))
    selector = Selector(leaves, work.keyword, work.pack, work.wishes.round, work.sense)
    opening = selector.opening() if len(leaves) > 1 else []
    parts = [f"# {work.title}", *paragraphs(opening)]
    parts += sections([leaf for leaf in leaves if leaf.units])
    return "\n\n".join([*parts, ending])


def _rewrite(work: _Work) -> str:
    """Write the text anew: no thought twice, its order kept, cut to its length."""
    headings = sum(count_words(leaf.heading) for leaf in work.leaves) + count_words(work.title)
    leaves = _within(work.leaves, work.most - headings)
    return "\n\n".join([f"# {work.title}", *sections(leaves)])


def _outline(work: _Work) -> str:
    """Write what it is about, then each section with its points and its share of the words."""
    about = describe(work.units, work.keyword, work.pack)
    leaves = _headed(work)[:SECTIONS]
    total = sum(leaf.words for leaf in leaves)
    wanted = (work.brief.min_words + work.brief.max_words) // 2
    parts = [f"# {work.title}", about]
    for leaf in leaves:
        share = max(10, 10 * round(wanted * leaf.words / total / 10))
        points = [point for unit in leaf.units for point in _points(unit, about)][: POINTS[1]]
        parts.append(f"## {leaf.heading} ({share})")
        parts.append("\n".join(f"- {point}" for point in points))
    return "\n\n".join(parts)


def _headed(work: _Work) -> list[Leaf]:
    """Give one leaf for each heading; what has none follows the one before it."""
    found: dict[str, Leaf] = {}
    last = work.pack.labels["introduction"]
    for leaf in work.leaves:
        last = leaf.heading or last
        found.setdefault(last, Leaf(last, "")).units.extend(leaf.units)
    about = describe(work.units, work.keyword, work.pack)
    return [leaf for leaf in found.values() if any(_points(unit, about) for unit in leaf.units)]


def _points(unit: Unit, about: str) -> list[str]:
    """Give what a unit says, one line each: its first sentence, or its list."""
    if unit.is_list:
        return [item.text for item in unit.items if item.depth == 1]
    said = [s for paragraph in unit.paragraphs for s in paragraph[:1] if not is_code(s)]
    return [s for s in said[:1] if s != about and not s.endswith(("?", "؟", ":", "!"))]


def _caption(work: _Work) -> str:
    """Write a few sentences that stand together: the best opening, and what follows it."""
    prose = [unit for unit in work.units if unit.is_prose]
    ranked = sorted(
        (
            (-opening_worth(unit.sentences[0], work.keyword, place, work.pack), place)
            for place, unit in enumerate(prose)
        ),
    )
    if not ranked:
        return describe(work.units, work.keyword, work.pack)
    turned = ranked[work.wishes.round % len(ranked) :] + ranked
    taken: list[str] = []
    words = 0
    for _, place in turned:
        for sentence in prose[place].sentences:
            more = count_words(sentence)
            fits = words + more <= work.most and sentence not in taken
            if not fits or (
                taken and sentence == prose[place].sentences[0] and _hangs(work, sentence)
            ):
                break
            taken.append(sentence)
            words += more
            if words >= work.brief.min_words:
                return " ".join(taken)
    return " ".join(taken) or describe(work.units, work.keyword, work.pack)


def _hangs(work: _Work, sentence: str) -> bool:
    return depends(sentence, work.pack)


_COMPOSERS: dict[ArticleTask, Callable[[_Work], str]] = {
    ArticleTask.OUTLINE: _outline,
    ArticleTask.DRAFT: _draft,
    ArticleTask.REWRITE: _rewrite,
    ArticleTask.CAPTION: _caption,
}
