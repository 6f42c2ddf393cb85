"""The gate: all rules of a kind over one item.

    findings = check_item(Kind.BLOG_POST, body, GateContext("en", "Acme", "PRO", past, siblings))
    if passes(findings): ...

What does not belong here: the rules' own thinking (one module per family), what follows from a
failed item (`assets/`, `domain/content.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import cast

from posthub_assets.domain.bodies import (
    BlogPostBody,
    Body,
    DnaBody,
    ImageBody,
    PaletteBody,
    PersonaBody,
    SocialPostBody,
    TopicBody,
)
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality import (
    colours,
    duplicates,
    emptiness,
    headings,
    keywords,
    languages,
    leftovers,
    lengths,
    personas,
    pictures,
    platforms,
    readability,
    structure,
)
from posthub_assets.domain.quality.catalogue import ALL_RULES, RULES, RuleSpec
from posthub_assets.domain.quality.context import (
    GateContext,
    PastItem,
    compared_text,
    fingerprint_of,
    main_text,
    past_item,
)
from posthub_assets.domain.quality.findings import (
    MAX_FINDINGS_PER_RULE,
    Finding,
    Verdict,
    passed,
    passes,
)
from posthub_assets.domain.quality.reading import Reading
from posthub_assets.domain.text.sentences import split_sentences
from posthub_assets.domain.text.words import count_words

__all__ = [
    "ALL_RULES",
    "RULES",
    "Finding",
    "GateContext",
    "PastItem",
    "RuleSpec",
    "Verdict",
    "check_item",
    "fingerprint_of",
    "main_text",
    "passes",
    "past_item",
]


def check_item(kind: Kind, body: Body, context: GateContext) -> tuple[Finding, ...]:
    """Judge one item by all rules of its kind, in the order of `RULES[kind]`.

    Each rule gives one PASS, or one finding for each problem, up to five, the worst first.
    Kinds without rules give an empty tuple. Raises InvalidInput where a past fingerprint was made
    by another version, TypeError where body and kind do not belong together.
    """
    reading = Reading(kind, body, context) if RULES[kind] else None
    if reading is None:
        return ()
    found: list[Finding] = []
    for spec in RULES[kind]:
        found.extend(_apply(spec, reading))
    return tuple(found)


def _apply(spec: RuleSpec, reading: Reading) -> list[Finding]:
    """Run one rule; one PASS stands for it where it has nothing to say."""
    given = list(islice(_CHECKS[spec.code](reading), 200))
    problems = [f for f in given if f.verdict is not Verdict.PASS]
    problems.sort(key=lambda finding: finding.verdict is not Verdict.FAIL)
    if not problems:
        fine = given[0] if given else passed(spec.code, spec.passed)
        return [replace(fine, blocking=spec.blocking)]
    return [_bound(finding, spec, reading) for finding in problems[:MAX_FINDINGS_PER_RULE]]


def _bound(finding: Finding, spec: RuleSpec, reading: Reading) -> Finding:
    """Set how hard a finding binds: on a person's edit the rules for machines only warn."""
    if spec.machine_only and not reading.context.machine_written:
        return replace(finding, verdict=Verdict.WARN, blocking=False)
    return replace(finding, blocking=spec.blocking and finding.verdict is Verdict.FAIL)


def _blog(reading: Reading) -> BlogPostBody:
    return cast(BlogPostBody, reading.body)


def _leftovers(reading: Reading) -> Iterator[Finding]:
    name = _MAIN_NAMES[reading.kind]
    yield from leftovers.leftovers(reading.prose, name, with_span=True)
    for path, words in reading.fields():
        yield from leftovers.leftovers(words, f"the field {path}", with_span=False)


_MAIN_NAMES = {
    Kind.BLOG_POST: "the text",
    Kind.SOCIAL_POST: "the text",
    Kind.TOPIC: "the title",
    Kind.PERSONA: "the biography",
    Kind.COMPANY_DNA: "the summary",
    Kind.IMAGE: "the alternative text",
    Kind.PALETTE: "the name",
    Kind.ARTICLE: "the text",
}


def _near_duplicates(reading: Reading) -> Iterator[Finding]:
    body, language = reading.body, reading.context.language
    if isinstance(body, TopicBody):
        yield from duplicates.repeated_titles(body, language, reading.others)
    else:
        whole = (0, len(reading.text))
        yield from duplicates.near_duplicates(reading.text, language, reading.others, whole)


def _repeated(reading: Reading) -> Iterator[Finding]:
    spared = structure.takeaways_span(_blog(reading), reading.outline)
    yield from duplicates.repeated_sentences(
        reading.outline.without_code(headings=False),
        reading.siblings,
        reading.context.may_repeat,
        lambda at: spared[0] <= at < spared[1],
    )


def _keyword(reading: Reading) -> Iterator[Finding]:
    body = cast(TopicBody | BlogPostBody, reading.body)
    yield from keywords.keyword_in_title(body, reading.context.language)
    if isinstance(body, BlogPostBody):
        yield from keywords.keyword_in_text(body, reading.sentences, reading.context.language)


def _language(reading: Reading) -> Iterator[Finding]:
    parts = reading.parts
    if isinstance(reading.body, TopicBody):
        # A title is too short to tell its language by, and full of names: the description helps.
        parts = ((compared_text(reading.body), 0, len(reading.text)),)
    return languages.language(parts, reading.prose, reading.context.language)


def _empty_facts(reading: Reading) -> Iterator[Finding]:
    if isinstance(reading.body, DnaBody):
        return emptiness.empty_facts_of_dna(
            reading.body,
            documents_available=reading.context.documents_available,
            machine_written=reading.context.machine_written,
        )
    return emptiness.empty_facts_of_post(_blog(reading), reading.outline)


def _first_sentence_end(reading: Reading) -> int:
    spans = split_sentences(reading.text, reading.context.language)
    return spans[0][1] if spans else 0


def _biography(reading: Reading) -> Iterator[Finding]:
    body = cast(PersonaBody, reading.body)
    count = len(split_sentences(body.biography, reading.context.language))
    return personas.biography(body, count)


_CHECKS: dict[str, Callable[[Reading], Iterable[Finding]]] = {
    "structure": lambda r: structure.structure(_blog(r), r.outline, count_words),
    "length": lambda r: lengths.length(_blog(r), count_words(r.text)),
    "asked_length": lambda r: lengths.asked_length(
        count_words(r.text), r.context.asked_words, len(r.text)
    ),
    "title_length": lambda r: lengths.title_length(cast(TopicBody, r.body)),
    "focus_keyword": _keyword,
    "heading_order": lambda r: headings.heading_order(r.outline),
    "meta_lengths": lambda r: lengths.meta_lengths(_blog(r)),
    "readability": lambda r: readability.readability(r.sentences, r.context.language),
    "near_duplicates": _near_duplicates,
    "repeated_sentences": _repeated,
    "template_leftovers": _leftovers,
    "language": _language,
    "empty_facts": _empty_facts,
    "platform_rules": lambda r: platforms.platform_rules(cast(SocialPostBody, r.body)),
    "hook": lambda r: platforms.hook(cast(SocialPostBody, r.body), _first_sentence_end(r)),
    "completeness": lambda r: personas.completeness(cast(PersonaBody, r.body)),
    "distinct": lambda r: personas.distinct(cast(PersonaBody, r.body), r.siblings),
    "biography": _biography,
    "evidence": lambda r: emptiness.evidence(cast(DnaBody, r.body)),
    "contrast": lambda r: pictures.contrast(cast(ImageBody, r.body)),
    "dimensions": lambda r: pictures.dimensions(cast(ImageBody, r.body)),
    "alt_text": lambda r: pictures.alt_text(cast(ImageBody, r.body)),
    "palette_contrast": lambda r: colours.palette_contrast(cast(PaletteBody, r.body)),
    "palette_distinct": lambda r: colours.palette_distinct(cast(PaletteBody, r.body)),
}
