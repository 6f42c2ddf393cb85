"""The OpenAPI document: what FastAPI knows of each operation, and what holds for all of them.

Which refusals an operation can give, which header fields it takes and answers with, follows from
what it is: signed in or not, with a body or not, idempotent or not. A router says only what does
not follow, as `responses={402: {}}`; words, schema and headers are put in here.
What does not belong here: schemas of resources (their routers), examples (`examples.py`).
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field

from api import examples, idempotency, links, trials
from api.called import functions_of
from api.limits import FREE
from api.problems import MEDIA_TYPE

Json = dict[str, Any]
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
DESCRIPTION = (
    "Where a person says yes. Sign in with `POST /v1/auth/login` and send what it answers as "
    "`Authorization: Bearer ACCESS_TOKEN`; a program sends a token of `POST /v1/api-tokens`. "
    "Errors are problem documents (RFC 9457) with a stable `type`. Lists are paged by cursor. "
    "`Idempotency-Key` is honoured on POSTs that create or decide."
)

TAGS = (
    *("auth", "api tokens", "contents", "decisions", "companies", "months", "shows"),
    *("media", "jobs", "notifications", "webhooks", "usage", "providers", "prompts"),
    *("people", "invitations", "organizations", "audit", "privacy", "health"),
)
"""The groups in the order in which a client needs them, which is that of docs/api.md."""

REFUSALS = {
    400: "The body cannot be read.",
    401: "Nobody is signed in: no token, one that is not valid, or a wrong password.",
    402: "A budget is used up.",
    403: "You may not do this.",
    404: "There is no such thing, or it is not yours; the two are not told apart.",
    408: "The body did not arrive in time.",
    409: "The state has moved on: another version is current, or the status allows no such step.",
    410: "It was here and is gone for good.",
    413: "The request is too large.",
    415: "The body is not of a type that is taken here.",
    422: "The input cannot be used; `errors` names the fields.",
    429: "Too many requests. Come back after `Retry-After` seconds.",
    502: "A provider refused or did not answer.",
    503: "The storage does not answer. Nothing was changed; try again after `Retry-After` seconds.",
}

HEADERS: dict[str, tuple[str, Json]] = {
    "X-Request-ID": ("The request's id, as it stands in logs and in the audit trail.", {}),
    "RateLimit": ('What is left of the hour: `"signed-in";r=987;t=3012`.', {}),
    "RateLimit-Policy": ('What an hour has: `"signed-in";q=1000;w=3600`.', {}),
    "Retry-After": ("Seconds to wait before the next try.", {"type": "integer", "minimum": 1}),
    "WWW-Authenticate": ("How to sign in.", {}),
    "Idempotency-Replayed": ("`true` where this is the first answer to the key, again.", {}),
    "Content-Disposition": ("A name for the file.", {}),
    "ETag": ("The hash of the bytes.", {}),
}

EXPOSED = tuple(name for name in HEADERS if name != "WWW-Authenticate")
"""What pages of other origins may read, where they may ask."""

KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text, a new one for each request. Sent again within 24 hours, the first "
    "answer comes back, with `Idempotency-Replayed: true`.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": idempotency.MAX_KEY_CHARS,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
}


class FieldError(BaseModel):
    """What is wrong with a field of the input."""

    field: str
    message: str


class Problem(BaseModel):
    """A refusal (RFC 9457). `type` is stable; `detail` is a sentence for people."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:posthub:problem:stale-version"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked.")
    request_id: str | None = None
    errors: list[FieldError] = Field(default=[], description="The fields that cannot be used.")


def files(description: str, *media_types: str) -> Json:
    """Describe an answer that is a file, for a router's `responses`."""
    is_text = {one: one.startswith("text/") or one.endswith("json") for one in media_types}
    binary = {"type": "string", "format": "binary"}
    shapes = {one: {"schema": {"type": "string"} if is_text[one] else binary} for one in is_text}
    return {"description": description, "content": shapes}


def operation_id(route: APIRoute) -> str:
    """Give the id of an operation: its function's name, which a generated client calls."""
    return route.name


def install(app: FastAPI) -> None:
    """Let the application describe itself by this module, once it is asked to."""

    def described() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and what the document says of it so far."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    tags: Sequence[str]
    spec: Json

    @property
    def is_signed_in(self) -> bool:
        """Whether it asks for a token."""
        return "security" in self.spec

    @property
    def is_counted(self) -> bool:
        """Whether it counts against the hour's requests."""
        return self.path not in FREE


def describe(app: FastAPI) -> Json:
    """Make the document."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=DESCRIPTION,
        routes=app.routes,
        servers=[{"url": "/", "description": "The server that gives this document."}],
    )
    document = _with_titles_as_names(document)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"), Problem=problem)
    components["headers"] = {name: _header(*said) for name, said in HEADERS.items()}
    operations = list(_operations(app, document["paths"]))
    _name_inline_bodies(document["paths"], schemas)
    for shape in schemas.values():
        _say_that_blanks_are_stripped(shape)
    for one in operations:
        _complete(one, schemas)
    links.link(document["paths"], schemas)
    document["tags"] = list(_tags(operations))
    examples.put_into(document)
    return document


def _with_titles_as_names(document: Json) -> Json:
    """Call the schema of a page `ContentPage`, as its model is, and not `Page_ContentOut_`."""
    said = json.dumps(document)
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if name.endswith("_"):
            title = schema["title"]
            said = said.replace(f'schemas/{name}"', f'schemas/{title}"')
            said = said.replace(f'"{name}": {{', f'"{title}": {{')
    named: Json = json.loads(said)
    return named


def _name_inline_bodies(paths: Json, schemas: Json) -> None:
    """Give a body that a router wrote down itself the name of its model, as all others have."""
    for methods in paths.values():
        for spec in methods.values():
            for content in spec.get("requestBody", {}).get("content", {}).values():
                shape = content.get("schema", {})
                if shape.get("type") == "object" and "title" in shape:
                    schemas[shape["title"]] = shape
                    content["schema"] = _to("schemas", shape["title"])


def _operations(app: FastAPI, paths: Json) -> Iterator[Operation]:
    for route in iter_route_contexts(app.routes):
        is_ours = isinstance(route.original_route, APIRoute) and route.include_in_schema
        if not is_ours or route.endpoint is None or route.path is None:
            continue
        for method in sorted(route.methods or ()):
            spec = paths[route.path][method.lower()]
            tags = [str(tag) for tag in route.tags]
            yield Operation(method, route.path, route.endpoint, tags, spec)


def _tags(operations: Sequence[Operation]) -> Iterator[Json]:
    """Give each tag with what the modules of its routes say of themselves."""
    said: dict[str, dict[str, None]] = {}
    for one in operations:
        words = (sys.modules[one.endpoint.__module__].__doc__ or "").partition("\n\n")[0]
        for tag in one.tags:
            said.setdefault(tag, {})[" ".join(words.split())] = None
    for tag in sorted(said, key=lambda one: TAGS.index(one) if one in TAGS else len(TAGS)):
        yield {"name": tag, "description": " ".join(said[tag])}


def _header(description: str, schema: Json) -> Json:
    return {"description": description, "schema": {"type": "string", **schema}}


def _complete(one: Operation, schemas: Json) -> None:
    called = functions_of(one.endpoint)
    is_kept = idempotency.key_of in called
    spec = one.spec
    spec["summary"] = _first_sentence(one.endpoint)
    if spec.get("description", "").rstrip(".") == spec["summary"]:
        del spec["description"]  # it would stand there twice
    for parameter in spec.get("parameters", ()):
        _tidy(parameter)
    if is_kept:
        spec.setdefault("parameters", []).append(KEY_PARAMETER)
    answers = spec["responses"]
    answers.pop("422", None)  # FastAPI's, of another shape
    wanted = {int(status) for status in answers} | _refusals(one, schemas)
    if trials.check in called and trials.try_kept not in called:
        wanted.add(502)
    spec["responses"] = {
        str(status): _answer(one, status, answers.get(str(status), {}), is_kept=is_kept)
        for status in sorted(wanted)
    }


def _answer(one: Operation, status: int, known: Json, *, is_kept: bool) -> Json:
    """Give an answer with its headers; a refusal is a problem, unless its router says otherwise."""
    found = dict(known)
    if status >= 400 and not found.get("content"):
        said = found.get("description", "")
        is_said = said not in ("", "Additional Response", HTTPStatus(status).phrase)
        found["description"] = said if is_said else REFUSALS.get(status, HTTPStatus(status).phrase)
        found["content"] = {MEDIA_TYPE: {"schema": _to("schemas", "Problem")}}
    names = _headers(one, status, is_kept=is_kept)
    found["headers"] = {
        **{name: _to("headers", name) for name in names},
        **found.get("headers", {}),
    }
    return found


def _say_that_blanks_are_stripped(shape: Json) -> None:
    """Tell that blanks alone are no text where a field of an input needs at least a character."""
    waiting = [shape] if shape.get("additionalProperties") is False else []
    while waiting:
        one = waiting.pop()
        if one.get("minLength") == 1 and "pattern" not in one:
            one["pattern"] = "\\S"
        waiting += [*one.get("properties", {}).values(), *one.get("anyOf", ())]
        waiting += [one["items"]] if "items" in one else []


def _first_sentence(endpoint: Callable[..., Any]) -> str:
    return (inspect.getdoc(endpoint) or "").partition("\n")[0].rstrip(".")


def _to(section: str, name: str) -> Json:
    return {"$ref": f"#/components/{section}/{name}"}


def _tidy(parameter: Json) -> None:
    """Write a header's name as people do; an optional parameter is left out, and never null."""
    if parameter["in"] == "header":
        parameter["name"] = "-".join(
            "ID" if part == "id" else part.capitalize() if part.islower() else part
            for part in parameter["name"].split("-")
        )
    schema = parameter["schema"]
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) == 1 and len(schema["anyOf"]) == 2:
        del schema["anyOf"]
        schema.update(kinds[0])


def _refusals(one: Operation, schemas: Json) -> set[int]:
    """Give the refusals that follow from what an operation is."""
    has_body = "requestBody" in one.spec
    found = set()
    if one.is_signed_in:
        found |= {401, 403}
        if _names_a_thing(one.spec, schemas):
            found.add(404)
        if one.method in CHANGING:
            found.add(409)
    if has_body:
        found |= {400, 408, 413, 415}
    if has_body or one.spec.get("parameters"):
        found.add(422)
    if one.is_counted:
        found |= {429, 503}
    return found


def _names_a_thing(operation: Json, schemas: Json) -> bool:
    """Tell whether the operation is about something that may not be there."""
    parameters = operation.get("parameters", ())
    if any(one["in"] == "path" for one in parameters):
        return True
    shapes: list[Any] = [one["schema"] for one in parameters]
    shapes.append(operation.get("requestBody", {}))
    while shapes:
        one = shapes.pop()
        if isinstance(one, dict):
            if one.get("format") == "uuid":
                return True
            if "$ref" in one:
                shapes.append(schemas[one["$ref"].rpartition("/")[2]])
            shapes += one.values()
        elif isinstance(one, list):
            shapes += one
    return False


def _headers(one: Operation, status: int, *, is_kept: bool) -> list[str]:
    found = ["X-Request-ID"]
    if one.is_counted:
        found += ["RateLimit", "RateLimit-Policy"]
    if status == 401:
        found.append("WWW-Authenticate")
    if status in (429, 503) and one.is_counted:
        found.append("Retry-After")
    if is_kept and status < 300:
        found.append("Idempotency-Replayed")
    return found
