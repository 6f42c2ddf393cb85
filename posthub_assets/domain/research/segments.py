"""Segments of the audience, with the pains and desires that the documents speak of.

What does not belong here: the points of the DNA (`dna.py`).
"""

from __future__ import annotations

import re

from posthub_assets.domain.bodies import Segment
from posthub_assets.domain.research.corpus import Corpus, Statement
from posthub_assets.domain.text.words import content_stems, count_words, normalise

_MOST_PER_SEGMENT = 4
_MAX_WORDS = 40
_PREPOSITION = re.compile(r" (?:in|of|with|from|at|for) ")
_PLURAL = re.compile(r"(?:s|people|women|men|children|staff)$", re.IGNORECASE)


def audience_names(audience: str, relative: str, list_and: str) -> tuple[str, ...]:
    """Split a described audience into segments, where it is clearly a list; else keep it whole.

    What they do ("who want to ...") is left out. `list_and` is the word before the last item; a
    list is split only where each item ends its head noun in the plural, so that adjectives
    ("small, medium and large firms") stay with their noun.
    """
    who = re.split(relative, " ".join(audience.split()), maxsplit=1, flags=re.IGNORECASE)[0]
    who = who.strip(" ,.;:،؛")
    if not who:
        return ()
    if list_and and "," in who:
        *first, last = (part.strip() for part in who.split(","))
        parts = [*first, *last.removeprefix(list_and.lstrip()).split(list_and, maxsplit=1)]
        if all(_is_plural_noun(part) for part in parts):
            return tuple(dict.fromkeys(part.strip() for part in parts))
    return (who,)


def _is_plural_noun(part: str) -> bool:
    head = _PREPOSITION.split(part.strip(), maxsplit=1)[0].split()
    return bool(head) and bool(_PLURAL.search(head[-1]))


def _naming_stems(name: str, language: str) -> set[str]:
    """Give the stems that name a segment: in English its head noun and a plural at its end.

    Elsewhere all words that carry meaning: where the head noun stands is not told by the form.
    """
    if not language.startswith("en"):
        return set(content_stems(name, language))
    head = _PREPOSITION.split(name, maxsplit=1)[0].split()[-1:]
    last = [word for word in name.split()[-1:] if _PLURAL.search(word)]
    return set(content_stems(" ".join([*head, *last]), language))


def find_segments(corpus: Corpus, avoid: tuple[str, ...]) -> tuple[Segment, ...]:
    """Give the audience's segments with at most four pains and four desires each.

    Only sentences of documents about the company count that do not speak of the company itself.
    One goes to the segment that it names; one that speaks to the reader without naming anybody
    goes to the first. `avoid` are words that no value may contain. Without an audience in the
    brief there are no segments.
    """
    cues = corpus.cues
    names = audience_names(corpus.company.audience, cues.relative, cues.list_and)
    if not names:
        return ()
    stems = [_naming_stems(name, corpus.company.language) for name in names]
    pains = _sort_in(corpus, cues.pains, stems, avoid, questions=True)
    taken = {s.text for group in pains for s in group}
    desires = _sort_in(corpus, cues.desires, stems, avoid, questions=False, but=taken)
    return tuple(
        Segment(
            name=name,
            pains=tuple(s.text for s in hurt),
            desires=tuple(s.text for s in wish),
            evidence=tuple(s.passage for s in (*hurt, *wish)),
        )
        for name, hurt, wish in zip(names, pains, desires, strict=True)
    )


def _sort_in(
    corpus: Corpus,
    pattern: str,
    stems: list[set[str]],
    avoid: tuple[str, ...],
    *,
    questions: bool,
    but: set[str] | frozenset[str] = frozenset(),
) -> list[list[Statement]]:
    groups: list[list[Statement]] = [[] for _ in stems]
    wanted = re.compile(pattern, re.IGNORECASE)
    unsaid = re.compile(corpus.cues.unsaid, re.IGNORECASE)
    reader = re.compile(corpus.cues.audience, re.IGNORECASE)
    seen: set[str] = set()
    for statement in corpus.statements:
        text = statement.text
        if not _usable(statement, avoid, questions) or text in but or normalise(text) in seen:
            continue
        if not wanted.search(text) or unsaid.search(text):
            continue
        own = set(content_stems(text, corpus.company.language))
        overlaps = [len(own & names) for names in stems]
        if not any(overlaps) and not reader.search(text):
            continue
        group = groups[overlaps.index(max(overlaps))]
        if len(group) < _MOST_PER_SEGMENT:
            seen.add(normalise(text))
            group.append(statement)
    return groups


def _usable(statement: Statement, avoid: tuple[str, ...], questions: bool) -> bool:
    text = statement.text
    asks = text.endswith(("?", "؟"))
    if not statement.is_full or not statement.known or statement.own:
        return False
    if statement.dangling and not asks:
        return False
    if count_words(text) > _MAX_WORDS or (not questions and asks):
        return False
    form = normalise(text)
    return not any(normalise(span) in form for span in avoid)
