"""Providers that read the brief themselves: `local`, and the fakes that ship with the code.

No prompt, no redaction and no budget: what they read stays in this process or on this machine.
What does not belong here: vendors (`texts.py`, `pictures.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, TypeVar

from pydantic import ValidationError

from posthub_assets.domain.bodies import Body, ImageBody, PictureBody
from posthub_assets.domain.briefs import Brief, ImageBrief, PictureBrief, TextBrief
from posthub_assets.domain.errors import InvalidAnswer, PermanentProviderError
from posthub_assets.domain.ports import Call, Generated, ImageProvider, TextProvider
from resources.database.repositories import journal
from resources.gateway.framing import Framer, Made, drawn_by_us
from resources.gateway.requests import digest_of
from resources.gateway.shelf import Shelf
from resources.gateway.till import Bought, Line, Question, Receipt

B = TypeVar("B", bound=Body)


async def text_question(
    provider: TextProvider, brief: TextBrief, schema: type[B], call: Call
) -> Question:
    """Make the question that `provider` answers by reading the brief."""

    async def write() -> Receipt:
        answer = await provider.write(brief, schema)
        return Receipt(answer.value.model_dump(mode="json"), answer.model, answer.usage)

    request = await asyncio.to_thread(_describe, brief, call, provider.name, schema.__name__)
    return Question(call, provider.name, request, write, (Line(provider.name),))


async def image_question(
    provider: ImageProvider, brief: ImageBrief, call: Call, shelf: Shelf
) -> Question:
    """Make the question that `provider` answers with a picture, which goes on the shelf."""

    async def draw() -> Receipt:
        picture = await provider.draw(brief)
        body = await shelf.keep(brief, call, picture, drawn_by_us())
        response = body.model_dump(mode="json")
        return Receipt(response, picture.model, picture.usage, body.media_sha256)

    request = await asyncio.to_thread(_describe, brief, call, provider.name, ImageBody.__name__)
    return Question(call, provider.name, request, draw, (Line(f"{provider.name}-images"),))


async def picture_question(
    provider: ImageProvider, brief: PictureBrief, call: Call, framer: Framer
) -> Question:
    """Make the question that `provider` answers with a drawing for the media assistant.

    Raises PermanentProviderError where another picture is to be changed, which takes a model.
    """
    if brief.source_sha256:
        raise PermanentProviderError(
            f"{provider.name} draws new pictures and changes none. Set a key of a vendor, or leave "
            "the source out.",
            provider=provider.name,
        )

    async def draw() -> Receipt:
        painting = await provider.ground(brief)
        body = await framer.frame(brief, call, Made(painting, provider.name, is_ai=False))
        response = body.model_dump(mode="json")
        return Receipt(response, painting.model, painting.usage, body.media_sha256)

    request = await asyncio.to_thread(_describe, brief, call, provider.name, PictureBody.__name__)
    return Question(call, provider.name, request, draw, (Line(f"{provider.name}-images"),))


def as_generated(bought: Bought, schema: type[B]) -> Generated[B]:
    """Read the journal's answer. Raises InvalidAnswer where it does not fit any more."""
    try:
        value = schema.model_validate(bought.response)
    except ValidationError as error:
        raise InvalidAnswer(
            f"The journal's answer does not fit {schema.__name__}.", provider=bought.provider
        ) from error
    return generated(bought, value)


def generated(bought: Bought, value: B) -> Generated[B]:
    """Hand a body to the graph with the row that tells its story."""
    return Generated(
        value=value,
        generation_id=str(bought.generation_id),
        provider=bought.provider,
        model=bought.model,
        usage=bought.usage,
        from_journal=bought.from_journal,
        redacted=bought.redacted,
    )


def _describe(brief: Brief, call: Call, provider: str, schema: str) -> journal.Request:
    """Hash company, provider, the whole brief and the nonce; keep it without documents' texts."""
    plain = brief.model_dump(mode="json")
    material = {
        "company": call.company_id,
        "provider": provider,
        "schema": schema,
        "kind": type(brief).__name__,
        "brief": plain,
        "nonce": journal.nonce_of(call),
    }
    return journal.Request(
        kind=type(brief).__name__, hash=digest_of(material), kept=_without_texts(plain)
    )


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
