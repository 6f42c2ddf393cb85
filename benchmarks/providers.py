"""Providers for benches: one that answers at once, one behind HTTP on this machine.

What does not belong here: the server behind HTTP (`slow_server.py`), texts (`texts.py`).
"""

from __future__ import annotations

from typing import TypeVar

from benchmarks import texts
from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    DnaBrief,
    PersonasBrief,
    PersonaSet,
    SocialPostBrief,
    TextBrief,
    TopicsBrief,
    TopicSet,
)
from posthub_assets.domain.errors import RateLimited, TransientProviderError
from posthub_assets.domain.ports import Answer, Usage

B = TypeVar("B", bound=Body)


def answer(brief: TextBrief) -> Body:
    """Give a body that the quality gate lets pass; the same brief gives the same body."""
    company = brief.company.slug
    match brief:
        case DnaBrief():
            return texts.dna(brief.company.name)
        case PersonasBrief():
            first = len(brief.taken)
            numbers = range(first, first + brief.count)
            return PersonaSet(personas=tuple(texts.persona(number) for number in numbers))
        case TopicsBrief():
            days = [slot.planned_on for slot in brief.slots]
            return TopicSet(
                topics=tuple(texts.topic(f"{company}/{n}/{d}", d) for n, d in enumerate(days))
            )
        case BlogPostBrief():
            return texts.blog_post(f"{company}/{brief.topic.title}", brief.topic)
        case SocialPostBrief():
            return texts.social_post(f"{company}/{brief.blog_post.title}", brief.platform)


class InstantText:
    """Answers at once."""

    name = "instant"

    async def write(self, brief: TextBrief, schema: type[B]) -> Answer[B]:
        """Answer the brief."""
        return Answer(value=schema.model_validate(answer(brief)), model="instant", usage=Usage())


class HttpText:
    """Asks a server for leave, and answers when it has been given. One connection per call."""

    name = "metered"

    def __init__(self, url: str) -> None:
        self._url = url

    async def write(self, brief: TextBrief, schema: type[B]) -> Answer[B]:
        """Call, then answer. Raises RateLimited where the server refuses."""
        import httpx

        try:
            async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
                response = await client.post(self._url, json={"brief": type(brief).__name__})
        except httpx.HTTPError as error:
            raise TransientProviderError(str(error), provider=self.name) from error
        if response.status_code == 429:
            raise RateLimited(
                "The provider refused the call.",
                provider=self.name,
                retry_after_s=float(response.headers.get("retry-after", "1")),
            )
        response.raise_for_status()
        return Answer(value=schema.model_validate(answer(brief)), model="metered", usage=Usage())
