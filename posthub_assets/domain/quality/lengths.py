"""How long things are: the post in words, titles and meta texts in characters.

What does not belong here: counting words (`domain/text`), the platforms' limits (`platforms.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from posthub_assets.domain.bodies import BlogPostBody, TopicBody
from posthub_assets.domain.quality.findings import Finding, fail, passed, warn

MIN_WORDS, MAX_WORDS = 1500, 2500
"""Asked of every post, from the issue; a short draft may have fewer."""

MIN_SHORT_DRAFT_WORDS = 100
"""Below this a draft is a note, not a post; house rule."""

META_TITLE_CHARS = (10, 60)
"""Google shows about 600 pixels of a title, some 60 Latin characters (developers.google.com,
"Influencing title links": no fixed limit; the number is the trade's, checked November 2026)."""

META_DESCRIPTION_CHARS = (50, 160)
"""Search results cut a description at about 920 pixels, some 160 characters; very short ones they
replace by words of the page. No fixed limit is published; the numbers are the trade's."""

TOPIC_TITLE_CHARS = (5, 110)
"""Schema.org headlines end at 110 (Google, "Article structured data", until 2023). Of the 54
published titles the longest has 95 characters, the shortest 12."""

TOPIC_TITLE_EASY_CHARS = (15, 80)
"""Below 15 a title says little to decide on; from 80 on it breaks into a third line on a phone."""


def length(body: BlogPostBody, words: int) -> Iterator[Finding]:
    """Hold the number of words against what was asked; a short draft is a warning."""
    measured = f"{words} words"
    whole = (0, len(body.markdown))
    if words < MIN_SHORT_DRAFT_WORDS or (words < MIN_WORDS and not body.short_draft):
        hint = (
            "" if body.short_draft else " If the sources carry no more, mark it as a short draft."
        )
        yield fail(
            "length",
            f"The post has {words} words; {MIN_WORDS} to {MAX_WORDS} were asked.{hint}",
            whole,
            measured=measured,
        )
    elif words < MIN_WORDS:
        yield warn(
            "length",
            f"A short draft of {words} words instead of {MIN_WORDS}: the sources carry no more. "
            "Add documents on this topic, or publish it as a short post.",
            whole,
            measured=measured,
        )
    elif words > MAX_WORDS:
        yield fail(
            "length",
            f"The post has {words} words; {MAX_WORDS} is the most. Cut {words - MAX_WORDS}.",
            whole,
            measured=measured,
        )
    else:
        yield passed("length", f"{words} words, as asked.", measured)


def asked_length(words: int, asked: tuple[int, int] | None, length: int) -> Iterator[Finding]:
    """Hold the number of words against what was ordered; `length` is the text's in characters."""
    if asked is None:
        return
    least, most = asked
    measured = f"{words} words"
    if words > most:
        yield fail(
            "asked_length",
            f"The text has {words} words; {most} was the most. Cut {words - most}.",
            (0, length),
            measured=measured,
        )
    elif words < least:
        yield warn(
            "asked_length",
            f"The text has {words} words instead of {least}: the sources carry no more. Add "
            "documents on the topic, or give a longer source text.",
            (0, length),
            measured=measured,
        )
    else:
        yield passed("asked_length", f"{words} words, as ordered.", measured)


def title_length(body: TopicBody) -> Iterator[Finding]:
    """Hold a topic's title against what can be decided on and shown."""
    length_chars = len(body.title.strip())
    least, most = TOPIC_TITLE_CHARS
    easy_least, easy_most = TOPIC_TITLE_EASY_CHARS
    measured = f"{length_chars} characters"
    span = (0, len(body.title))
    if length_chars < least:
        yield fail(
            "title_length",
            f"The title “{body.title}” is too short to decide on. Say more in it.",
            span,
            body.title,
            measured,
        )
    elif length_chars > most:
        yield fail(
            "title_length",
            f"The title has {length_chars} characters; {most} is the most. Shorten it.",
            span,
            body.title,
            measured,
        )
    elif not easy_least <= length_chars <= easy_most:
        yield warn(
            "title_length",
            f"The title has {length_chars} characters; {easy_least} to {easy_most} are easier to "
            "decide on and to read.",
            span,
            body.title,
            measured,
        )
    else:
        yield passed("title_length", "The title's length is right.", measured)


def meta_lengths(body: BlogPostBody) -> Iterator[Finding]:
    """Hold meta title and description against what search results show."""
    yield from _meta("meta title", body.meta_title, META_TITLE_CHARS)
    yield from _meta("meta description", body.meta_description, META_DESCRIPTION_CHARS)


def _meta(name: str, words: str, limits: tuple[int, int]) -> Iterator[Finding]:
    count = len(words.strip())
    least, most = limits
    measured = f"{name}: {count} characters"
    if not count:
        yield fail(
            "meta_lengths",
            f"The {name} is empty. Write one of {least} to {most} characters.",
            measured=measured,
        )
    elif count > most:
        yield fail(
            "meta_lengths",
            f"The {name} has {count} characters; search results cut it after {most}. Shorten it.",
            quote=words,
            measured=measured,
        )
    elif count < least:
        yield fail(
            "meta_lengths",
            f"The {name} has {count} characters; fewer than {least} say too little. Lengthen it.",
            quote=words,
            measured=measured,
        )
