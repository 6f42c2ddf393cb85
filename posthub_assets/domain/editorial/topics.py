"""Topics of a month, composed from a company's documents: one for each slot.

What does not belong here: writing the posts (`blog_post.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from posthub_assets.domain.bodies import PersonaBody, TopicBody
from posthub_assets.domain.briefs import TopicsBrief, TopicSet, TopicSlot
from posthub_assets.domain.editorial.chapters import Chapter, split_chapters
from posthub_assets.domain.editorial.clusters import LEAST_LIKENESS, affinities
from posthub_assets.domain.editorial.descriptions import describe
from posthub_assets.domain.editorial.filling import fill
from posthub_assets.domain.editorial.material import Material, gather
from posthub_assets.domain.editorial.planning import (
    CAP,
    FULL_TOPIC_WORDS,
    LEAST_TOPIC_WORDS,
    SHRINK,
    Candidate,
    Planner,
    chapters_text,
)
from posthub_assets.domain.editorial.titles import TitleBook
from posthub_assets.domain.editorial.units import Unit
from posthub_assets.domain.editorial.vectors import TextSpace
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.text.typography import typeset
from posthub_assets.domain.text.words import content_stems, normalise

FRESH_WORDS_PER_TOPIC = 900
"""With less unquoted text than this for each topic, earlier months may be quoted again."""
SEEDED_TOPIC_WORDS = 260
SEEDED_PIECES = ((260, 86, 0), (260, 50, 0), (260, 86, 4), (260, 50, 6), (190, 50, 6))
"""What is tried one after another: words of a topic, words of its parts, topics begun to spare."""
RETOLD_TOPIC_WORDS = 900
"""What was told before is told again in smaller pieces: they hold together better."""
EVENT_SHARE = 0.4
"""So much of what an event's title says must stand in the passage that is about it."""


def compose_topics(brief: TopicsBrief) -> TopicSet:
    """Give one topic for each slot, in the order of the slots.

    Titles are made of the documents' headings, passages are disjoint, no sentence is in two
    topics, nothing of `past` is repeated and nothing of `used` is touched. Deterministic.
    Raises SourcesExhausted, saying how many topics the documents can carry.
    """
    if not brief.slots:
        return TopicSet(topics=())
    material = gather(brief)
    planner = _planner(brief, material)
    units = _enough(material, len(brief.slots))
    target = _target(units, len(brief.slots))
    events = _event_candidates(brief, planner, units, target)
    taken = {id(u) for c in events.values() for chapter in c.chapters for u in chapter.units}
    rest = [unit for unit in units if id(unit) not in taken]
    needed = len(brief.slots) - len(events)
    chosen = _choose(brief, planner, rest, needed, target) if needed else []
    placed = _place(brief, events, chosen)
    return TopicSet(
        topics=tuple(_topic(c, s, planner) for c, s in zip(placed, brief.slots, strict=True))
    )


def _planner(brief: TopicsBrief, material: Material) -> Planner:
    """Give a planner that knows the titles of the past, and what a reviewer refused."""
    book = TitleBook.of((past.title for past in brief.past), brief.company.language)
    planner = Planner(material, book, brief.company.name)
    if brief.revision:
        book.add(str(brief.revision.previous.get("title", "")))
        planner.keywords.add(normalise(str(brief.revision.previous.get("focus_keyword", ""))))
        planner.refused = tuple(s for s in map(normalise, brief.revision.spans) if s)
    return planner


def _enough(material: Material, count: int) -> list[Unit]:
    """Take what was never quoted; where that is too little, all, in document order."""
    fresh = sum(unit.words for unit in material.fresh)
    if fresh >= count * FRESH_WORDS_PER_TOPIC or not material.quoted:
        return list(material.fresh)
    return sorted(
        (*material.fresh, *material.quoted), key=lambda unit: (unit.document_id, unit.order)
    )


def _target(units: Sequence[Unit], count: int) -> int:
    each = int(sum(unit.words for unit in units) * 0.95 / count)
    return max(LEAST_TOPIC_WORDS, min(FULL_TOPIC_WORDS, each))


def _event_candidates(
    brief: TopicsBrief, planner: Planner, units: Sequence[Unit], target: int
) -> dict[int, Candidate]:
    """Give a candidate for each slot that has an event, by the slot's place."""
    found: dict[int, Candidate] = {}
    left = list(units)
    for place, slot in enumerate(brief.slots):
        if not slot.event:
            continue
        candidate = _event_candidate(brief, planner, left, target, slot.event)
        if candidate:
            planner.claim(candidate)
            found[place] = candidate
            taken = {id(u) for chapter in candidate.chapters for u in chapter.units}
            left = [unit for unit in left if id(unit) not in taken]
    return found


def _event_candidate(
    brief: TopicsBrief, planner: Planner, units: Sequence[Unit], target: int, event: str
) -> Candidate | None:
    chapters = [c for c in split_chapters(units, max(120, target // 6)) if c.words >= 30]
    if not chapters:
        return None
    space = TextSpace([chapters_text([c]) for c in chapters], brief.company.language)
    to_event = space.likeness([event])[0]
    general = space.likeness([_about_company(brief)])[0] + [
        0.2 * (brief.company.name in " ".join(chapter.path)) for chapter in chapters
    ]
    seed = int(to_event.argmax())
    related = space.share_of(event, seed) >= EVENT_SHARE
    seed = seed if related else int(general.argmax())
    nearness = affinities(chapters, space.similarities())[seed]
    nearness = nearness + 2 * to_event if related else nearness + general
    group: list[int] = []
    words = chapters[seed].words
    for index in (int(i) for i in nearness.argsort()[::-1]):
        if index == seed or nearness[index] < LEAST_LIKENESS or words >= target:
            continue
        if words + chapters[index].words <= target * CAP:
            group.append(index)
            words += chapters[index].words
    return planner.named(
        [chapters[i] for i in sorted([seed, *group])],
        prefix=event,
        lead=_core(chapters[seed], event, brief),
    )


def _core(chapter: Chapter, event: str, brief: TopicsBrief) -> Chapter:
    """Give the part of a chapter, under one heading, that speaks most of the event."""
    language = brief.company.language
    wanted = set(content_stems(event, language))
    best = max(chapter.units, key=lambda u: len(wanted & set(content_stems(u.text, language))))
    units = tuple(u for u in chapter.units if u.heading_path == best.heading_path)
    return Chapter(chapter.document_id, chapter.document, best.heading_path, units)


def _about_company(brief: TopicsBrief) -> str:
    company = brief.company
    return " ".join((company.name, company.industry, company.business_field, brief.dna.summary))


def _choose(
    brief: TopicsBrief, planner: Planner, units: Sequence[Unit], count: int, target: int
) -> list[Candidate]:
    """Choose candidates, making them smaller until there are enough."""
    most = 0
    for size in _sizes(target, max(LEAST_TOPIC_WORDS, target // 2)):
        chosen = _pick(brief, planner, planner.candidates(units, size), count)
        if len(chosen) == count:
            return fill(chosen, units, planner, target)
        most = max(most, len(chosen))
    large = max(SEEDED_TOPIC_WORDS, min(target, RETOLD_TOPIC_WORDS))
    for size, piece, spare in ((large, large // 3, 0), *SEEDED_PIECES):
        seeded = planner.seeded(units, count + spare, size, piece)
        if len(seeded) >= count:
            return seeded[:count]
        most = max(most, len(seeded))
    for size in _sizes(target // 2, LEAST_TOPIC_WORDS):
        chosen = _pick(brief, planner, planner.candidates(units, size), count)
        if len(chosen) == count:
            return fill(chosen, units, planner, target)
        most = max(most, len(chosen))
    raise SourcesExhausted(
        f"The documents of {brief.company.name} carry {most} more topics that differ from the "
        f"earlier ones, and {count} were asked for. Add documents about other subjects, or ask "
        "for fewer topics."
    )


def _sizes(first: int, least: int) -> list[int]:
    sizes = []
    size = first
    while size >= least:
        sizes.append(size)
        size = int(size * SHRINK)
    return sizes


def _pick(
    brief: TopicsBrief, planner: Planner, candidates: list[Candidate], count: int
) -> list[Candidate]:
    """Pick one after another: full ones, near the company's field, unlike those picked before."""
    if not candidates:
        return []
    import numpy as np

    space = TextSpace([c.text for c in candidates], brief.company.language)
    alike = space.similarities()
    worth = np.array([min(1.0, c.words / FULL_TOPIC_WORDS) for c in candidates])
    worth += 0.5 * space.likeness([_about_company(brief)])[0]
    nearest = np.zeros(len(candidates))
    left = set(range(len(candidates)))
    trial = planner.trial()
    chosen: list[Candidate] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda i: (worth[i] - 0.6 * nearest[i], -i))
        left.remove(best)
        candidate = trial.named(candidates[best].chapters)
        if candidate:
            trial.claim(candidate)
            chosen.append(candidate)
            nearest = np.maximum(nearest, alike[best])
    return chosen


def _place(
    brief: TopicsBrief, events: dict[int, Candidate], chosen: list[Candidate]
) -> list[Candidate]:
    """Give each slot its candidate; those without an event go to the persona they fit best."""
    free = [place for place in range(len(brief.slots)) if place not in events]
    order = _fitting(brief, [brief.slots[place] for place in free], chosen)
    placed = dict(events)
    placed.update({place: chosen[index] for place, index in zip(free, order, strict=True)})
    return [placed[place] for place in range(len(brief.slots))]


def _fitting(brief: TopicsBrief, slots: Sequence[TopicSlot], chosen: list[Candidate]) -> list[int]:
    if not chosen:
        return []
    from scipy.optimize import linear_sum_assignment

    space = TextSpace([c.text for c in chosen], brief.company.language)
    profiles = [_profile(brief.personas.get(slot.persona_id)) for slot in slots]
    _, columns = linear_sum_assignment(-space.likeness(profiles))
    return [int(column) for column in columns]


def _profile(persona: PersonaBody | None) -> str:
    return " ".join((*persona.expertise, *persona.values)) if persona else ""


def _topic(candidate: Candidate, slot: TopicSlot, planner: Planner) -> TopicBody:
    units = [unit for chapter in candidate.chapters for unit in chapter.units]
    pack = planner.material.pack
    allowed = [unit for unit in units if not planner.refuses(unit.text)] or units
    return TopicBody(
        title=candidate.title,
        description=typeset(describe(allowed, candidate.keyword, pack), pack),
        focus_keyword=candidate.keyword,
        planned_on=slot.planned_on,
        event=slot.event,
        passages=tuple(unit.passage() for unit in units),
    )
