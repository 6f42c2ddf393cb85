"""OpenAI's batches: a JSONL file handed in, a job, two files to fetch.

https://developers.openai.com/api/docs/guides/batch: 50,000 rows and 200 MB at most, within 24
hours, at half the price; rows come back in any order and are told apart by `custom_id`.
What does not belong here: the client (`adapter.py`), when to look again and what to do with rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from posthub_assets.domain.errors import ProviderError, TransientProviderError
from posthub_assets.domain.vendors import Completion, TextPrompt
from resources.providers.openai import errors
from resources.providers.openai.answers import NAME, read_response, request_body
from resources.providers.wire import Hidden

ENDPOINT: Literal["/v1/responses"] = "/v1/responses"
OVER = frozenset({"completed", "failed", "expired", "cancelled"})
METADATA_CHARACTERS = 512
QUOTED_CHARACTERS = 2000

Row = Completion | Exception


def rows_file(prompts: Mapping[str, TextPrompt]) -> bytes:
    """Give the input file: one question a line, in the order of the prompts."""
    lines = (
        json.dumps(
            {
                "custom_id": key,
                "method": "POST",
                "url": ENDPOINT,
                "body": request_body(prompt),
            },
            ensure_ascii=False,
        )
        for key, prompt in prompts.items()
    )
    return ("\n".join(lines) + "\n").encode()


def hidden_of(key: str, prompts: Mapping[str, TextPrompt]) -> Hidden:
    """Give what an error may not hold; of each prompt the start, which is what a vendor quotes."""
    texts = {
        text[:QUOTED_CHARACTERS] for one in prompts.values() for text in (one.system, one.user)
    }
    return Hidden(key, tuple(texts))


def read_rows(content: bytes, hidden: Hidden) -> dict[str, Row]:
    """Read an output or error file. Raises TransientProviderError where a line is no JSON."""
    rows: dict[str, Row] = {}
    for line in content.splitlines():
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise TransientProviderError(
                "openai sent a batch's file that is no JSON; it is fetched again.", provider=NAME
            ) from error
        rows[str(row.get("custom_id"))] = _row(row, hidden)
    return rows


def _row(row: Mapping[str, Any], hidden: Hidden) -> Row:
    response, error = row.get("response"), row.get("error")
    if isinstance(error, Mapping) and error:
        return errors.of_failed(NAME, error, hidden)
    status = response.get("status_code") if isinstance(response, Mapping) else None
    body = response.get("body") if isinstance(response, Mapping) else None
    if not isinstance(body, Mapping):
        return TransientProviderError("openai gave a row back without an answer.", provider=NAME)
    if status != 200:
        told = body.get("error")
        told = told if isinstance(told, Mapping) else {}
        return errors.of_body(NAME, int(status or 500), told, {}, hidden)
    try:
        return read_response(body, "", hidden)
    except ProviderError as failure:
        return failure
