"""Adapts a JSON Schema, as pydantic writes it, to what OpenAI's strict mode takes.

The rules: https://developers.openai.com/api/docs/guides/structured-outputs (supported schemas): an
object names all its properties as required and allows no others; a `$ref` stands alone; only some
keywords are known. What cannot be said so (open dictionaries, tuples, any JSON) is sent as it is,
without strict mode. The gateway reads the answer against the whole schema in either case.
What does not belong here: Gemini's rules (`gemini/schemas.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEPT = frozenset(
    {
        "type",
        "enum",
        "const",
        "description",
        "title",
        "pattern",
        "format",
        "multipleOf",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minItems",
        "maxItems",
    }
)
FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
)
SAID_IN_WORDS = {"minLength": "at least {} characters", "maxLength": "at most {} characters"}


class NotStrict(Exception):
    """Strict mode cannot say this schema."""


def text_format(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give the `text.format` of a request: strict where the schema permits it."""
    try:
        adapted, strict = strict_schema(schema), True
    except NotStrict:
        adapted, strict = dict(schema), False
    return {"type": "json_schema", "name": _name(name), "schema": adapted, "strict": strict}


def _name(name: str) -> str:
    """Letters, digits, `_` and `-`, 64 at most."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in name)
    return plain[:64] or "answer"


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give the schema by strict mode's rules. Raises NotStrict; the given one is not changed."""
    adapted = _strict(schema)
    if adapted.get("type") != "object":
        raise NotStrict("the root is no object")
    definitions = schema.get("$defs")
    if isinstance(definitions, Mapping):
        adapted["$defs"] = {key: _strict(value) for key, value in definitions.items()}
    return adapted


def _strict(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, Mapping):
        raise NotStrict("true and false are no schemas of strict mode")
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    if "allOf" in schema:
        return _strict(_only(schema["allOf"]))
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return {**_words(schema), "anyOf": [_strict(one) for one in choices]}
    if not {"type", "enum", "const"} & schema.keys():
        raise NotStrict("any JSON is allowed")
    kept = {key: value for key, value in schema.items() if key in KEPT} | _words(schema)
    if kept.get("format") not in FORMATS:
        kept.pop("format", None)
    return kept | _inner(schema)


def _inner(schema: Mapping[str, Any]) -> dict[str, Any]:
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties", False) or "patternProperties" in schema:
            raise NotStrict("the object is open")
        return {
            "properties": {key: _strict(value) for key, value in properties.items()},
            "required": list(properties),
            "additionalProperties": False,
        }
    if schema.get("type") == "array":
        if "prefixItems" in schema or "items" not in schema:
            raise NotStrict("the array has no one kind of item")
        return {"items": _strict(schema["items"])}
    return {}


def _only(parts: list[Any]) -> Any:
    if len(parts) != 1:
        raise NotStrict("several schemas hold at once")
    return parts[0]


def _words(schema: Mapping[str, Any]) -> dict[str, str]:
    """Keep the description, and say in it what strict mode has no keyword for."""
    told = [str(schema["description"])] if schema.get("description") else []
    told += [words.format(schema[key]) for key, words in SAID_IN_WORDS.items() if key in schema]
    return {"description": "; ".join(told)} if told else {}
