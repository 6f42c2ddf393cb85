"""What the journal keeps of a request, and the hash by which it is found again.

What does not belong here: SQL (`database/repositories/journal.py`), asking.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.ports import Call
from resources.database.repositories import journal

if TYPE_CHECKING:
    from posthub_assets.domain.privacy import Redaction
    from resources.gateway.vendors import Offer
    from resources.prompt_library import ServedPrompt


def digest_of(material: Mapping[str, Any]) -> str:
    """Hash all that decides an answer (design, section 5), as canonical JSON with SHA-256."""
    plain = json.dumps(material, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def vendor_request(
    kind: str,
    call: Call,
    offer: Offer,
    prompt: ServedPrompt,
    *,
    redaction: Redaction,
    asked: Mapping[str, Any],
    reuse_for: timedelta | None = None,
) -> journal.Request:
    """Describe a request to a vendor. `asked` is all that is sent, without personal data.

    The hash covers company, prompt version, redaction policy, vendor, model, what is sent and the
    nonce; never the attempt, so that an answer is found again by whoever repeats the work.
    """
    from posthub_assets.domain.privacy import POLICY

    kept = dict(asked)
    material = {
        "company": call.company_id,
        "prompt": str(prompt.id),
        "redaction": POLICY,
        "provider": offer.provider,
        "model": offer.model,
        "asked": kept,
        "nonce": journal.nonce_of(call),
    }
    return journal.Request(
        kind=kind,
        hash=digest_of(material),
        kept=kept,
        model=offer.model,
        key_source=offer.key_source,
        prompt_version_id=prompt.id,
        redaction_policy=POLICY,
        redacted=counted(redaction),
        experiment_id=prompt.experiment_id,
        arm=prompt.arm or "",
        reuse_for=reuse_for,
    )


def counted(redaction: Redaction) -> dict[str, int]:
    """Say how many different values of each kind were taken out; never the values."""
    return {str(kind): count for kind, count in redaction.kinds.items()}


def bytes_of(*texts: str) -> int:
    """Count UTF-8 bytes: no tokenizer makes more tokens than there are bytes."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
