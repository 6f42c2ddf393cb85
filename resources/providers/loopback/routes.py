"""From a request to a reply: which vendor, which operation, which fault.

`/gemini`, `/openai` and `/perplexity` before the path say whose it is. Without them the path tells,
and `POST /v1/responses` is Perplexity's where the model is named `vendor/model`.
What does not belong here: sockets (`server.py`, `protocol.py`), bodies' words (`*_format.py`).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from posthub_assets.domain.ports import Usage
from resources.providers.loopback import gemini_format, openai_format, perplexity_format
from resources.providers.loopback.batches import BatchDesk
from resources.providers.loopback.faults import Books, Fault, LoggedCall, Planned
from resources.providers.loopback.protocol import Ending, Reply, Request
from resources.providers.loopback.speaking import Answer, Asked, Ended, Said, Speaker

LOG = logging.getLogger(__name__)

PROVIDERS = ("gemini", "openai", "perplexity")
GENERATE = re.compile(r"/v1\w*/models/([^/:]+):generateContent")
BATCH_GENERATE = re.compile(r"/v1\w*/models/([^/:]+):batchGenerateContent")
GEMINI_BATCH = re.compile(r"/v1\w*/(batches/[^/:]+)(:cancel)?")
OPENAI_BATCH = re.compile(r"/v1/batches/([^/]+)(/cancel)?")
FILE_CONTENT = re.compile(r"/v1/files/([^/]+)/content")
ENDINGS = {
    Fault.RESET: Ending.RESET,
    Fault.HALF_ANSWER: Ending.HALF,
    Fault.TRICKLE: Ending.TRICKLE,
}
NEVER_SENT = b" " * 1_000_000
NOTHING = Usage()

STATUSES = {
    Fault.RATE_LIMITED: 429,
    Fault.QUOTA_EXHAUSTED: 429,
    Fault.KEY_REVOKED: 401,
    Fault.BAD_REQUEST: 400,
    Fault.NOT_FOUND: 404,
    Fault.SERVER_ERROR: 500,
    Fault.UNAVAILABLE: 503,
}
SENTENCES = {
    Fault.RATE_LIMITED: "Too many requests. Slow down.",
    Fault.QUOTA_EXHAUSTED: "You exceeded your current quota, please check your plan and billing.",
    Fault.NOT_FOUND: "There is no such thing here.",
    Fault.SERVER_ERROR: "The server had an error.",
    Fault.UNAVAILABLE: "The model is overloaded.",
}
CODES = {
    Fault.RATE_LIMITED: "rate_limit_exceeded",
    Fault.QUOTA_EXHAUSTED: "insufficient_quota",
    Fault.KEY_REVOKED: "invalid_api_key",
    Fault.SERVER_ERROR: "server_error",
}


Write = Callable[[Asked, Said], dict[str, Any]]

TEXTS: dict[str, tuple[Callable[[Mapping[str, Any]], Asked], Write]] = {
    "/v1/responses": (openai_format.read, openai_format.write),
    "/v1/chat/completions": (openai_format.read_chat, openai_format.write_chat),
}
REFUSING_WITH_400: dict[Write, frozenset[Ended]] = {
    openai_format.write: frozenset({Ended.BLOCKED}),
    openai_format.write_chat: frozenset({Ended.BLOCKED}),
    openai_format.write_image: frozenset({Ended.BLOCKED, Ended.FILTER, Ended.REFUSED}),
    perplexity_format.write: frozenset({Ended.BLOCKED}),
}
"""Which endings these answers have no words for, so that the vendor answers 400."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a request is, before it is answered."""

    provider: str
    operation: str
    body: Mapping[str, Any]
    asked: Asked | None = None
    """The question, where it is one."""
    write: Write | None = None
    act: Callable[[], dict[str, Any] | bytes | None] | None = None
    """What else is to be done; None of it means 404."""


@dataclass(slots=True)
class Router:
    """Answers requests; one thread at a time."""

    answer: Answer
    books: Books
    latency_s: float = 0.0
    speaker: Speaker = field(init=False)
    desk: BatchDesk = field(init=False)

    def __post_init__(self) -> None:
        """Make what remembers: prompts, batches, files."""
        self.speaker = Speaker(self.answer)
        self.desk = BatchDesk(self._answer_row)

    def handle(self, request: Request) -> Reply:
        """Answer a request."""
        provider, path = _whose(request)
        try:
            task = self._task(provider, path, request)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            told, headers = _error(provider, 400, f"Not understood: {error!r}", None, None)
            return _reply(told, 400, headers)
        if task is None:
            told, headers = _error(provider, 404, f"No such path: {path}", None, None)
            return _reply(told, 404, headers)
        planned = self.books.take(provider, task.operation)
        key = _key(request)
        if not key:
            planned = Planned(Fault.KEY_REVOKED)
        try:
            return self._answered(task, planned, key)
        except Exception:
            LOG.exception("the answer function failed")
            return self._refused(task, Planned(Fault.SERVER_ERROR), 500, key)

    def _task(self, provider: str, path: str, request: Request) -> Task | None:
        find = {"gemini": self._gemini, "openai": self._openai, "perplexity": self._perplexity}
        return find[provider](path, request)

    def _gemini(self, path: str, request: Request) -> Task | None:
        if request.method == "GET" and re.fullmatch(r"/v1\w*/models", path):
            return Task("gemini", "check", {}, act=gemini_format.models)
        if match := GENERATE.fullmatch(path):
            body = json.loads(request.body)
            asked = gemini_format.read(match[1], body)
            return Task("gemini", asked.operation, body, asked, gemini_format.write)
        if match := BATCH_GENERATE.fullmatch(path):
            body = json.loads(request.body)
            return Task("gemini", "batch", body, act=partial(self.desk.open_gemini, match[1], body))
        if match := GEMINI_BATCH.fullmatch(path):
            act = self.desk.cancel if match[2] else self.desk.look
            return Task("gemini", "batch", {}, act=partial(act, match[1]))
        return None

    def _openai(self, path: str, request: Request) -> Task | None:
        if path in TEXTS:
            read, write = TEXTS[path]
            body = json.loads(request.body)
            return Task("openai", "text", body, read(body), write)
        if path in ("/v1/images/generations", "/v1/images/edits"):
            return _image_task(request.headers.get("content-type", ""), request.body)
        if path == "/v1/models":
            return Task("openai", "check", {}, act=openai_format.models)
        return self._openai_file(path, request) or self._openai_batch(path, request)

    def _openai_file(self, path: str, request: Request) -> Task | None:
        if path == "/v1/files":
            kind = request.headers.get("content-type", "")
            form = openai_format.parse_multipart(kind, request.body)
            return Task("openai", "file", {}, act=lambda: self._stored(form["file"]))
        if match := FILE_CONTENT.fullmatch(path):
            return Task("openai", "file", {}, act=partial(self.desk.files.get, match[1]))
        return None

    def _openai_batch(self, path: str, request: Request) -> Task | None:
        if path == "/v1/batches":
            body = json.loads(request.body)
            return Task("openai", "batch", body, act=partial(self.desk.open_openai, body))
        if match := OPENAI_BATCH.fullmatch(path):
            act = self.desk.cancel if match[2] else self.desk.look
            return Task("openai", "batch", {}, act=partial(act, match[1]))
        return None

    def _perplexity(self, path: str, request: Request) -> Task | None:
        if path != "/v1/responses":
            return None
        body = json.loads(request.body)
        asked = perplexity_format.read(body)
        operation = "research" if body.get("tools") else "check"
        return Task("perplexity", operation, body, asked, perplexity_format.write)

    def _stored(self, content: bytes) -> dict[str, Any]:
        name = self.desk.store(content)
        told = {"id": name, "object": "file", "bytes": len(content), "created_at": 0}
        return told | {"filename": "batch.jsonl", "purpose": "batch", "status": "processed"}

    def _answered(self, task: Task, planned: Planned | None, key: str) -> Reply:
        fault = planned.fault if planned else None
        if fault in STATUSES:
            return self._refused(task, planned, STATUSES[fault], key)
        if task.asked is None or task.write is None:
            return self._done(task, planned, key)
        said = self.speaker.say(task.asked, fault)
        if task.write in REFUSING_WITH_400 and said.ended in REFUSING_WITH_400[task.write]:
            return self._blocked(task)
        self._log(task, said.usage, 0 if fault in ENDINGS else 200, fault)
        return self._sent(_dumped(task.write(task.asked, said)), planned)

    def _done(self, task: Task, planned: Planned | None, key: str) -> Reply:
        done = task.act() if task.act else None
        if done is None:
            return self._refused(task, Planned(Fault.NOT_FOUND), 404, key)
        self._log(task, NOTHING, 200, planned.fault if planned else None)
        if isinstance(done, bytes):
            return self._sent(done, planned, "application/octet-stream")
        return self._sent(_dumped(done), planned)

    def _sent(
        self, content: bytes, planned: Planned | None, kind: str = "application/json"
    ) -> Reply:
        fault = planned.fault if planned else None
        if fault is Fault.INVALID_JSON:
            content = b'{"this is": no JSON'
        if fault is Fault.TOO_LARGE and planned is not None:
            content = content.rjust(planned.size_bytes)
        if fault is Fault.TRICKLE:
            content = NEVER_SENT
        delay_s = planned.delay_s if planned and fault is Fault.SLOW else self.latency_s
        ending = ENDINGS.get(fault, Ending.WHOLE) if fault else Ending.WHOLE
        return Reply(content, content_type=kind, delay_s=delay_s, ending=ending)

    def _refused(self, task: Task, planned: Planned | None, status: int, key: str) -> Reply:
        fault = planned.fault if planned else None
        message = SENTENCES.get(fault, "") if fault else ""
        if fault is Fault.KEY_REVOKED:
            message = f"API key not valid: {key}. Please pass a valid API key."
        if fault is Fault.BAD_REQUEST:
            words = task.asked.user if task.asked else ""
            message = f"Cannot do this with key {key}: {words}"
        told, headers = _error(task.provider, status, message, planned, fault)
        self._log(task, NOTHING, status, fault)
        # Google says 400 of a key that it does not know.
        shown = 400 if fault is Fault.KEY_REVOKED and task.provider == "gemini" else status
        return _reply(told, shown, headers)

    def _blocked(self, task: Task) -> Reply:
        code = "moderation_blocked" if task.operation == "image" else "content_policy_violation"
        message = "Your request was rejected as a result of our safety system."
        told, headers = openai_format.error(message, None, code)
        self._log(task, NOTHING, 400, Fault.BLOCKED_PROMPT)
        return _reply(told, 400, headers)

    def _log(self, task: Task, usage: Usage, status: int, fault: Fault | None) -> None:
        model = task.asked.model if task.asked else ""
        self.books.log(
            LoggedCall(task.provider, task.operation, model, status, usage, task.body, fault=fault)
        )

    def _answer_row(
        self, provider: str, model: str, body: Mapping[str, Any]
    ) -> tuple[Asked | None, Said | None, Fault | None]:
        planned = self.books.take(provider, "row")
        fault = planned.fault if planned else None
        asked = (
            gemini_format.read(model, body) if provider == "gemini" else openai_format.read(body)
        )
        failed = fault in STATUSES or fault is Fault.EXPIRED
        said = None if failed else self.speaker.say(asked, fault)
        usage = said.usage if said else NOTHING
        status = 500 if failed else 200
        self.books.log(
            LoggedCall(provider, asked.operation, asked.model, status, usage, body, True, fault)
        )
        return asked, said, fault


def _image_task(kind: str, content: bytes) -> Task:
    has_source = kind.startswith("multipart/")
    body: dict[str, Any]
    if has_source:
        form = openai_format.parse_multipart(kind, content)
        body = {name: value.decode() for name, value in form.items() if name != "image"}
        body["image_bytes"] = len(form["image"])
    else:
        body = json.loads(content)
    asked = openai_format.read_image(body, has_source)
    return Task("openai", "image", body, asked, openai_format.write_image)


def _whose(request: Request) -> tuple[str, str]:
    head, _, rest = request.path.removeprefix("/").partition("/")
    if head in PROVIDERS:
        return head, f"/{rest}"
    path = request.path
    if GENERATE.fullmatch(path) or BATCH_GENERATE.fullmatch(path) or _is_googles(request, path):
        return "gemini", path
    if path == "/v1/responses" and re.search(rb'"model":\s*"[\w.-]+/', request.body):
        return "perplexity", path
    return "openai", path


def _is_googles(request: Request, path: str) -> bool:
    return "x-goog-api-key" in request.headers and path.startswith("/v1")


def _key(request: Request) -> str:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    return request.headers.get("x-goog-api-key", bearer)


def _error(
    provider: str, status: int, message: str, planned: Planned | None, fault: Fault | None
) -> tuple[dict[str, Any], dict[str, str]]:
    if provider == "gemini":
        reasons = {Fault.KEY_REVOKED: "API_KEY_INVALID", Fault.QUOTA_EXHAUSTED: "PerDay"}
        return gemini_format.error(
            status, message, planned, reasons.get(fault, "") if fault else ""
        )
    code = CODES.get(fault, "") if fault else ""
    return openai_format.error(message, planned, code)


def _reply(told: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Reply:
    return Reply(_dumped(told), status, headers)


def _dumped(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()
