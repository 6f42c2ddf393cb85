"""The C2PA library, with every way into the network closed.

Closed twice, since either was seen to be enough (a file whose manifest lies on a server of this
machine was read, and nobody called): what would fetch is off, and no host is allowed. No time stamp
is asked for, no revocation list, no manifest of another server.
What does not belong here: what is signed and read.
"""

from __future__ import annotations

import functools
import logging
from types import ModuleType
from typing import Any, cast

PURPOSES = (
    "1.3.6.1.5.5.7.3.4",  # id-kp-emailProtection
    "1.3.6.1.5.5.7.3.36",  # id-kp-documentSigning
    "1.3.6.1.4.1.62558.2.1",  # c2pa-kp-claimSigning
    "1.3.6.1.4.1.311.76.59.1.9",  # Microsoft's
)
"""Extended key usages that a signing certificate may have: the library's own default list. With
anchors of one's own it knows only the first of them, unless it is told."""

log = logging.getLogger(__name__)


@functools.cache
def c2pa_library() -> ModuleType | None:
    """Load the library (about 60 ms); None, and a warning in the log, where it does not run here.

    Its wheels are for macOS and for Linux with glibc 2.28 or newer.
    """
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        log.warning(
            "The C2PA library does not run on this machine (%s). Pictures keep their IPTC mark; "
            "they are not signed, and credentials cannot be read.",
            error,
        )
        return None
    return cast(ModuleType, c2pa)


def closed_settings(known: bytes = b"") -> dict[str, Any]:
    """Give the library's settings. `known` are certificates to trust, as PEM."""
    trust: dict[str, Any] = {"trust_config": "\n".join(PURPOSES)}
    if known:
        trust |= {"user_anchors": known.decode(), "allowed_list": known.decode()}
    return {
        "version": 1,
        "verify": {
            "verify_after_reading": True,
            "verify_after_sign": True,
            "ocsp_fetch": False,
            "remote_manifest_fetch": False,
        },
        "core": {"allowed_network_hosts": [], "allow_redirects": False},
        "builder": {
            "thumbnail": {"enabled": False},
            "actions": {
                name: {"enabled": False}
                for name in ("auto_created_action", "auto_opened_action", "auto_placed_action")
            },
        },
        "trust": trust,
    }
