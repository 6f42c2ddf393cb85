"""What the gate knows besides the item itself: the company, its past, the item's siblings.

What does not belong here: reading any of it from the database; the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from posthub_assets.domain.bodies import (
    BODIES,
    MAIN_FIELD,
    ArticleBody,
    BlogPostBody,
    Body,
    DnaBody,
    PaletteBody,
    PersonaBody,
    SocialPostBody,
    TopicBody,
)
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.fingerprints import fingerprint


@dataclass(frozen=True)
class PastItem:
    """One thing that exists already, as small as it can be kept.

    `text_fingerprint` is what `fingerprint_of` gives, read from storage; empty bytes are compared
    by `text` where that is given, else not at all. Give `text` for siblings, whose sentences must
    not be repeated; for thousands of past items leave it empty. `platform` is for social posts,
    `traits` for personas (`persona_traits`). `parent_id` is the item it was made from: a topic is
    not held against its own blog post, which bears its title.
    """

    id: str
    kind: Kind
    title: str
    text_fingerprint: bytes = b""
    text: str = ""
    platform: str = ""
    traits: tuple[str, ...] = ()
    parent_id: str = ""


@dataclass(frozen=True)
class GateContext:
    """The surroundings of one item.

    `past`: all that the company ever published or had written (published posts are BLOG_POSTs),
    but what was rejected. `siblings`: the other items of the kind in the same month; for personas
    the company's other personas. Items whose id is `item_id` are the item itself and are skipped.
    `language`: BCP 47. `documents_available`: False where the company gave no documents.
    `machine_written`: False for a person's edit. `may_repeat`: sentences that are repeated on
    purpose, such as a persona's ending. `asked_words`: fewest and most of what was ordered.
    """

    language: str
    company_name: str
    tier: str
    past: tuple[PastItem, ...] = ()
    siblings: tuple[PastItem, ...] = ()
    documents_available: bool = True
    machine_written: bool = True
    provider: str = "local"
    item_id: str = ""
    may_repeat: tuple[str, ...] = ()
    asked_words: tuple[int, int] | None = None

    def in_place_of(self, item_id: str) -> GateContext:
        """Give the surroundings of a text that becomes a new version of an item, if of any."""
        return replace(self, item_id=item_id)


_FIELD_OF = {BODIES[kind]: field for kind, field in MAIN_FIELD.items()}


def main_text(body: Body) -> str:
    """Give the text that spans of findings point into: the one of `MAIN_FIELD`."""
    field = _FIELD_OF.get(type(body))
    if field is None:
        raise TypeError(f"{type(body).__name__} has no main text")
    return str(getattr(body, field))


def fingerprint_of(body: Body, language: str) -> bytes:
    """Give what is stored in `content_version.fingerprint`, at most 488 bytes.

    Of a topic title and description count, of all other kinds the main text.
    """
    return fingerprint(compared_text(body), language)


def compared_text(body: Body) -> str:
    """Give the text by which near-duplicates of a body are found."""
    if isinstance(body, TopicBody):
        return f"{body.title}\n{body.description}"
    return main_text(body)


def past_item(
    item_id: str,
    kind: Kind,
    body: Body,
    language: str,
    *,
    keep_text: bool,
    stored: bytes | None = None,
) -> PastItem:
    """Describe a body as something that exists already; `keep_text` for siblings.

    `stored` is its fingerprint where that is at hand; else it is made, which costs milliseconds.
    """
    return PastItem(
        id=item_id,
        kind=kind,
        title=_title(body),
        text_fingerprint=stored or fingerprint_of(body, language),
        text=main_text(body) if keep_text else "",
        platform=body.platform.value if isinstance(body, SocialPostBody) else "",
        traits=persona_traits(body) if isinstance(body, PersonaBody) else (),
    )


def persona_traits(body: PersonaBody) -> tuple[str, ...]:
    """Give what must be unlike among a company's personas, as `label:value`."""
    name = " ".join(body.name.casefold().split())
    return (f"name:{name}", f"archetype:{body.archetype.value}", f"MBTI type:{body.mbti}")


def _title(body: Body) -> str:
    match body:
        case BlogPostBody() | TopicBody() | ArticleBody():
            return body.title
        case SocialPostBody():
            return body.text[:80]
        case PersonaBody() | PaletteBody():
            return body.name
        case DnaBody():
            return body.company
    return ""
