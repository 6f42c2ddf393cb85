"""Tokens in the forms of our pages: each is bound to what its page showed.

Who sends a form back must have had the page, and what is decided is what stood on it.
What does not belong here: who may have the page, access tokens (`tokens.py`).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FormTokens:
    """Makes and checks tokens with one secret of 32 bytes or more."""

    secret: str = field(repr=False)

    def issue(self, *parts: object) -> str:
        """Give the token of a form: 64 hex digits over its parts, each with its length."""
        said = [str(part).encode() for part in parts]
        text = b"".join(b"%d:%s," % (len(part), part) for part in said)
        return hmac.new(self.secret.encode(), b"posthub form " + text, hashlib.sha256).hexdigest()

    def is_good(self, token: str, *parts: object) -> bool:
        """Tell whether a token is that of these parts; takes as long for every wrong one."""
        return hmac.compare_digest(token.encode(errors="replace"), self.issue(*parts).encode())
