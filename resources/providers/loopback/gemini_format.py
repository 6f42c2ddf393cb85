"""Gemini's bodies: `generateContent`, inline batches, lists of models, errors.

https://ai.google.dev/api/generate-content, https://ai.google.dev/api/batch-api.
What does not belong here: what is answered (`speaking.py`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from posthub_assets.domain.ports import Usage
from resources.providers.loopback.faults import Planned
from resources.providers.loopback.speaking import Asked, Ended, Said

SIZES_PX = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
STEP_PX = 16
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


def read(model: str, body: Mapping[str, Any]) -> Asked:
    """Read a request of `generateContent`."""
    config = body.get("generationConfig") or {}
    parts = [part for one in body.get("contents") or [] for part in one.get("parts") or []]
    system = (body.get("systemInstruction") or {}).get("parts") or []
    is_image = "IMAGE" in (config.get("responseModalities") or [])
    wanted = config.get("imageConfig") or {}
    size = str(wanted.get("imageSize") or "1K")
    return Asked(
        provider="gemini",
        operation="image" if is_image else "text",
        model=model.removeprefix("models/"),
        system=_words(system),
        user=_words(parts),
        schema=config.get("responseJsonSchema") or config.get("responseSchema"),
        size_px=_size_px(str(wanted.get("aspectRatio") or "1:1"), SIZES_PX.get(size, 1024)),
        quality=size,
        has_source=any("inlineData" in part for part in parts),
    )


def _words(parts: list[Mapping[str, Any]]) -> str:
    return "\n".join(str(part["text"]) for part in parts if "text" in part)


def _size_px(aspect_ratio: str, edge: int) -> tuple[int, int]:
    width, _, height = aspect_ratio.partition(":")
    ratio = float(width) / float(height)
    wide = round(edge * ratio**0.5 / STEP_PX) * STEP_PX
    return wide, round(wide / ratio / STEP_PX) * STEP_PX


def write(asked: Asked, said: Said) -> dict[str, Any]:
    """Write an answer of `generateContent`."""
    told: dict[str, Any] = {
        "usageMetadata": usage(said.usage),
        "modelVersion": asked.model,
        "responseId": "loopback",
    }
    if said.ended is Ended.BLOCKED:
        return told | {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    content: dict[str, Any] = {"role": "model"}
    if said.text:
        content["parts"] = [{"text": said.text}]
    if said.picture is not None:
        kind = f"image/{asked.image_kind}"
        inline = {"mimeType": kind, "data": b64encode(said.picture).decode()}
        content["parts"] = [{"inlineData": inline}]
    reason = _reason(asked, said)
    return told | {"candidates": [{"content": content, "finishReason": reason, "index": 0}]}


def _reason(asked: Asked, said: Said) -> str:
    is_image = asked.operation == "image"
    if said.ended is Ended.LENGTH:
        return "MAX_TOKENS"
    if said.ended is Ended.FILTER:
        return "IMAGE_SAFETY" if is_image else "SAFETY"
    return "NO_IMAGE" if is_image and said.picture is None and not said.text else "STOP"


def usage(spent: Usage) -> dict[str, Any]:
    """Write `usageMetadata`; counts of nothing are left out, as Gemini leaves them out."""
    text_read = spent.input_tokens - spent.image_input_tokens
    details = [{"modality": "TEXT", "tokenCount": text_read}]
    if spent.image_input_tokens:
        details.append({"modality": "IMAGE", "tokenCount": spent.image_input_tokens})
    told: dict[str, Any] = {
        "promptTokenCount": spent.input_tokens,
        "totalTokenCount": spent.input_tokens + spent.output_tokens,
        "promptTokensDetails": details,
    }
    counts = {
        "candidatesTokenCount": spent.output_tokens - spent.reasoning_tokens,
        "thoughtsTokenCount": spent.reasoning_tokens,
        "cachedContentTokenCount": spent.cached_tokens,
    }
    if spent.image_tokens:
        told["candidatesTokensDetails"] = [{"modality": "IMAGE", "tokenCount": spent.image_tokens}]
    return told | {name: value for name, value in counts.items() if value}


def error(
    status: int, message: str, planned: Planned | None, reason: str = ""
) -> tuple[dict[str, Any], dict[str, str]]:
    """Write an error's body and headers."""
    details: list[dict[str, Any]] = []
    if reason:
        details.append({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason})
    if status == 429:
        quota = "PerDay" if reason else "PerMinute"
        violation = {"quotaId": f"GenerateRequests{quota}PerProjectPerModel"}
        kind = "type.googleapis.com/google.rpc.QuotaFailure"
        details = [{"@type": kind, "violations": [violation]}]
    if planned is not None and planned.retry_after_s is not None:
        delay = {"retryDelay": f"{planned.retry_after_s:g}s"}
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo"} | delay)
    told = {"code": status, "message": message, "status": STATUSES.get(status, "UNKNOWN")}
    return {"error": told | ({"details": details} if details else {})}, {}


def models() -> dict[str, Any]:
    """Write a list of models."""
    return {"models": [{"name": "models/gemini-loopback", "displayName": "Loopback"}]}


def job(
    name: str, label: str, model: str, state: str, rows: list[dict[str, Any]] | None
) -> dict[str, Any]:
    """Write a batch, with its answers where it is over."""
    told: dict[str, Any] = {
        "@type": "type.googleapis.com/google.ai.generativelanguage.v1.GenerateContentBatch",
        "name": name,
        "displayName": label,
        "model": f"models/{model}",
        "state": f"BATCH_STATE_{state}",
    }
    if rows is None:
        return {"name": name, "metadata": told}
    told["output"] = {"inlinedResponses": {"inlinedResponses": rows}}
    return {"name": name, "metadata": told, "done": True, "response": told["output"]}
