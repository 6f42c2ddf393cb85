"""The gateway: the one way to a provider, for text and for pictures.

Today: look in the journal, wait for the rate limit, call, write the journal, validate. Prompts,
redaction, budgets, retries and fallback join the same path; callers do not change.
What does not belong here: SQL (`database/repositories/journal.py`), vendors (`providers/`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError

from posthub_assets.domain.bodies import Body, ImageBody
from posthub_assets.domain.briefs import Brief, ImageBrief, TextBrief
from posthub_assets.domain.errors import InvalidAnswer, PostHubError
from posthub_assets.domain.ports import (
    Call,
    Generated,
    ImageProvider,
    Picture,
    TextProvider,
    Usage,
)
from resources.database.engine import Database, Scope
from resources.database.repositories import journal
from resources.media_store import MediaStore
from resources.rate_limiter import RateLimiter

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Bought(Generic[B]):
    """What a call came to, whatever was asked for."""

    value: B
    model: str
    usage: Usage
    media_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _Way(Generic[B]):
    """How a request is served: by whom, under which limit, by which call."""

    provider: str
    limit: str
    buy: Callable[[], Awaitable[Bought[B]]]


@dataclass(frozen=True, slots=True)
class Gateway:
    """Implements `TextGenerator` and `ImageGenerator` for the graph."""

    database: Database
    text: TextProvider
    images: ImageProvider
    limiter: RateLimiter
    media: MediaStore

    async def generate(self, brief: TextBrief, schema: type[B], call: Call) -> Generated[B]:
        """Answer from the journal or from the provider. Raises ProviderError, StorageError."""

        async def write() -> Bought[B]:
            answer = await self.text.write(brief, schema)
            return Bought(answer.value, answer.model, answer.usage)

        return await self._answer(brief, call, schema, _Way(self.text.name, self.text.name, write))

    async def draw(self, brief: ImageBrief, call: Call) -> Generated[ImageBody]:
        """Draw, store the picture, answer with its body. Raises ProviderError, StorageError."""

        async def draw() -> Bought[ImageBody]:
            picture = await self.images.draw(brief)
            body = await self._keep(brief, call, picture)
            return Bought(body, picture.model, picture.usage, body.media_sha256)

        limit = f"{self.images.name}-images"
        return await self._answer(brief, call, ImageBody, _Way(self.images.name, limit, draw))

    async def _answer(
        self, brief: Brief, call: Call, schema: type[B], way: _Way[B]
    ) -> Generated[B]:
        """Journal, limit, call, journal: the path that every request takes."""
        request = await asyncio.to_thread(_describe, brief, call, way.provider, schema.__name__)
        there = await self._bought_or_started(call, request, way.provider)
        if isinstance(there, journal.Entry):
            return _from_journal(there, schema)
        generation_id = there
        await self.limiter.wait(way.limit)
        began = time.monotonic()
        try:
            bought = await way.buy()
        except BaseException as error:
            await self._failed(call, generation_id, error, began)
            raise
        await self._completed(call, generation_id, bought, began)
        return Generated(
            value=bought.value,
            generation_id=str(generation_id),
            provider=way.provider,
            model=bought.model,
            usage=bought.usage,
            from_journal=False,
        )

    async def _keep(self, brief: ImageBrief, call: Call, picture: Picture) -> ImageBody:
        organization_id = UUID(call.organization_id)
        sha256 = await asyncio.to_thread(self.media.put, organization_id, picture.data)
        async with self.database.transaction(_scope(call)) as connection:
            await journal.remember_media(
                connection,
                call,
                sha256=sha256,
                media_type=picture.media_type,
                size_bytes=len(picture.data),
                width_px=picture.width_px,
                height_px=picture.height_px,
            )
        return ImageBody(
            platform=brief.platform,
            media_sha256=sha256,
            media_type=picture.media_type,
            width_px=picture.width_px,
            height_px=picture.height_px,
            variant=brief.variant,
            layout=picture.layout,
            headline=picture.headline,
            alt_text=picture.alt_text,
            text_color=picture.text_color,
            background_color=picture.background_color,
            contrast_percent=picture.contrast_percent,
            right_to_left=picture.right_to_left,
        )

    async def _bought_or_started(
        self, call: Call, request: Request, provider: str
    ) -> journal.Entry | UUID:
        """Give the answer that was bought before, or the id of the call that begins now."""
        async with self.database.transaction(_scope(call)) as connection:
            there = await journal.find_answer(connection, call, request.hash)
            return there or await journal.start(
                connection,
                call,
                kind=request.kind,
                provider=provider,
                request_hash=request.hash,
                request=request.kept,
            )

    async def _completed(
        self, call: Call, generation_id: UUID, bought: Bought[B], began: float
    ) -> None:
        async with self.database.transaction(_scope(call)) as connection:
            await journal.complete(
                connection,
                generation_id,
                response=bought.value.model_dump(mode="json"),
                model=bought.model,
                usage=bought.usage,
                latency_ms=_milliseconds_since(began),
                media_sha256=bought.media_sha256,
            )

    async def _failed(
        self, call: Call, generation_id: UUID, error: BaseException, began: float
    ) -> None:
        code = error.code if isinstance(error, PostHubError) else type(error).__name__
        # The failure itself is what the caller must hear of, also where the books are closed.
        async with asyncio.timeout(10), self.database.transaction(_scope(call)) as connection:
            await journal.fail(
                connection,
                generation_id,
                code=code,
                message=str(error),
                latency_ms=_milliseconds_since(began),
            )


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the journal keeps it."""

    kind: str
    hash: str
    kept: dict[str, Any]


def _describe(brief: Brief, call: Call, provider: str, schema: str) -> Request:
    """Hash all that decides the answer; keep it without the documents' texts.

    The hash covers company, provider, the whole brief and the nonce (design, section 5).
    """
    plain = brief.model_dump(mode="json")
    material = {
        "company": call.company_id,
        "provider": provider,
        "schema": schema,
        "kind": type(brief).__name__,
        "brief": plain,
        "nonce": journal.nonce_of(call),
    }
    digest = hashlib.sha256(
        json.dumps(material, ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()
    return Request(kind=type(brief).__name__, hash=digest, kept=_without_texts(plain))


def _without_texts(plain: dict[str, Any]) -> dict[str, Any]:
    """Replace long texts by their hashes: documents are kept once, in their own table."""
    kept = dict(plain)
    if "documents" in kept:
        kept["documents"] = [
            {"id": one["id"], "sha256": hashlib.sha256(one["text"].encode()).hexdigest()}
            for one in kept["documents"]
        ]
    if "past" in kept:
        kept["past"] = [one["title"] for one in kept["past"]]
    return kept


def _from_journal(entry: journal.Entry, schema: type[B]) -> Generated[B]:
    try:
        value = schema.model_validate(entry.response)
    except ValidationError as error:
        raise InvalidAnswer(
            f"The journal's answer does not fit {schema.__name__}.", provider=entry.provider
        ) from error
    return Generated(
        value=value,
        generation_id=str(entry.id),
        provider=entry.provider,
        model=entry.model,
        usage=entry.usage,
        from_journal=True,
    )


def _scope(call: Call) -> Scope:
    return Scope.of(UUID(call.organization_id))


def _milliseconds_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
