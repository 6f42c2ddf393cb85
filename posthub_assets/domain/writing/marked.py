"""The words that a reviewer marked: the next version must not say them again.

What does not belong here: how the next version is written, other wishes of the reviewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from posthub_assets.domain.bodies import BlogPostBody, Body
from posthub_assets.domain.briefs import Revision
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.text.words import normalise

NAMED = 5
_NOT_WRITTEN = frozenset(
    ("passages", "evidence", "palette", "planned_on", "platform", "event", "company", "note")
)
"""Fields that no model writes: they are ours or the documents'."""


def refuse_marked(body: Body, revision: Revision) -> None:
    """Raise InvalidAnswer that names the marked words which the body still holds.

    White space, case and typographic variants do not matter.
    """
    dumped = body.model_dump(mode="json")
    if isinstance(body, BlogPostBody):
        del dumped["focus_keyword"]  # it is the topic's, which a person approved
    said = normalise("\n".join(written_texts(dumped)))
    kept = [span for span in revision.spans if (form := normalise(span)) and form in said]
    if kept:
        named = ", ".join(f"“{' '.join(span.split())}”" for span in kept[:NAMED])
        raise InvalidAnswer(
            f"The reviewer marked words that must not appear again, and the answer still holds "
            f"{named}. Say it in other words, or leave it out."
        )


def written_texts(value: Any) -> Iterator[str]:
    """Give all texts of a dumped body that a model writes, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _NOT_WRITTEN:
                yield from written_texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from written_texts(one)
