"""Errors as `application/problem+json` (RFC 9457), each with a stable `type`.

The domain's error tree is translated here and nowhere else. `detail` is the error's own sentence.
What does not belong here: raising them.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DataError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from posthub_assets.domain import errors

log = logging.getLogger("posthub.api")

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:posthub:problem:"
MAX_ERRORS_SHOWN = 20

STATUS: dict[type[errors.PostHubError], int] = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.StorageError: 503,
    errors.Unavailable: 503,
    errors.BrokenTask: 500,
    errors.BudgetExceeded: 402,
    errors.Postponed: 503,
    errors.RateLimited: 429,
    errors.ProviderError: 502,
}
"""By class; a subclass without an entry of its own has that of its nearest ancestor."""

TITLES = {
    "invalid-input": "The input cannot be used",
    "unreadable-document": "The document cannot be read",
    "picture-refused": "The picture is not taken",
    "idempotency-key-reused": "The idempotency key was used for another request",
    "not-found": "Not found",
    "no-such-route": "No such route",
    "method-not-allowed": "Method not allowed",
    "conflict": "The state has moved on",
    "stale-version": "Another version is current",
    "illegal-transition": "The status does not allow this step",
    "already-running": "It is under way already",
    "not-signed-in": "Not signed in",
    "forbidden": "Not allowed",
    "own-version": "Your own version",
    "too-slow": "The request takes too long",
    "too-large": "The request is too large",
    "unsupported-media-type": "The body is not of a type that is taken here",
    "storage-error": "The storage does not answer",
    "unavailable": "A part of the service does not answer",
    "darkroom-unavailable": "Pictures cannot be read at the moment",
    "scanner-unavailable": "Files cannot be scanned at the moment",
    "broken-task": "Something broke on our side",
    "rate-limited": "Too many requests",
    "budget-exceeded": "The budget is used up",
    "postponed": "The answer comes later",
    "internal-error": "Something broke on our side",
}


def status_of(error: errors.PostHubError) -> int:
    """Give the HTTP status of an error of ours."""
    for ancestor in type(error).__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return 500


def problem(error: errors.PostHubError) -> dict[str, Any]:
    """Give the problem document of an error of ours, without its instance."""
    extra: dict[str, Any] = {}
    if isinstance(error, errors.InvalidInput) and error.field:
        extra["errors"] = [{"field": error.field, "message": str(error)}]
    if isinstance(error, errors.RefusedPicture):
        extra["reason"] = error.reason
    if isinstance(error, errors.StaleVersion):
        extra = {"given": error.given, "current": error.current}
    if isinstance(error, errors.AlreadyRunning):
        extra = {"job_id": error.job_id}
    if isinstance(error, errors.BudgetExceeded):
        extra = _budget(error)
    return document(error.code, status_of(error), str(error), **extra)


def _budget(error: errors.BudgetExceeded) -> dict[str, Any]:
    """Give the figures of a refusal; amounts are strings, since JSON's numbers are not exact."""
    return {
        "limit_source": error.limit_source,
        "spent": str(error.spent),
        "reserved": str(error.reserved),
        "limit": str(error.limit),
        "asked": str(error.asked),
        "resets_at": error.resets_at.isoformat(),
    }


def document(code: str, status: int, detail: str, **extra: Any) -> dict[str, Any]:
    """Give a problem document."""
    title = TITLES.get(code, code.replace("-", " ").capitalize())
    type_ = f"{TYPE_PREFIX}{code}"
    return {"type": type_, "title": title, "status": status, "detail": detail, **extra}


def answer(
    request: Request, content: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    """Give the response of a problem document, with the request's path and id."""
    request_id = getattr(request.state, "request_id", None)
    whole = {**content, "instance": request.url.path, "request_id": request_id}
    body = json.dumps(whole, ensure_ascii=False).encode(errors="replace")
    return Response(body, content["status"], headers=headers, media_type=MEDIA_TYPE)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.PostHubError)
    headers = {}
    if isinstance(error, errors.NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="posthub"'
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    if isinstance(error, errors.StorageError | errors.Unavailable):
        log.warning("%s: %s", error.code, error)
        headers["Retry-After"] = "5"
    return answer(request, problem(error), headers)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(isinstance(one.get("input"), bytes) for one in error.errors()):
        # The body was not even looked at, since its header does not say that it is JSON.
        detail = "Send JSON, and say so in the header: Content-Type: application/json."
        return answer(request, document("unsupported-media-type", 415, detail))
    found = [{"field": _field(one), "message": _sentence(one)} for one in error.errors()][
        :MAX_ERRORS_SHOWN
    ]
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in found)
    return answer(request, document("invalid-input", 422, detail, errors=found))


def _field(error: dict[str, Any]) -> str:
    """Give the path without `body`, which says nothing where more follows."""
    if error["type"] == "json_invalid":
        return "body"
    parts = [str(part) for part in error["loc"]]
    return ".".join(parts[1:] if parts[0] in ("body", "query", "path") and parts[1:] else parts)


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        why = error.get("ctx", {}).get("error", "it cannot be read")
        return f"The body is not JSON: {why}, at character {error['loc'][-1]}."
    return str(error["msg"]).removeprefix("Value error, ")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {
        404: "no-such-route",
        405: "method-not-allowed",
        408: "too-slow",
        413: "too-large",
        415: "unsupported-media-type",
    }
    code = codes.get(error.status_code, "invalid-input" if error.status_code == 400 else "error")
    details = {
        404: f"There is no {request.url.path}. The routes are listed at /docs.",
        405: f"{request.method} is not possible for {request.url.path}.",
    }
    detail = details.get(error.status_code, str(error.detail))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    return answer(request, document(code, error.status_code, detail), headers)


def _methods_of(request: Request) -> set[str]:
    """Give every method of a path; the router names only those of the first route that fits.

    Where a path is one by its own name, it is not also meant by a route that takes any name there.
    """
    path = request.scope["path"]
    fitting = [
        one
        for one in iter_route_contexts(request.app.routes)
        if getattr(one.original_route, "path_regex", None) is not None
        and one.path_regex.match(path)
    ]
    named = [one for one in fitting if one.path == path] or fitting
    return set().union(*(one.methods or set() for one in named))


async def _unstorable(request: Request, error: Exception) -> Response:
    log.info("unstorable input: %s", getattr(getattr(error, "orig", None), "sqlstate", "unknown"))
    detail = "The input holds a value that the database cannot keep, such as a number too large."
    return answer(request, document("invalid-input", 422, detail))


async def _busy(request: Request, error: Exception) -> Response:
    log.warning("no connection was free: %s", error)
    detail = "The server is busy. Nothing was changed; try again in a moment."
    return answer(request, document("storage-error", 503, detail), {"Retry-After": "2"})


async def _broken(request: Request, error: Exception) -> Response:
    named = {"request_id": getattr(request.state, "request_id", None)}
    log.error("unexpected: %s", type(error).__name__, exc_info=error, extra=named)
    detail = "This is our mistake. Nothing was changed. Tell us the request_id."
    # This answer is made outside of the envelope, so it brings its headers along.
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    headers["X-Request-ID"] = str(getattr(request.state, "request_id", ""))
    return answer(request, document("internal-error", 500, detail), headers)


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(errors.PostHubError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(PoolTimeout, _busy)
    app.add_exception_handler(Exception, _broken)
