"""The part of JSON Schema that Gemini knows."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from posthub_assets.domain import bodies
from resources.providers.gemini.answers import nearest_ratio
from resources.providers.gemini.schemas import KEPT, gemini_schema

SHAPE = {"properties", "$defs", "$ref", "items", "prefixItems", "anyOf", "additionalProperties"}
ALL = [
    one
    for one in vars(bodies).values()
    if isinstance(one, type) and issubclass(one, bodies.Body) and one is not bodies.Body
]


class Told(BaseModel):
    name: str = Field(default="x", max_length=80, description="a name")
    kind: Literal["one"] = "one"
    points: dict[str, int] = {}
    maybe: int | None = None


def test_what_gemini_does_not_know_is_dropped_or_said_in_words():
    adapted = gemini_schema(Told.model_json_schema())["properties"]
    assert adapted["name"]["description"] == "a name; at most 80 characters"
    assert "default" not in adapted["name"]
    assert adapted["kind"]["enum"] == ["one"]
    assert adapted["points"]["additionalProperties"] == {"type": "integer"}
    assert adapted["maybe"]["anyOf"] == [{"type": "integer"}, {"type": "null"}]


@pytest.mark.parametrize("body", ALL, ids=lambda body: body.__name__)
def test_every_body_is_asked_for_in_known_words(body):
    schema = body.model_json_schema()
    before = repr(schema)
    _assert_known(gemini_schema(schema))
    assert repr(schema) == before, "the given schema is not changed"


def _assert_known(schema: Any) -> None:
    if not isinstance(schema, dict):
        return
    assert schema.keys() <= KEPT | SHAPE
    assert "$ref" not in schema or len(schema) == 1
    for inner in [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]:
        _assert_known(inner)
    for inner in [
        schema.get("items"),
        schema.get("additionalProperties"),
        *schema.get("anyOf", []),
    ]:
        _assert_known(inner)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("1:1", "1:1"), ("4:5", "4:5"), ("9:16", "9:16"), ("16:9", "16:9"), ("1.91:1", "16:9")],
)
def test_the_nearest_shape_is_taken(wanted, expected):
    assert nearest_ratio(wanted) == expected
