"""One job, in a process of its own that ends with it: read the question, do the task, answer.

It holds one socket and nothing of the service's. It always leaves by `os._exit`: no handlers, no
buffers and no finalisers of the zygote's run a second time.
What does not belong here: the limits (`limits.py`), starting and ending children (`zygote.py`).
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping
from socket import socket
from typing import Any

from posthub_assets.domain.errors import InvalidInput, RefusedPicture
from resources.darkroom.limits import Limits
from resources.darkroom.protocol import BrokenMessage, receive, send

Answer = tuple[dict[str, Any], list[bytes]]
Task = Callable[[dict[str, Any], list[bytes]], Answer]

MAX_TRACE_CHARS = 4000
UNREAD, UNSENT = 3, 4
"""Exit codes: the question could not be read, the answer could not be sent."""


def work(connection: socket, tasks: Mapping[str, Task], limits: Limits) -> None:
    """Do the job that comes over `connection`, and end this process."""
    code = 0
    try:
        with connection.makefile("rb") as stream:
            header, blobs = receive(stream, limits.request_bytes)
    except (BrokenMessage, MemoryError):
        os._exit(UNREAD)
    try:
        answer, results = _done(header, blobs, tasks, limits)
        send(connection, answer, results)
    except (OSError, MemoryError, ValueError):
        code = UNSENT
    finally:
        os._exit(code)


def _done(
    header: dict[str, Any], blobs: list[bytes], tasks: Mapping[str, Task], limits: Limits
) -> Answer:
    """Do the task. Whatever it raises becomes a sentence: this is the edge of the process."""
    try:
        answer, results = tasks[header["task"]](header["arguments"], blobs)
    except Exception as error:  # noqa: BLE001 - the service reads it, logs it and says so
        return _told(error), []
    size = sum(len(one) for one in results)
    if size > limits.answer_bytes:
        return {"failed": f"an answer of {size} bytes; {limits.answer_bytes} are allowed"}, []
    return {"answer": answer}, results


def _told(error: Exception) -> dict[str, Any]:
    """Say what went wrong, as the service can translate it."""
    if isinstance(error, RefusedPicture):
        return {"refused": {"reason": error.reason, "message": str(error)}}
    if isinstance(error, InvalidInput):
        return {"invalid": {"field": error.field, "message": str(error)}}
    if isinstance(error, MemoryError):
        return {"over": "memory"}
    trace = "".join(traceback.format_exception(error))[-MAX_TRACE_CHARS:]
    return {"failed": f"{type(error).__name__}: {error}"[:500], "trace": trace}
