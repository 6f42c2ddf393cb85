"""Writes something that fits: a text for any prompt, or JSON for any schema, always the same.

The stand-in's default answer. What does not belong here: good content; whoever needs posts that
read well gives the server a function of their own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any

from resources.providers.loopback.patterns import matching

TEXT = (
    "people plan their work with care and tell others what they have learned on the way because "
    "good services begin with the needs of those who use them every day in towns and offices"
)
WORDS = tuple(TEXT.split())
DEEPEST = 8
FORMATS = {
    "date": "2026-12-01",
    "date-time": "2026-12-01T09:00:00Z",
    "time": "09:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/page",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def write_anything(provider: str, system: str, user: str, schema: Mapping[str, Any] | None) -> str:
    """Give a text, or JSON that fits the schema. The same prompt gives the same answer."""
    digest = hashlib.sha256("\x00".join((provider, system, user)).encode()).digest()
    chance = Random(digest)
    if schema is None:
        title = _sentence(chance, 4, 7).rstrip(".")
        paragraphs = (" ".join(_sentence(chance, 8, 16) for _ in range(4)) for _ in range(3))
        return f"# {title}\n\n" + "\n\n".join(paragraphs) + "\n"
    return json.dumps(SchemaWriter(schema, chance).value(schema, 0), ensure_ascii=False)


def _sentence(chance: Random, least: int, most: int) -> str:
    chosen = [chance.choice(WORDS) for _ in range(chance.randint(least, most))]
    return " ".join(chosen).capitalize() + "."


class SchemaWriter:
    """Makes a value for a JSON Schema; knows what pydantic writes and the vendors' subsets."""

    def __init__(self, root: Mapping[str, Any], chance: Random) -> None:
        self._root = root
        self._chance = chance

    def value(self, schema: Any, depth: int) -> Any:
        """Give a value that fits."""
        if not isinstance(schema, Mapping):
            return "anything"
        other = self._elsewhere(schema, depth)
        if other is not None:
            return self.value(other, depth + 1)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._chance.choice(list(schema["enum"]))
        return self._typed(schema, depth)

    def _elsewhere(self, schema: Mapping[str, Any], depth: int) -> Any:
        """Give the schema that this one stands for; None where it stands for itself."""
        if "$ref" in schema:
            return self._resolved(str(schema["$ref"]))
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            return self._chosen(choices, depth)
        if not schema.get("allOf"):
            return None
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= part
        return merged

    def _resolved(self, reference: str) -> Any:
        found: Any = self._root
        for step in reference.removeprefix("#/").split("/"):
            found = found.get(step, {}) if isinstance(found, Mapping) and step else found
        return found

    def _chosen(self, choices: list[Any], depth: int) -> Any:
        """Prefer what is not null, until it gets too deep."""
        full = [one for one in choices if one.get("type") != "null"]
        return choices[-1] if depth > DEEPEST or not full else full[0]

    def _typed(self, schema: Mapping[str, Any], depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        if kind in ("object", "array"):
            make = self._object if kind == "object" else self._array
            return make(schema, depth)
        if kind in ("integer", "number"):
            return self._number(schema, kind == "integer")
        if kind == "boolean":
            return self._chance.random() < 0.5
        return None if kind == "null" else self._string(schema)

    def _object(self, schema: Mapping[str, Any], depth: int) -> Any:
        properties = schema.get("properties", {})
        needed = set(schema.get("required", ()))
        made = {
            name: self.value(inner, depth + 1)
            for name, inner in properties.items()
            if name in needed or depth < DEEPEST
        }
        more = schema.get("additionalProperties")
        if isinstance(more, Mapping) and not properties and depth < DEEPEST:
            made |= {name: self.value(more, depth + 1) for name in ("first", "second")}
        return made

    def _array(self, schema: Mapping[str, Any], depth: int) -> Any:
        fixed = [self.value(one, depth + 1) for one in schema.get("prefixItems", ())]
        least = int(schema.get("minItems", 0))
        most = int(schema.get("maxItems", max(least, 3)))
        wanted = least if depth >= DEEPEST else min(most, max(least, 2))
        items = schema.get("items", {})
        if items is False:
            return fixed
        made = [self.value(items, depth + 1) for _ in range(wanted - len(fixed))]
        if schema.get("uniqueItems") and all(isinstance(one, str) for one in made):
            made = [f"{one} {place}" for place, one in enumerate(made, 1)]
        return fixed + made

    def _number(self, schema: Mapping[str, Any], is_whole: bool) -> int | float:
        step = schema.get("multipleOf", 1 if is_whole else None)
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 100))
        if step is None:
            return float(round(low + (high - low) * self._chance.uniform(0.25, 0.75), 6))
        first = -(-low // step) + (low % step == 0 and "minimum" not in schema)
        last = high // step - (high % step == 0 and "maximum" not in schema)
        number = self._chance.randint(int(first), int(max(first, last))) * step
        return int(number) if is_whole else float(number)

    def _string(self, schema: Mapping[str, Any]) -> str:
        pattern = schema.get("pattern") or _said(schema, r"matches (.+?)(?:; |$)")
        if pattern:
            return matching(str(pattern), self._chance)
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        least = int(schema.get("minLength") or _said(schema, r"at least (\d+) characters") or 0)
        most = schema.get("maxLength") or _said(schema, r"at most (\d+) characters")
        text = _sentence(self._chance, 4, 9)
        while len(text) < least:
            text += " " + _sentence(self._chance, 4, 9)
        return text[: int(most)].ljust(least, "a") if most else text


def _said(schema: Mapping[str, Any], pattern: str) -> str | None:
    """Read what an adapter says in words where the vendor has no keyword for it."""
    found = re.search(pattern, str(schema.get("description") or ""))
    return found[1] if found else None
