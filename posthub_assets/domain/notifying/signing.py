"""Signatures of webhooks, as Standard Webhooks has them (`v1`: HMAC-SHA256).

Signed is `id.timestamp.body`; the secret is `whsec_` and base64 of 24 to 64 bytes. While a secret
is being changed, the old one signs as well, and the header holds both.
Source: the specification, "Signature scheme" (read November 2026).
What does not belong here: making secrets, which needs chance; keeping them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from posthub_assets.domain.errors import InvalidInput

PREFIX = "whsec_"
SECRET_BYTES = 32
OVERLAP = timedelta(hours=24)
"""How long an old secret still signs."""


def secret_of(key: bytes) -> str:
    """Write a key as a secret that people copy."""
    return PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """Read a secret. Raises InvalidInput for what is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise InvalidInput("A secret is whsec_ and base64 of 24 to 64 bytes.", field="secret")
    return key


def message_id(outbox_id: UUID) -> str:
    """Give the message's id: the same at every attempt, so that receivers can tell a repetition."""
    return f"msg_{outbox_id.hex}"


def body_of(topic: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """Give the bytes that are sent: `type`, `timestamp` and `data`, the same at every attempt."""
    whole = {"type": topic, "timestamp": at.isoformat(), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def signature(secret: str, id_: str, timestamp_s: int, body: bytes) -> str:
    """Give one signature with its version."""
    signed = f"{id_}.{timestamp_s}.".encode() + body
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(secrets: Sequence[str], id_: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """Give the three headers; one signature for each secret that is valid."""
    signed = " ".join(signature(secret, id_, timestamp_s, body) for secret in secrets)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": signed,
    }
