"""Links to pictures: a token that says which picture, whose it is and until when, signed by us.

Who has the link has the picture, and nothing else. The picture is looked for when the link is
opened, so that one which was deleted is not there any more.
What does not belong here: access tokens (`tokens.py`), links of a bucket (`media_bucket.py`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

TOKEN = r"^[A-Za-z0-9_-]{96}$"
_PLAIN = struct.Struct(">16s16sq")


@dataclass(frozen=True, slots=True)
class FileLink:
    """What a token says."""

    organization_id: UUID
    asset_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FileTokens:
    """Makes and reads tokens with one secret of 32 bytes or more (HMAC-SHA-256)."""

    secret: str = field(repr=False)

    def issue(self, organization_id: UUID, asset_id: UUID, expires_at: datetime) -> str:
        """Give the token of a link: 96 letters, digits, `-` and `_`. It ends at a whole second."""
        ends = int(expires_at.timestamp())
        plain = _PLAIN.pack(organization_id.bytes, asset_id.bytes, ends)
        return base64.urlsafe_b64encode(plain + self._signature(plain)).decode()

    def read(self, token: str) -> FileLink | None:
        """Give what a token says, also of one that has expired; None for what is none of ours."""
        try:
            whole = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        plain, signature = whole[: _PLAIN.size], whole[_PLAIN.size :]
        if not hmac.compare_digest(signature, self._signature(plain)):
            return None
        organization, asset, ends = _PLAIN.unpack(plain)
        moment = datetime.fromtimestamp(ends, UTC)
        return FileLink(UUID(bytes=organization), UUID(bytes=asset), moment)

    def _signature(self, plain: bytes) -> bytes:
        return hmac.new(self.secret.encode(), b"posthub file " + plain, hashlib.sha256).digest()
