"""Adapts a JSON Schema, as pydantic writes it, to the part of it that Gemini knows.

The rules: https://ai.google.dev/api/generate-content (`responseJsonSchema`): a list of keywords,
`oneOf` read as `anyOf`, a `$ref` that stands alone. Other keywords are dropped, not sent, because
some versions refuse them; the gateway reads the answer against the whole schema.
What does not belong here: OpenAI's rules (`openai/schemas.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEPT = frozenset(
    {
        "type",
        "format",
        "title",
        "description",
        "enum",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "required",
    }
)
FORMATS = frozenset({"date-time", "date", "time"})
SAID_IN_WORDS = {
    "pattern": "matches {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
}


def gemini_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give the schema with the keywords that Gemini knows; the given one is not changed."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kept = {key: value for key, value in schema.items() if key in KEPT}
    if kept.get("format") not in FORMATS:
        kept.pop("format", None)
    if "const" in schema:
        kept["enum"] = [schema["const"]]
    kept |= _words(schema) | _inner(schema)
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        kept["anyOf"] = [_adapted(one) for one in choices]
    return kept


def _inner(schema: Mapping[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for key in ("properties", "$defs"):
        if isinstance(schema.get(key), Mapping):
            inner[key] = {name: _adapted(value) for name, value in schema[key].items()}
    for key in ("items", "additionalProperties"):
        if key in schema:
            inner[key] = _adapted(schema[key])
    if "prefixItems" in schema:
        inner["prefixItems"] = [_adapted(one) for one in schema["prefixItems"]]
    return inner


def _adapted(schema: Any) -> Any:
    return gemini_schema(schema) if isinstance(schema, Mapping) else schema


def _words(schema: Mapping[str, Any]) -> dict[str, str]:
    """Keep the description, and say in it what Gemini has no keyword for."""
    told = [str(schema["description"])] if schema.get("description") else []
    told += [words.format(schema[key]) for key, words in SAID_IN_WORDS.items() if key in schema]
    return {"description": "; ".join(told)} if told else {}
