"""What the environment says about where pictures are kept: a folder, or a bucket.

Read by `settings.py`, which owns the environment. What does not belong here: storing
(`media_store.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from posthub_assets.domain.errors import InvalidInput

ENDPOINT, REGION, TOKEN = "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SESSION_TOKEN"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
DEFAULT_REGION = "us-east-1"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""Amazon S3, "General purpose bucket naming rules"."""
_PREFIX = re.compile(r"[A-Za-z0-9!_.'()/-]*")
"""Amazon S3, "Naming objects": characters that are safe; `*` is left out."""


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """A bucket of an S3-compatible store, and how it is reached.

    Without keys they come from the machine it runs on, as Amazon gives them out.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    """None means Amazon's own."""
    region: str = DEFAULT_REGION
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Give `s3://bucket/prefix`."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def spelled(self) -> dict[str, str]:
        """Give the variables for a child process."""
        return {
            "POSTHUB_MEDIA_URL": self.url,
            ENDPOINT: self.endpoint or "",
            REGION: self.region,
            KEYS[0]: self.access_key or "",
            KEYS[1]: self.secret_key or "",
            TOKEN: self.session_token or "",
        }


def read_bucket(env: Mapping[str, str]) -> BucketSettings | None:
    """Read `POSTHUB_MEDIA_URL` and the usual variables of S3; None where pictures are on disk.

    Raises InvalidInput that names the variable which cannot be used.
    """
    raw, endpoint = _text(env, "POSTHUB_MEDIA_URL"), _text(env, ENDPOINT)
    access_key, secret_key = (_text(env, name) for name in KEYS)
    region, token = _text(env, REGION) or DEFAULT_REGION, _text(env, TOKEN)
    if raw is None:
        return None
    parts = urlsplit(raw)
    prefix = parts.path.strip("/")
    is_odd = parts.query or parts.fragment or not _PREFIX.fullmatch(prefix)
    if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc) or is_odd:
        raise InvalidInput(
            "POSTHUB_MEDIA_URL must look like s3://bucket or s3://bucket/prefix. Keys and endpoint "
            "go into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL.",
            field="POSTHUB_MEDIA_URL",
        )
    if (access_key is None) != (secret_key is None):
        lacking = KEYS[0] if access_key is None else KEYS[1]
        raise InvalidInput(f"{lacking} is not set, but its other half is.", field=lacking)
    return BucketSettings(
        parts.netloc, prefix, _url(endpoint), region, access_key, secret_key, token
    )


def _url(endpoint: str | None) -> str | None:
    if endpoint is None:
        return None
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(
            f"{ENDPOINT} must be a URL that starts with http or https.", field=ENDPOINT
        )
    return endpoint.rstrip("/")


def _text(env: Mapping[str, str], name: str) -> str | None:
    return env.get(name, "").strip() or None
