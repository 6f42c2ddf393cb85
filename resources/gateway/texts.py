"""Briefs answered by vendors' models: prompt, redaction, schema, one repair, the next provider.

What does not belong here: paying (`till.py`), the words (`prompts/`), what a brief asks and how an
answer becomes a body (`posthub_assets/domain/writing/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    CompanyFacts,
    DnaBrief,
    TextBrief,
    TopicsBrief,
)
from posthub_assets.domain.errors import (
    InvalidAnswer,
    TruncatedAnswer,
)
from posthub_assets.domain.ports import Call, Generated
from resources.database.repositories import journal
from resources.gateway.by_brief import generated
from resources.gateway.failing import first_to_answer
from resources.gateway.requests import bytes_of, vendor_request
from resources.gateway.till import ATTEMPTS, Bought, Question, Receipt, Till

if TYPE_CHECKING:
    from posthub_assets.domain.privacy import Redaction
    from posthub_assets.domain.vendors import TextModel, TextPrompt
    from posthub_assets.domain.writing import Prepared
    from resources.gateway.vendors import Offer, Vendors
    from resources.prompt_library import ServedPrompt

B = TypeVar("B", bound=Body)
V = TypeVar("V")

REPAIRS = 1
"""A second invalid answer is not repaired: the next provider is asked."""

MAX_FAULTS_TOLD = 8
SHORT_CHARS = 4_000
"""An answer up to this length is read in less time than a thread takes to begin."""

READ_AT_LENGTH = (DnaBrief, TopicsBrief, BlogPostBrief)
"""Briefs with documents: preparing them takes from milliseconds to seconds."""

LONG_KINDS = frozenset(one.__name__ for one in READ_AT_LENGTH)


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt in words, without personal data, and what was taken out of it."""

    system: str
    user: str
    redaction: Redaction


@dataclass(frozen=True, slots=True)
class Texts:
    """Asks vendors in the order of `offers`, each with one repair."""

    till: Till
    vendors: Vendors
    batch: bool = False

    async def generate(
        self, brief: TextBrief, schema: type[B], call: Call, offers: Sequence[Offer]
    ) -> Generated[B]:
        """Answer a brief. Raises ProviderError when nobody could, BudgetExceeded, Postponed."""
        from posthub_assets.domain.writing import prepare

        prepared = await _beside(isinstance(brief, READ_AT_LENGTH), prepare, brief)
        prompt = await self.vendors.prompt(call, prepared.code, brief.company.language)

        async def ask(offer: Offer) -> Generated[B]:
            asking = _Asking(self, call, prepared, prompt, brief.company, offer)
            bought, value = await asking.answer()
            return generated(bought, _fitting(value, schema, offer.provider))

        return await first_to_answer(offers, ask)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One brief before one vendor."""

    texts: Texts
    call: Call
    prepared: Prepared
    prompt: ServedPrompt
    company: CompanyFacts
    offer: Offer

    async def answer(self) -> tuple[Bought, Body]:
        """Ask, read, and where the answer does not hold ask once more with the faults."""
        model = await self.texts.vendors.text_model(self.offer, self.call)
        is_long = self.prepared.kind in LONG_KINDS
        written, question = await _beside(is_long, self._write, model)
        repairs = 0
        while True:
            bought = await self._buy(question, repairs)
            is_long = len(bought.response["text"]) > SHORT_CHARS
            try:
                return bought, await _beside(is_long, self._read, bought, written.redaction)
            except InvalidAnswer as error:
                await self.texts.till.spoil(bought, self.call, error)
                error.provider = self.offer.provider
                if repairs >= REPAIRS or isinstance(error, TruncatedAnswer):
                    raise
                repairs += 1
                written = await self._with_faults(written, bought, error)
                question = await asyncio.to_thread(self._question, model, written, repairs)

    def _write(self, model: TextModel) -> tuple[Written, Question]:
        from posthub_assets.domain.privacy import redact
        from resources.prompt_library import chosen, render

        rendered = render(self.prompt, chosen(self.prompt, self.prepared.variables))
        company = self.company
        redaction = redact(
            (rendered.system, rendered.user), country=company.country, language=company.language
        )
        system, user = redaction.texts
        written = Written(system, user, redaction)
        return written, self._question(model, written, 0)

    async def _with_faults(self, written: Written, bought: Bought, error: InvalidAnswer) -> Written:
        """Put the refused answer and its faults under the prompt. Both are redacted already."""
        from resources.prompt_library import chosen, render

        repair = await self.texts.vendors.prompt(self.call, "REPAIR", self.company.language)
        told = {"faults": str(error), "answer": bought.response["text"]}
        rendered = await asyncio.to_thread(render, repair, chosen(repair, told))
        return replace(written, user=f"{written.user}\n\n{rendered.system}\n\n{rendered.user}")

    async def _buy(self, question: Question, repairs: int) -> Bought:
        if self._goes_with_batch and not repairs:
            return await self.texts.till.hand_in(question)
        return await self.texts.till.buy(question)

    def _question(self, model: TextModel, written: Written, repairs: int) -> Question:
        asked = self._text_prompt(written)
        return Question(
            call=self.call,
            provider=self.offer.provider,
            request=self._request(written, asked, repairs),
            buy=_buying(model, asked),
            lines=self.offer.lines,
            estimate=self.offer.estimate(
                bytes_of(asked.system, asked.user, str(asked.schema or "")),
                asked.max_tokens,
                batch=self._goes_with_batch,
            ),
            attempts=ATTEMPTS,
            is_budgeted=self.offer.is_budgeted,
        )

    @property
    def _goes_with_batch(self) -> bool:
        return self.texts.batch and self.call.may_wait and self.offer.has_batches

    def _text_prompt(self, written: Written) -> TextPrompt:
        from posthub_assets.domain.vendors import TextPrompt

        schema = self.prepared.schema
        return TextPrompt(
            model=self.offer.model,
            system=written.system,
            user=written.user,
            max_tokens=self.offer.bounded(self.prompt.max_tokens * self.prepared.portions),
            temperature=self.offer.temperature(self.prompt.temperature),
            schema=_json_schema(schema) if schema else None,
            schema_name=schema.__name__ if schema else "answer",
        )

    def _request(self, written: Written, asked: TextPrompt, repairs: int) -> journal.Request:
        sent = {
            "system": asked.system,
            "user": asked.user,
            "max_tokens": asked.max_tokens,
            "temperature": asked.temperature,
            "schema_name": asked.schema_name,
            "schema": dict(asked.schema) if asked.schema else None,
            "repair": repairs,
        }
        return vendor_request(
            self.prepared.kind,
            self.call,
            self.offer,
            self.prompt,
            redaction=written.redaction,
            asked=sent,
        )

    def _read(self, bought: Bought, redaction: Redaction) -> Body:
        return read_answer(bought.response["text"], self.prepared, redaction)


async def _beside(is_long: bool, work: Callable[..., V], *given: Any) -> V:
    """Do CPU work: in a thread where it takes long, at once where the thread would cost more."""
    return await asyncio.to_thread(work, *given) if is_long else work(*given)


@cache
def _json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    return schema.model_json_schema()


def read_answer(text: str, prepared: Prepared, redaction: Redaction) -> Body:
    """Read an answer against its schema, put personal data back, and make the body.

    Raises InvalidAnswer with sentences that a model can act on; none repeats personal data, since
    the schema is read first and what comes after is told without its input.
    """
    from posthub_assets.domain.privacy import restore, restore_values

    schema = prepared.schema
    if schema is None:
        return _checked(lambda: prepared.assemble(restore(text, redaction)))
    answer: BaseModel = _checked(lambda: schema.model_validate_json(_without_fence(text)))
    plain = restore_values(answer.model_dump(mode="json"), redaction)
    return _checked(lambda: prepared.assemble(schema.model_validate(plain)))


def _checked(make: Callable[[], V]) -> V:
    try:
        return make()
    except ValidationError as error:
        raise InvalidAnswer(_faults(error)) from None


def _faults(error: ValidationError) -> str:
    """Tell what does not fit, by place, without repeating what was there."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    lines = [
        f"{'.'.join(str(part) for part in one['loc']) or 'the answer'}: {one['msg']}"
        for one in faults[:MAX_FAULTS_TOLD]
    ]
    more = len(faults) - len(lines)
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _without_fence(text: str) -> str:
    """Take a Markdown fence from around JSON, as some compatible servers put it there."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        return bare.partition("\n")[2].rpartition("```")[0]
    return bare


def _fitting(value: Body, schema: type[B], provider: str) -> B:
    if not isinstance(value, schema):
        raise InvalidAnswer(
            f"The brief is answered with {type(value).__name__}, not {schema.__name__}.",
            provider=provider,
        )
    return value


def _buying(model: TextModel, asked: TextPrompt) -> Callable[[], Any]:
    async def buy() -> Receipt:
        completion = await model.complete(asked)
        return Receipt({"text": completion.text}, completion.model, completion.usage)

    return buy
