"""OpenAI's bodies: Responses, chat completions, images, files, batches, models, errors.

https://developers.openai.com/api/reference. Perplexity's Responses are `perplexity_format.py`. What
does not belong here: what is answered (`speaking.py`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from posthub_assets.domain.ports import Usage
from resources.providers.loopback.faults import Planned
from resources.providers.loopback.speaking import Asked, Ended, Said


def read(body: Mapping[str, Any]) -> Asked:
    """Read a request of `/responses`."""
    given = body.get("input", "")
    if isinstance(given, list):
        given = "\n".join(_words(one.get("content")) for one in given)
    told = (body.get("text") or {}).get("format") or {}
    return Asked(
        provider="openai",
        operation="text",
        model=str(body.get("model", "")),
        system=str(body.get("instructions") or ""),
        user=str(given),
        schema=told.get("schema"),
    )


def read_chat(body: Mapping[str, Any]) -> Asked:
    """Read a request of `/chat/completions`."""
    by_role: dict[str, str] = {}
    for one in body.get("messages") or []:
        role = "system" if one.get("role") in ("system", "developer") else "user"
        by_role[role] = by_role.get(role, "") + _words(one.get("content"))
    told = (body.get("response_format") or {}).get("json_schema") or {}
    return Asked(
        provider="openai",
        operation="text",
        model=str(body.get("model", "")),
        system=by_role.get("system", ""),
        user=by_role.get("user", ""),
        schema=told.get("schema"),
    )


def _words(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def read_image(body: Mapping[str, Any], has_source: bool) -> Asked:
    """Read a request of `/images/generations` or `/images/edits`."""
    width, _, height = str(body.get("size") or "1024x1024").partition("x")
    return Asked(
        provider="openai",
        operation="image",
        model=str(body.get("model", "")),
        user=str(body.get("prompt", "")),
        size_px=(int(width), int(height)) if height else (1024, 1024),
        quality=str(body.get("quality") or "medium"),
        image_kind=str(body.get("output_format") or "png"),
        has_source=has_source,
    )


def write(asked: Asked, said: Said) -> dict[str, Any]:
    """Write a response."""
    told: dict[str, Any] = {
        "id": "resp_loopback",
        "object": "response",
        "created_at": 0,
        "model": asked.model,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "output": [],
        "usage": usage(said.usage),
    }
    if said.ended in (Ended.LENGTH, Ended.FILTER):
        reason = "max_output_tokens" if said.ended is Ended.LENGTH else "content_filter"
        told |= {"status": "incomplete", "incomplete_details": {"reason": reason}}
    part = {"type": "output_text", "text": said.text, "annotations": []}
    if said.ended is Ended.REFUSED:
        part = {"type": "refusal", "refusal": said.text}
    if said.text:
        message = {"id": "msg_loopback", "type": "message", "role": "assistant"}
        told["output"] = [message | {"status": told["status"], "content": [part]}]
    return told


def write_chat(asked: Asked, said: Said) -> dict[str, Any]:
    """Write a chat completion."""
    reasons = {Ended.LENGTH: "length", Ended.FILTER: "content_filter"}
    is_refusal = said.ended is Ended.REFUSED
    message = {
        "role": "assistant",
        "content": None if is_refusal else said.text,
        "refusal": said.text if is_refusal else None,
    }
    spent = said.usage
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 0,
        "model": asked.model,
        "choices": [
            {"index": 0, "message": message, "finish_reason": reasons.get(said.ended, "stop")}
        ],
        "usage": {
            "prompt_tokens": spent.input_tokens,
            "completion_tokens": spent.output_tokens,
            "total_tokens": spent.input_tokens + spent.output_tokens,
            "prompt_tokens_details": {"cached_tokens": spent.cached_tokens},
            "completion_tokens_details": {"reasoning_tokens": spent.reasoning_tokens},
        },
    }


def write_image(asked: Asked, said: Said) -> dict[str, Any]:
    """Write an answer with pictures."""
    spent = said.usage
    encoded = [] if said.picture is None else [{"b64_json": b64encode(said.picture).decode()}]
    return {
        "created": 0,
        "data": encoded,
        "output_format": asked.image_kind,
        "quality": asked.quality,
        "size": "{}x{}".format(*asked.size_px),
        "usage": {
            "input_tokens": spent.input_tokens,
            "input_tokens_details": {
                "image_tokens": spent.image_input_tokens,
                "text_tokens": spent.input_tokens - spent.image_input_tokens,
            },
            "output_tokens": spent.output_tokens,
            "output_tokens_details": {
                "image_tokens": spent.image_tokens,
                "text_tokens": spent.output_tokens - spent.image_tokens,
            },
            "total_tokens": spent.input_tokens + spent.output_tokens,
        },
    }


def usage(spent: Usage) -> dict[str, Any]:
    """Write a response's usage."""
    return {
        "input_tokens": spent.input_tokens,
        "input_tokens_details": {"cached_tokens": spent.cached_tokens},
        "output_tokens": spent.output_tokens,
        "output_tokens_details": {"reasoning_tokens": spent.reasoning_tokens},
        "total_tokens": spent.input_tokens + spent.output_tokens,
    }


def error(
    message: str, planned: Planned | None, code: str, kind: str = "invalid_request_error"
) -> tuple[dict[str, Any], dict[str, str]]:
    """Write an error's body and headers."""
    headers = {}
    if planned is not None and planned.retry_after_s is not None:
        headers["retry-after"] = f"{planned.retry_after_s:g}"
    told = {"message": message, "type": kind, "param": None, "code": code or None}
    return {"error": told}, headers


def models() -> dict[str, Any]:
    """Write a list of models."""
    model = {"id": "gpt-loopback", "object": "model", "created": 0, "owned_by": "loopback"}
    return {"object": "list", "data": [model]}


def parse_multipart(content_type: str, body: bytes) -> dict[str, bytes]:
    """Give the fields of a form by name; a file is its content."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    fields: dict[str, bytes] = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        fields[name] = content.removesuffix(b"\r\n")
    return fields
