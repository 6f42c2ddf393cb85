"""Gemini's batches: questions handed in with the request, answers read from the job.

https://ai.google.dev/gemini-api/docs/batch-api: 20 MB at most in this way, a target of 24 hours, at
half the price. Each row carries its key as `metadata` and comes back with it. That the answers of
such a batch come back in the job itself, never in a file, is how the guide shows it; it is said
nowhere, so a job that names a file is an error here and not an empty answer.
What does not belong here: the client (`adapter.py`), when to look again and what to do with rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.errors import (
    PermanentProviderError,
    ProviderError,
    TransientProviderError,
)
from posthub_assets.domain.vendors import Completion, TextPrompt
from resources.providers.gemini import errors
from resources.providers.gemini.answers import read_text, text_config
from resources.providers.wire import Hidden

if TYPE_CHECKING:
    from google.genai.types import BatchJob, InlinedRequest

KEY = "key"
MOST_BYTES = 20 * 1000 * 1000
OVER = frozenset({"SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"})

Row = Completion | Exception


def inlined(prompts: Mapping[str, TextPrompt]) -> list[InlinedRequest]:
    """Give one request a prompt. Raises PermanentProviderError where they are too many bytes."""
    from google.genai import types

    size = sum(len(one.system.encode()) + len(one.user.encode()) for one in prompts.values())
    if not prompts or size > MOST_BYTES:
        raise PermanentProviderError(
            f"A batch of gemini takes up to 20 MB; these {len(prompts)} prompts have "
            f"{size / 1e6:.1f} MB. Hand in fewer at a time.",
            provider=errors.NAME,
        )
    return [
        types.InlinedRequest(
            contents=[types.Content(role="user", parts=[types.Part(text=prompt.user)])],
            config=text_config(prompt),
            metadata={KEY: key},
        )
        for key, prompt in prompts.items()
    ]


def status_of(job: BatchJob) -> str:
    """Give the job's state without its prefix, such as `RUNNING`."""
    state = job.state.value if job.state is not None else "UNSPECIFIED"
    return str(state).removeprefix("JOB_STATE_").removeprefix("BATCH_STATE_")


def read_rows(job: BatchJob, hidden: Hidden) -> dict[str, Row]:
    """Read a job's answers by key. Raises PermanentProviderError where they are in a file."""
    if job.dest is None:
        return {}
    if job.dest.file_name:
        raise PermanentProviderError(
            "gemini put a batch's answers into a file, which is not read here.",
            provider=errors.NAME,
        )
    rows: dict[str, Row] = {}
    for one in job.dest.inlined_responses or []:
        told = one.model_dump(mode="json", by_alias=True, exclude_none=True)
        rows[str((one.metadata or {}).get(KEY))] = _row(told, job.model or "", hidden)
    return rows


def _row(told: Mapping[str, Any], job_model: str, hidden: Hidden) -> Row:
    if told.get("error"):
        return errors.of_row(told["error"], hidden)
    if not told.get("response"):
        return TransientProviderError("gemini gave a row back unanswered.", provider=errors.NAME)
    try:
        return read_text(told["response"], job_model.removeprefix("models/"))
    except ProviderError as failure:
        return failure
