"""Types of input that mean one thing: what is no date, amount or truth is refused, not guessed.

Left to itself the validation takes 0 for false, "7" for 7, and 1795810000 for a day in 2026. What
the OpenAPI document says is what is taken, so that a client's mistake is told and not stored.
What does not belong here: shapes (`shapes.py`, and the router of each resource).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

BEGINS_LIKE_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?")
MOST_USD = 10**9
_SAYS = {
    "date": "Write the day as 2026-12-31.",
    "datetime": "Write the moment as 2026-12-31T18:00:00Z.",
}
_PARTS = ("schema", "items_schema", "keys_schema", "values_schema", "choices", "fields")


def strict(schema: CoreSchema) -> CoreSchema:
    """Give a schema in which truths, whole numbers, days and moments are what they look like."""
    walked: CoreSchema = _walk(schema)
    return walked


def _walk(part: Any) -> Any:
    if isinstance(part, list | tuple):
        return type(part)(_walk(one) for one in part)
    if not isinstance(part, dict):
        return part
    kind = part.get("type")
    if kind == "bool":
        return {**part, "strict": True}
    if isinstance(kind, str) and kind in _CHECKS:
        return core_schema.no_info_before_validator_function(_CHECKS[kind], part)
    if isinstance(kind, dict):  # a mapping of names that happens to hold a field named `type`
        kind = None
    keys = _PARTS if isinstance(kind, str) else tuple(part)
    return {key: _walk(value) if key in keys else value for key, value in part.items()}


def _a_whole_number(value: Any) -> Any:
    """Refuse texts and truths; 7.0 is 7, as it is for JSON Schema."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("Write the number without quotes.")
    return value


def _a_day(value: Any) -> Any:
    return _written(value, "date")


def _a_moment(value: Any) -> Any:
    return _written(value, "datetime")


def _written(value: Any, kind: str) -> Any:
    """Refuse numbers, which would be taken for seconds since 1970."""
    if isinstance(value, str) and BEGINS_LIKE_A_DAY.match(value):
        return value
    raise ValueError(_SAYS[kind])


_CHECKS = {"int": _a_whole_number, "date": _a_day, "datetime": _a_moment}


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _an_amount(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and not AMOUNT.fullmatch(value)):
        raise ValueError("Write the amount as 12.50.")
    return value


def _to_the_cent(amount: Decimal) -> Decimal:
    if amount % Decimal("0.01"):
        raise ValueError("Write the amount with two digits behind the point at most.")
    return amount


def _to_billionths(amount: Decimal) -> Decimal:
    """Round as the database keeps it; 25.50 stays 25.50."""
    rounded = round(amount, 9)
    return amount if rounded == amount else rounded


Day = Annotated[date, BeforeValidator(_a_day)]
"""A day in a query."""
Moment = Annotated[datetime, BeforeValidator(_a_moment), AfterValidator(_in_utc)]
"""A moment in a query; one without a zone is of UTC."""
Amount = Annotated[
    Decimal,
    Field(ge=0, lt=MOST_USD),
    BeforeValidator(_an_amount),
    AfterValidator(_to_the_cent),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^[0-9]{1,9}(\\.[0-9]{1,2})?$"},
                {"type": "integer", "minimum": 0, "exclusiveMaximum": MOST_USD},
            ]
        }
    ),
]
"""An amount of some currency, best as text; to a hundredth."""
Usd = Annotated[
    Decimal,
    Field(ge=0, le=MOST_USD),
    BeforeValidator(_an_amount),
    AfterValidator(_to_billionths),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^{AMOUNT.pattern}$"},
                {"type": "number", "minimum": 0, "maximum": MOST_USD},
            ]
        }
    ),
]
"""An amount, as text or as a number; to a billionth of a dollar."""
