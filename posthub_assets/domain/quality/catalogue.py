"""The rules by kind, as data: what Dagster declares as asset checks and what the docs list.

Cheap to import on purpose: nothing but the standard library and the enums.
What does not belong here: how a rule is computed (one module per family beside this one).
"""

from __future__ import annotations

from dataclasses import dataclass

from posthub_assets.domain.content import Kind


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule: its stable code, what people read, and how hard it binds.

    `blocking`: a FAIL keeps the item out of review. `machine_only`: binds what a machine wrote;
    on a person's edit its FAIL becomes a warning. `passed` is the sentence of a PASS.
    """

    code: str
    title: str
    description: str
    passed: str
    applies_to: tuple[Kind, ...]
    blocking: bool = True
    machine_only: bool = False


_TEXTS = (Kind.TOPIC, Kind.BLOG_POST, Kind.SOCIAL_POST)
_WRITTEN = (Kind.PERSONA, *_TEXTS)

ALL_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        "structure",
        "Structure",
        "One H1, an introduction, at least two H2 sections, an FAQ, key takeaways, a conclusion.",
        "Every part of the post is there.",
        (Kind.BLOG_POST,),
        machine_only=True,
    ),
    RuleSpec(
        "length",
        "Length",
        "1,500 to 2,500 words. A short draft is reported as a warning.",
        "The length is right.",
        (Kind.BLOG_POST,),
        machine_only=True,
    ),
    RuleSpec(
        "asked_length",
        "Asked length",
        "As many words as were ordered. Too few is a warning: the sources may carry no more.",
        "The length is as ordered.",
        (Kind.ARTICLE,),
        machine_only=True,
    ),
    RuleSpec(
        "title_length",
        "Title length",
        "The title says enough to decide on, and fits a line of search results or two.",
        "The title's length is right.",
        (Kind.TOPIC,),
        machine_only=True,
    ),
    RuleSpec(
        "focus_keyword",
        "Focus keyword",
        "In the title; in a post also in the opening, and not so often that it reads as stuffing.",
        "The focus keyword stands where readers and search engines look for it.",
        (Kind.TOPIC, Kind.BLOG_POST),
        machine_only=True,
    ),
    RuleSpec(
        "heading_order",
        "Heading order",
        "No heading level is skipped on the way down; every heading has words.",
        "The headings step down one level at a time.",
        (Kind.BLOG_POST, Kind.ARTICLE),
    ),
    RuleSpec(
        "meta_lengths",
        "Meta title and description",
        "Present, and short enough that search results show them whole.",
        "Meta title and description fit search results.",
        (Kind.BLOG_POST,),
        machine_only=True,
    ),
    RuleSpec(
        "readability",
        "Readability",
        "LIX and RIX within the band of the language.",
        "The text reads well enough for a general public.",
        (Kind.BLOG_POST,),
        machine_only=True,
    ),
    RuleSpec(
        "near_duplicates",
        "Near-duplicates",
        "Not nearly the same as anything the company ever published or had written.",
        "Nothing like it was written before.",
        _TEXTS,
    ),
    RuleSpec(
        "repeated_sentences",
        "Repeated sentences",
        "No sentence twice, neither in the post nor in another post of the month.",
        "No sentence is repeated.",
        (Kind.BLOG_POST,),
        machine_only=True,
    ),
    RuleSpec(
        "template_leftovers",
        "Leftovers",
        "No templating marks, HTML, front matter, unfilled placeholders, lorem ipsum or words of "
        "a chatbot about itself.",
        "No leftovers of templates or tools.",
        (Kind.COMPANY_DNA, *_WRITTEN, Kind.IMAGE, Kind.PALETTE, Kind.ARTICLE),
    ),
    RuleSpec(
        "language",
        "Language",
        "Written in the company's language and script, with its quotation marks and direction.",
        "The text is in the company's language.",
        (*_TEXTS, Kind.ARTICLE),
        machine_only=True,
    ),
    RuleSpec(
        "empty_facts",
        "Empty facts",
        "No section, answer or value stands empty or says only that something is unknown.",
        "Nothing is left empty.",
        (Kind.COMPANY_DNA, Kind.BLOG_POST),
    ),
    RuleSpec(
        "platform_rules",
        "Platform rules",
        "Within the platform's limits of characters and hashtags; hashtags that work.",
        "Within the platform's rules.",
        (Kind.SOCIAL_POST,),
    ),
    RuleSpec(
        "hook",
        "Hook",
        "The first sentence ends before the platform folds the text; enough hashtags; a call.",
        "The hook is seen before the text is folded.",
        (Kind.SOCIAL_POST,),
        machine_only=True,
    ),
    RuleSpec(
        "completeness",
        "Completeness",
        "Every field of the persona says something.",
        "The persona is complete.",
        (Kind.PERSONA,),
    ),
    RuleSpec(
        "distinct",
        "Distinct personas",
        "Name, archetype and MBTI type differ from those of the company's other personas.",
        "No other persona has this name, archetype or type.",
        (Kind.PERSONA,),
    ),
    RuleSpec(
        "biography",
        "Biography",
        "Two or three sentences.",
        "The biography has the right length.",
        (Kind.PERSONA,),
        machine_only=True,
    ),
    RuleSpec(
        "evidence",
        "Evidence",
        "Each fact that is said to come from a document shows the words that it came from.",
        "Every fact from a document shows its words.",
        (Kind.COMPANY_DNA,),
    ),
    RuleSpec(
        "contrast",
        "Contrast",
        "Text on its ground has a contrast of at least 4.50 to 1.",
        "The text is legible.",
        (Kind.IMAGE,),
    ),
    RuleSpec(
        "dimensions",
        "Dimensions",
        "Width and height fit the platform's aspect ratio.",
        "The picture fits its platform.",
        (Kind.IMAGE,),
    ),
    RuleSpec(
        "alt_text",
        "Alternative text",
        "The picture is described for those who do not see it.",
        "The picture has an alternative text.",
        (Kind.IMAGE,),
    ),
    RuleSpec(
        "palette_contrast",
        "Legible roles",
        "Text on the background, and words on each filled role: at least 4.50 to 1.",
        "Words are legible in every role.",
        (Kind.PALETTE,),
    ),
    RuleSpec(
        "palette_distinct",
        "Distinct colours",
        "No two colours of a palette look almost alike: CIEDE2000 of 10 and more.",
        "All colours can be told apart at a glance.",
        (Kind.PALETTE,),
        blocking=False,
    ),
)

RULES: dict[Kind, tuple[RuleSpec, ...]] = {
    kind: tuple(spec for spec in ALL_RULES if kind in spec.applies_to) for kind in Kind
}
"""For each kind the rules that apply to it, in the order in which they are reported."""
