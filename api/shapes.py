"""Shapes that resources share: strict input, output from rows, pages and their cursors.

What does not belong here: the shapes of one resource (its router file).
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema

from api.strictness import strict
from posthub_assets.domain.calendar import parse_month
from posthub_assets.domain.errors import InvalidInput

T = TypeVar("T")


class Input(BaseModel):
    """What is sent to us: unknown fields and text that cannot be stored are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take what the document says, and nothing that could be made into it."""
        return strict(handler(source))

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        _refuse_unstorable(value)
        return value


def _refuse_unstorable(value: Any) -> None:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            if "\x00" in one:
                raise ValueError("A text holds a NUL character; remove it.")
            try:
                one.encode()
            except UnicodeEncodeError:
                raise ValueError("A text holds half a character; paste it again.") from None
        elif isinstance(one, dict):
            stack += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            stack += one


def documented(pattern: str = "", **more: Any) -> WithJsonSchema:
    """Tell clients the form of a text whose rule, with better words, is the domain's."""
    form = {"pattern": pattern} if pattern else {}
    return WithJsonSchema({"type": "string", **form, **more})


def _plainly(value: Decimal) -> str:
    """Write a number with its digits. Python's own text of nothing, to nine places, is `0E-9`."""
    return format(value, "f")


Exact = Annotated[Decimal, PlainSerializer(_plainly, return_type=str, when_used="json")]
"""An exact number in an answer: money, seconds, a share. It goes out as text, digit by digit."""


class Output(BaseModel):
    """What we send, made from a row of a repository."""

    model_config = ConfigDict(from_attributes=True)


class Page(BaseModel, Generic[T]):
    """A part of a list. `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None = None

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name a page after what is on it: `ContentPage`, as clients would write it."""
        return f"{params[0].__name__.removesuffix('Out')}Page"


def make_cursor(*parts: Any) -> str:
    """Give an opaque cursor that holds the sort key of the last row."""
    text = json.dumps([str(part) for part in parts])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: Any) -> list[Any]:
    """Read a cursor's parts with the given constructors. Raises InvalidInput."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError("not of this list")
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise InvalidInput(
            "This cursor is not one of this list. Begin without one.", field="cursor"
        ) from None


class Paging:
    """The paging part of a list's query."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="rows per page")] = 50,
        cursor: Annotated[
            str | None, Query(max_length=500, description="`next_cursor` of the page before")
        ] = None,
    ) -> None:
        self.limit = limit
        self.cursor = cursor

    def after(self, *kinds: Any) -> list[Any] | None:
        """Give the sort key after which the page begins, or None for the first page."""
        return read_cursor(self.cursor, *kinds) if self.cursor else None

    def page(self, rows: list[T], *keys: str) -> tuple[list[T], str | None]:
        """Cut the row that shows that there is more; give the cursor. Rows were read to limit+1."""
        if len(rows) <= self.limit:
            return rows, None
        shown = rows[: self.limit]
        return shown, make_cursor(*(_plain(getattr(shown[-1], key)) for key in keys))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


Pages = Annotated[Paging, Depends()]


def _month(value: str) -> str:
    try:
        parse_month(value)
    except InvalidInput as error:
        raise ValueError(str(error)) from None
    return value


Month = Annotated[str, AfterValidator(_month), documented("^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""`YYYY-MM`."""
