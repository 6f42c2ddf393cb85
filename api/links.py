"""Links in the OpenAPI document: where what an operation makes or lists can be used.

`POST /v1/webhooks` answers an `id`, which is the parameter of `/v1/webhooks/{webhook_id}`.
What does not belong here: the rest of the document (`openapi.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def link(paths: Json, schemas: Json) -> None:
    """Put links into the answers of operations that make or list things with an id."""
    for path, methods in paths.items():
        for method, spec in methods.items():
            expression = None if "{" in path else _id_in_answer(method, spec, schemas)
            found = dict(_below(path, paths, expression)) if expression else {}
            if found:
                spec["responses"][_success(spec)]["links"] = found


def _success(spec: Json) -> str:
    status: str = min(spec["responses"])
    return status


def _id_in_answer(method: str, spec: Json, schemas: Json) -> str | None:
    """Give where the answer holds an id: in itself, or in the first of its list."""
    content = spec["responses"][_success(spec)].get("content", {})
    fields = _fields(content.get("application/json", {}).get("schema", {}), schemas)
    if method == "post" and "id" in fields:
        return "$response.body#/id"
    if method == "get" and "id" in _fields(fields.get("items", {}).get("items", {}), schemas):
        return "$response.body#/items/0/id"
    return None


def _fields(shape: Json, schemas: Json) -> Json:
    named: Json = schemas.get(shape.get("$ref", "").rpartition("/")[2], {})
    fields: Json = named.get("properties", {})
    return fields


def _below(path: str, paths: Json, expression: str) -> Iterator[tuple[str, Json]]:
    """Give a link to each operation on one thing of the path's, by the operation's id."""
    one_thing = re.compile(re.escape(path) + r"/\{(\w+)\}(/[^{]*)?")
    for other, methods in paths.items():
        found = one_thing.fullmatch(other)
        for spec in methods.values() if found else ():
            name = spec["operationId"]
            if found and _is_id(found[1], spec):
                yield name, {"operationId": name, "parameters": {found[1]: expression}}


def _is_id(name: str, spec: Json) -> bool:
    return any(
        one["name"] == name and one["schema"].get("format") == "uuid" for one in spec["parameters"]
    )
