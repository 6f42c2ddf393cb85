"""Batches of both vendors: kept in memory, answered when somebody looks and the wait is over.

What does not belong here: routes and statuses (`server.py`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from resources.providers.loopback import gemini_format
from resources.providers.loopback.faults import Fault
from resources.providers.loopback.speaking import Asked, Said

AnswerRow = Callable[[str, str, Mapping[str, Any]], tuple[Asked | None, Said | None, Fault | None]]
"""provider, model, body -> the question and its answer (None: the row failed), and the fault."""


@dataclass(slots=True)
class Batch:
    """One batch."""

    id: str
    provider: str
    model: str
    label: str
    questions: list[tuple[Any, Mapping[str, Any]]]
    """The caller's key (Gemini: metadata) and the body, in order."""
    begun_s: float = field(default_factory=time.monotonic)
    is_cancelled: bool = False
    good: list[dict[str, Any]] | None = None
    bad: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class BatchDesk:
    """All batches and files."""

    answer_row: AnswerRow
    wait_s: float = 0.0
    files: dict[str, bytes] = field(default_factory=dict)
    _batches: dict[str, Batch] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def store(self, content: bytes) -> str:
        """Keep a file; give its id."""
        name = f"file-loopback-{next(self._numbers)}"
        self.files[name] = content
        return name

    def open_gemini(self, model: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Take a batch in; give the job."""
        told = body.get("batch") or {}
        requests = ((told.get("inputConfig") or {}).get("requests") or {}).get("requests") or []
        questions = [(one.get("metadata"), one.get("request") or {}) for one in requests]
        label = str(told.get("displayName") or "")
        name = f"batches/loopback-{next(self._numbers)}"
        self._batches[name] = Batch(name, "gemini", model, label, questions)
        return gemini_format.job(name, label, model, "PENDING", None)

    def open_openai(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Take a batch in; give it, or None where its file is not known."""
        content = self.files.get(str(body.get("input_file_id")))
        if content is None:
            return None
        rows = [json.loads(line) for line in content.splitlines() if line.strip()]
        questions = [(row["custom_id"], row["body"]) for row in rows]
        model = str(rows[0]["body"].get("model", "")) if rows else ""
        label = str((body.get("metadata") or {}).get("label") or "")
        name = f"batch_loopback_{next(self._numbers)}"
        self._batches[name] = Batch(name, "openai", model, label, questions)
        return self._openai(self._batches[name], "validating")

    def look(self, name: str) -> dict[str, Any] | None:
        """Give a batch as it stands; its rows are answered at the first look after the wait."""
        batch = self._batches.get(name)
        if batch is None:
            return None
        if batch.good is None and not batch.is_cancelled:
            if time.monotonic() - batch.begun_s < self.wait_s:
                return self._shown(batch, "RUNNING", "in_progress")
            self._answer(batch)
        if batch.is_cancelled:
            return self._shown(batch, "CANCELLED", "cancelled")
        return self._shown(batch, "SUCCEEDED", "completed")

    def cancel(self, name: str) -> dict[str, Any] | None:
        """Stop a batch; one that is over stays as it is."""
        batch = self._batches.get(name)
        if batch is None:
            return None
        batch.is_cancelled = batch.good is None
        return self.look(name)

    def _answer(self, batch: Batch) -> None:
        batch.good = []
        for key, body in batch.questions:
            asked, said, fault = self.answer_row(batch.provider, batch.model, body)
            row = _row_of(batch.provider, key, asked, said, fault)
            is_bad = batch.provider == "openai" and said is None
            (batch.bad if is_bad else batch.good).append(row)

    def _shown(self, batch: Batch, gemini: str, openai: str) -> dict[str, Any]:
        if batch.provider == "gemini":
            rows = None if gemini == "RUNNING" else batch.good or []
            return gemini_format.job(batch.id, batch.label, batch.model, gemini, rows)
        return self._openai(batch, openai)

    def _openai(self, batch: Batch, status: str) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/responses",
            "status": status,
            "input_file_id": "",
            "completion_window": "24h",
            "created_at": 0,
            "output_file_id": None,
            "error_file_id": None,
        }
        for name, rows in (("output_file_id", batch.good), ("error_file_id", batch.bad)):
            if rows:
                content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
                self.files.setdefault(f"{batch.id}-{name}", content.encode())
                told[name] = f"{batch.id}-{name}"
        return told


def _row_of(
    provider: str, key: Any, asked: Asked | None, said: Said | None, fault: Fault | None
) -> dict[str, Any]:
    from resources.providers.loopback import openai_format

    if provider == "gemini":
        row: dict[str, Any] = {"metadata": key}
        if asked is None or said is None:
            code = 4 if fault is Fault.EXPIRED else 13
            return row | {"error": {"code": code, "message": "This row was not answered."}}
        return row | {"response": gemini_format.write(asked, said)}
    row = {"id": f"row-{key}", "custom_id": key, "response": None, "error": None}
    if asked is not None and said is not None:
        body = openai_format.write(asked, said)
        return row | {"response": {"status_code": 200, "request_id": "loopback", "body": body}}
    if fault is Fault.EXPIRED:
        return row | {"error": {"code": "batch_expired", "message": "Not answered in 24 hours."}}
    told, _ = openai_format.error("The server had an error.", None, "", "server_error")
    return row | {"response": {"status_code": 500, "request_id": "loopback", "body": told}}
