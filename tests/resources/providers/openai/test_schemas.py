"""OpenAI's strict mode: what a schema becomes, and which cannot be said."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from posthub_assets.domain import bodies
from resources.providers.openai.schemas import KEPT, NotStrict, strict_schema, text_format


class Inner(BaseModel):
    name: str = Field(default="", max_length=80, description="a name")
    kind: str | None = None


class Outer(BaseModel):
    items: tuple[Inner, ...] = Field(min_length=1)
    count: int = Field(ge=0, le=9, default=3)
    code: str = Field(pattern=r"^\d+$")


class Open(BaseModel):
    points: dict[str, Inner]


ALL = [
    one
    for one in vars(bodies).values()
    if isinstance(one, type) and issubclass(one, bodies.Body) and one is not bodies.Body
]


def objects(schema: Any) -> list[dict[str, Any]]:
    found = [schema] if isinstance(schema, dict) and schema.get("type") == "object" else []
    inner = schema.values() if isinstance(schema, dict) else schema
    if isinstance(schema, dict | list):
        found += [one for value in inner for one in objects(value)]
    return found


def test_all_properties_are_required_and_no_others_are_allowed():
    adapted = strict_schema(Outer.model_json_schema())
    assert len(objects(adapted)) == 2
    for one in objects(adapted):
        assert one["required"] == list(one["properties"])
        assert one["additionalProperties"] is False


def test_what_strict_mode_does_not_know_is_dropped_or_said_in_words():
    adapted = strict_schema(Outer.model_json_schema())
    name = adapted["$defs"]["Inner"]["properties"]["name"]
    assert name == {
        "title": "Name",
        "type": "string",
        "description": "a name; at most 80 characters",
    }
    assert adapted["properties"]["count"]["maximum"] == 9
    assert "default" not in adapted["properties"]["count"]
    assert adapted["properties"]["items"]["minItems"] == 1
    assert adapted["properties"]["code"]["pattern"] == r"^\d+$"


def test_a_reference_stands_alone():
    schema = {
        "type": "object",
        "properties": {"one": {"$ref": "#/$defs/Inner", "description": "said beside it"}},
        "$defs": {"Inner": {"type": "string"}},
    }
    assert strict_schema(schema)["properties"]["one"] == {"$ref": "#/$defs/Inner"}


@pytest.mark.parametrize(
    "schema",
    [
        Open.model_json_schema(),
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "properties": {"any": {}}},
        {"type": "object", "properties": {"pair": {"type": "array", "prefixItems": []}}},
        {"type": "object", "properties": {"no": {"not": {"type": "null"}}}},
        {"type": "object", "properties": {"both": {"allOf": [{}, {}]}}},
    ],
)
def test_what_cannot_be_said_strictly_is_sent_as_it_is(schema):
    with pytest.raises(NotStrict):
        strict_schema(schema)
    told = text_format(schema, "answer")
    assert told["strict"] is False
    assert told["schema"] == schema


@pytest.mark.parametrize("body", ALL, ids=lambda body: body.__name__)
def test_every_body_can_be_asked_for(body):
    schema = body.model_json_schema()
    before = repr(schema)
    told = text_format(schema, body.__name__)
    assert repr(schema) == before, "the given schema is not changed"
    if told["strict"]:
        _assert_known(told["schema"])


def _assert_known(schema: dict[str, Any]) -> None:
    shape = {"properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs"}
    assert schema.keys() <= KEPT | shape
    for inner in [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]:
        _assert_known(inner)
    for inner in [schema["items"]] if "items" in schema else schema.get("anyOf", []):
        _assert_known(inner)


def test_a_name_has_only_letters_that_openai_takes():
    assert text_format({}, "Brief[Persona] é")["name"] == "Brief_Persona___"
    assert text_format({}, "")["name"] == "answer"
