"""How the rules do on texts that people really published: the pass rate per rule.

Takes texts, reads no files: `benchmarks/calibrate_quality.py` and the tests bring them.
What does not belong here: the rules, and the numbers that came out (`docs/quality.md`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posthub_assets.domain.bodies import BlogPostBody
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.catalogue import RULES
from posthub_assets.domain.quality.findings import Finding, Verdict
from posthub_assets.domain.quality.gate import GateContext, PastItem, check_item, past_item
from posthub_assets.domain.text.front_matter import split_front_matter
from posthub_assets.domain.text.markup import LOST, to_markdown
from posthub_assets.domain.text.traced import Traced

ANY_TEXT_RULES = (
    "heading_order",
    "readability",
    "near_duplicates",
    "repeated_sentences",
    "template_leftovers",
    "language",
    "empty_facts",
)
"""Rules that mean something for any text: at most one published post in twenty may fail each."""

_LOST_IMAGE = re.compile(rf"!\[[^\]]*\]\([^()\n]*{LOST}[^()\n]*\)")
_LOST_LINK = re.compile(rf"\[([^\[\]]*)\]\([^()\n]*{LOST}[^()\n]*\)")


@dataclass(frozen=True, slots=True)
class Published:
    """A published post as it lies in a folder: its file's name and its raw text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Rate:
    """How many posts passed a rule, were warned of, and failed."""

    rule: str
    passed: int
    warned: int
    failed: int
    failing: tuple[str, ...]


def judge(posts: Sequence[Published], language: str) -> dict[str, tuple[Finding, ...]]:
    """Judge each post as a blog post, the others being its past; findings by name."""
    bodies = {post.name: published_body(post) for post in posts}
    items = [_item(name, body, language) for name, body in bodies.items()]
    return {
        name: check_item(Kind.BLOG_POST, body, _context(name, items, language))
        for name, body in bodies.items()
    }


def rates(judged: dict[str, tuple[Finding, ...]]) -> tuple[Rate, ...]:
    """Count verdicts per rule; a post with several findings of a rule counts once, as its worst."""
    return tuple(_rate(spec.code, judged) for spec in RULES[Kind.BLOG_POST])


def published_body(post: Published) -> BlogPostBody:
    """Give a published post as a body: front matter, templating and HTML out, nothing added.

    The title comes from the front matter; what the site's templating would have filled in (the
    address of a link, mostly) is gone, and its link is plain words.
    """
    values, start = split_front_matter(post.text)
    title = next((post.text[v.start : v.end] for v in values if v.key == "title"), post.name)
    markdown = to_markdown(Traced.of(post.text[start:], start), html=False).text
    markdown = _LOST_LINK.sub(r"\1", _LOST_IMAGE.sub("", markdown)).replace(LOST, "")
    return BlogPostBody(
        title=" ".join(title.split()),
        focus_keyword="",
        meta_title="",
        meta_description="",
        markdown=markdown.strip() + "\n",
    )


def _item(name: str, body: BlogPostBody, language: str) -> PastItem:
    return past_item(name, Kind.BLOG_POST, body, language, keep_text=True)


def _context(name: str, items: Iterable[PastItem], language: str) -> GateContext:
    others = tuple(item for item in items if item.id != name)
    return GateContext(
        language=language, company_name="", tier="", past=others, siblings=others, item_id=name
    )


def _rate(rule: str, judged: dict[str, tuple[Finding, ...]]) -> Rate:
    verdicts = {
        name: {finding.verdict for finding in findings if finding.rule == rule}
        for name, findings in judged.items()
    }
    failing = tuple(name for name, found in verdicts.items() if Verdict.FAIL in found)
    warned = sum(Verdict.WARN in v and Verdict.FAIL not in v for v in verdicts.values())
    passing = len(verdicts) - warned - len(failing)
    return Rate(rule, passing, warned, len(failing), failing)
