"""After redaction no address and no phone number is left in the real documents.

The check is independent of the detectors: a plain pattern for addresses, and Google's own matcher
for phone numbers. The matcher alone also takes numbers in the addresses of web pages for phones;
those are no false alarm of ours, and are left out of what it reads.
"""

from __future__ import annotations

import re

import phonenumbers
import pytest

from posthub_assets.domain.privacy import PiiKind, redact, restore

pytestmark = pytest.mark.shared_data
ADDRESS = re.compile(r"[A-Za-z0-9][\w.+-]*@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
WEB = re.compile(r"https?://\S+")
REGIONS = {"18f": "US", "en": "US", "cs": "CZ", "uk": "UA", "fa": "IR"}


@pytest.fixture(scope="module")
def documents(shared_data):
    """Language or company, and text, of every document."""
    folder = shared_data / "companies"
    paths = sorted(path for path in folder.rglob("*.md") if "documents" in path.parts)
    assert len(paths) > 100
    found = []
    for path in paths:
        key = next((part for part in path.parts if part in REGIONS), "en")
        found.append((key, path.read_text(encoding="utf-8")))
    return found


def phones_by_google(text: str, key: str) -> list[str]:
    matcher = phonenumbers.PhoneNumberMatcher(
        WEB.sub(" ", text), REGIONS[key], leniency=phonenumbers.Leniency.STRICT_GROUPING
    )
    return [match.raw_string for match in matcher]


def test_no_real_address_and_no_real_phone_number_is_left(documents, capsys):
    addresses = numbers = ours = 0
    for key, text in documents:
        redaction = redact([text], country=REGIONS[key], language="en" if key == "18f" else key)
        (redacted,) = redaction.texts
        assert restore(redacted, redaction) == text
        addresses += len(ADDRESS.findall(text))
        numbers += len(phones_by_google(text, key))
        ours += redaction.kinds.get(PiiKind.EMAIL, 0) + redaction.kinds.get(PiiKind.PHONE, 0)
        assert ADDRESS.findall(redacted) == []
        assert phones_by_google(redacted, key) == []
    with capsys.disabled():
        print(
            f"\n{len(documents)} documents: {addresses} addresses and {numbers} phone numbers by "
            f"an independent look; none is left, {ours} placeholders"
        )
    assert addresses >= 20


def test_nothing_but_addresses_and_phones_is_seen_in_the_real_documents(documents):
    kinds = set()
    for key, text in documents:
        kinds |= set(redact([text], country=REGIONS[key], language=key).kinds)
    assert kinds <= {PiiKind.EMAIL, PiiKind.PHONE}
