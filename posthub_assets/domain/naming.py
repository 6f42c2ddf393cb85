"""Names for machines, made from names for people.

What does not belong here: whether a name is free (the database knows).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

MAX_SLUG_CHARS = 40
NAMELESS = "company"


def slug_of(name: str, website: str = "") -> str:
    """Give a slug, `^[a-z0-9-]{1,40}$`, from a company's name.

    Letters lose their accents. A name in another script gives nothing to go by; then the website's
    domain does, and at the last the word `company`.
    """
    host = (urlsplit(website).hostname or "").removeprefix("www.").rpartition(".")[0]
    for text in (name, host):
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG_CHARS].strip("-")
        if len(slug) > 1:
            return slug
    return NAMELESS
