"""The `local` provider of texts: composes from the company's own documents, without key or network.

It reads the typed brief itself, so there is no prompt. How a text is composed is decided in
`posthub_assets/domain/`; what does not belong here is any of that, and pictures
(`local_images.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import (
    ArticleBrief,
    BlogPostBrief,
    DnaBrief,
    PersonasBrief,
    SocialPostBrief,
    TextBrief,
    TopicsBrief,
)
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.ports import Answer, Usage
from posthub_assets.domain.text.words import count_words

B = TypeVar("B", bound=Body)

MODEL = "local-1"
"""Changes when the same brief gives another text, so that the journal can tell them apart."""

_EDITORIAL = (TopicsBrief, BlogPostBrief, ArticleBrief)


class LocalText:
    """A `TextProvider` that costs nothing. The same brief always gives the same answer."""

    name = "local"

    async def write(self, brief: TextBrief, schema: type[B]) -> Answer[B]:
        """Answer the brief with a body of `schema`, composed in a thread.

        Usage: tokens are words, those of the brief's texts in and those of the body out; the cost
        is 0. Raises InvalidAnswer where `schema` is not what this brief asks for, and what the
        composers raise: SourcesExhausted, InvalidInput.
        """
        value = await asyncio.to_thread(_compose, brief)
        if not isinstance(value, schema):
            raise InvalidAnswer(
                f"A {type(brief).__name__} is answered with {type(value).__name__}, but "
                f"{schema.__name__} was asked for. Ask with the schema of the brief.",
                provider=self.name,
            )
        usage = Usage(input_tokens=_words(brief), output_tokens=_words(value), cost_usd=Decimal(0))
        return Answer(value=value, model=MODEL, usage=usage)


def _compose(brief: TextBrief) -> Body:
    """Find the brief's composer. They are imported here: each brings packages that others spare."""
    compose = _editorial(brief) if isinstance(brief, _EDITORIAL) else _research(brief)
    body: Body = compose(brief)
    return body


def _editorial(brief: TextBrief) -> Callable[[Any], Body]:
    if isinstance(brief, TopicsBrief):
        from posthub_assets.domain.editorial.topics import compose_topics

        return compose_topics
    if isinstance(brief, ArticleBrief):
        from posthub_assets.domain.editorial.articles import compose_article

        return compose_article
    from posthub_assets.domain.editorial.blog_post import compose_blog_post

    return compose_blog_post


def _research(brief: TextBrief) -> Callable[[Any], Body]:
    if isinstance(brief, DnaBrief):
        from posthub_assets.domain.research.dna import compose_dna

        return compose_dna
    if isinstance(brief, PersonasBrief):
        from posthub_assets.domain.research.personas import compose_personas

        return compose_personas
    if isinstance(brief, SocialPostBrief):
        from posthub_assets.domain.social.post import compose_social_post

        return compose_social_post
    raise InvalidAnswer(f"`local` cannot answer a {type(brief).__name__}.", provider="local")


def _words(model: BaseModel) -> int:
    """Count the words of all texts in a model, at any depth."""
    return sum(count_words(text) for text in _texts(model.model_dump()))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for child in value.values() for text in _texts(child)]
    if isinstance(value, list | tuple):
        return [text for child in value for text in _texts(child)]
    return []
