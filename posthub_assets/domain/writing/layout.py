"""The last touches on a text of a model, which need no judgement: marks, headings, fixed sections.

What does not belong here: what a model can mend better itself; the quality gate names that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from posthub_assets.domain.bodies import Question
from posthub_assets.domain.quality.outline import Heading, Outline, plain_label, read_outline
from posthub_assets.domain.quality.section_names import CONCLUSION, FAQ, TAKEAWAYS
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.typography import typeset

_FENCE = re.compile(r"\A```(?:markdown|md)?[ \t]*\n(?P<text>.*)\n```\s*\Z", re.DOTALL)
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ARABIC = str.maketrans("يىك", "ییک")
_MARK = re.compile(r"[\W_]+")


def tidy(text: str, language: str) -> str:
    """Give a text without a fence around it, direction marks, and Arabic letters in Persian."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    fenced = _FENCE.match(text)
    if fenced and "\n```" not in fenced["text"]:
        text = fenced["text"].strip()
    text = _UNSEEN.sub("", text)
    return text.translate(_ARABIC) if language.partition("-")[0].casefold() == "fa" else text


def tidy_line(text: str, language: str) -> str:
    """Give a plain text as one line, with the language's quotation marks."""
    return typeset(" ".join(tidy(text, language).split()), language_pack(language))


def finished_markdown(
    markdown: str,
    *,
    title: str,
    faq: Sequence[Question],
    takeaways: Sequence[str],
    language: str,
) -> str:
    """Give the whole post: the title as its only opening, takeaways and FAQ before the conclusion.

    A section for takeaways or FAQ that the model wrote stays where it says what the fields say;
    one that says something else is replaced by the fields.
    """
    labels = language_pack(language).labels
    text = _titled(markdown, title)
    questions = [words for one in faq for words in (one.question, one.answer)]
    if faq and not _holds(text, questions):
        text = _without(text, FAQ, labels["faq"])
        text = _before_conclusion(text, _faq_section(faq, labels["faq"]))
    if takeaways and not _holds(text, takeaways):
        text = _without(text, TAKEAWAYS, labels["key_takeaways"])
        lines = "\n".join(f"- {one}" for one in takeaways)
        text = _before_faq(text, f"## {labels['key_takeaways']}\n\n{lines}")
    return f"{text.strip()}\n"


def _faq_section(faq: Sequence[Question], label: str) -> str:
    parts = [f"## {label}"]
    for one in faq:
        parts += [f"### {one.question}", one.answer]
    return "\n\n".join(parts)


def _titled(markdown: str, title: str) -> str:
    """Begin with the title as H1: in place of the H1 that opens the text, or above it."""
    outline = read_outline(markdown)
    first = next((h for h in outline.headings if h.level == 1), None)
    if first is None:
        return f"# {title}\n\n{markdown}"
    if markdown[: first.start].strip():
        return markdown
    return f"# {title}\n\n{markdown[first.end :].lstrip()}"


def _holds(text: str, parts: Sequence[str]) -> bool:
    whole = _bare(text)
    return all(_bare(part) in whole for part in parts)


def _bare(text: str) -> str:
    return _MARK.sub("", text.casefold())


def _seconds(outline: Outline) -> list[Heading]:
    return [h for h in outline.headings if h.level == 2]


def _without(text: str, names: re.Pattern[str], label: str) -> str:
    """Take out a section that is called just so; one with more to its name is a section of text."""
    for heading in _seconds(read_outline(text)):
        name = plain_label(heading.text).strip(" :")
        if name.casefold() == label.casefold() or names.fullmatch(name):
            return f"{text[: heading.start].rstrip()}\n\n{text[heading.section_end :].lstrip()}"
    return text


def _before_conclusion(text: str, section: str) -> str:
    """Put a section before the conclusion: one called so, or else the last of several sections."""
    seconds = _seconds(read_outline(text))
    named = [h for h in seconds if CONCLUSION.search(plain_label(h.text))]
    if named:
        return _inserted(text, section, named[-1].start)
    return _inserted(text, section, seconds[-1].start if len(seconds) > 2 else len(text))


def _before_faq(text: str, section: str) -> str:
    found = [h for h in _seconds(read_outline(text)) if FAQ.search(plain_label(h.text))]
    return _inserted(text, section, found[0].start) if found else _before_conclusion(text, section)


def _inserted(text: str, section: str, at: int) -> str:
    return f"{text[:at].rstrip()}\n\n{section}\n\n{text[at:].lstrip()}".strip()
