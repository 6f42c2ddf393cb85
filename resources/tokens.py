"""Access tokens: signed, short-lived, and they say only who somebody is.

JWT after RFC 8725: one fixed algorithm (HS256), issuer, audience, type and expiry are required and
checked. What a person may do is read from the database at every request, never from the token.
What does not belong here: refresh tokens (`database/repositories/sessions.py`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from posthub_assets.domain.errors import NotSignedIn

ALGORITHM = "HS256"
ISSUER = "posthub"
AUDIENCE = "posthub-api"
TYPE = "access"
LIFETIME_S = 3600
MAX_TOKEN_CHARS = 4096
KEPT_TOKENS = 4096
AGAIN = "Sign in with POST /v1/auth/login, and send the token as `Authorization: Bearer ...`."


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Signs and reads access tokens with one secret of 32 bytes or more."""

    secret: str = field(repr=False)
    _verified: dict[str, tuple[UUID, float]] = field(
        default_factory=dict, repr=False, init=False, compare=False
    )

    def issue(self, user_id: UUID, now: datetime | None = None) -> str:
        """Give a token for a person that lasts 60 minutes."""
        moment = now or datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "type": TYPE,
            "iat": moment,
            "exp": moment + timedelta(seconds=LIFETIME_S),
        }
        return jwt.encode(claims, self.secret, algorithm=ALGORITHM)

    def read(self, token: str) -> UUID:
        """Give the person of a token. Raises NotSignedIn.

        A token that was found good is not verified again before it expires: it says nothing that
        could be taken back.
        """
        user_id, expires_at = self._verified.get(token, (None, 0.0))
        if user_id is not None and time.time() < expires_at:
            return user_id
        user_id, expires_at = self._verify(token)
        if len(self._verified) >= KEPT_TOKENS:
            self._verified.clear()
        self._verified[token] = (user_id, expires_at)
        return user_id

    def _verify(self, token: str) -> tuple[UUID, float]:
        if len(token) > MAX_TOKEN_CHARS:
            raise NotSignedIn(f"This is no token of ours. {AGAIN}")
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": ["iss", "aud", "sub", "type", "iat", "exp"]},
            )
            if claims["type"] != TYPE:
                raise NotSignedIn(f"This is no access token. {AGAIN}")
            return UUID(claims["sub"]), float(claims["exp"])
        except jwt.ExpiredSignatureError:
            raise NotSignedIn(
                "The access token has expired. Get a new one with POST /v1/auth/refresh."
            ) from None
        except (jwt.InvalidTokenError, ValueError):
            raise NotSignedIn(f"The access token is not valid. {AGAIN}") from None
