"""Fingerprints: how near two texts are, from a few hundred bytes each.

A fingerprint is a MinHash sketch (A. Broder, "On the resemblance and containment of documents",
1997) of the text's shingles, reduced to 16 bits a place (Li and Koenig, "b-bit minwise hashing",
2010). Comparing two costs microseconds, so an item is held against everything a company ever had.

Layout, little-endian, 488 bytes, stored as it is in `content_version.fingerprint BYTEA`:
byte 0 the version, byte 1 the scheme, bytes 2-3 zero, bytes 4-7 the number of shingles, then 240
places of 16 bits. A text without words is 8 bytes.
What does not belong here: what is too near (`duplicates.py`), storage.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.text.front_matter import split_front_matter
from posthub_assets.domain.text.similarity import text_shingles
from posthub_assets.domain.text.words import normalise, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
PLACES = 240
"""The estimate's standard error is sqrt(s(1-s)/240): 0.03 at a likeness of 0.4."""

FINGERPRINT_BYTES = 8 + 2 * PLACES

_PLACES_AT_ONCE = 16
"""More would not stay in the processor's cache, fewer would be more calls than arithmetic."""

_WORDS, _LETTERS = 1, 2
_WORD_SHINGLE = 3
_LETTER_SHINGLE = 12
_LETTER_LANGUAGES = frozenset({"fa", "ar", "ku", "ps", "ur"})
"""Where a word may be written with a space, a ZWNJ or neither, runs of letters are compared."""

_TEMPLATING = r"\{\{.*?\}\}|\{%.*?%\}"
_HTML = r"<!--.*?-->|</?[a-zA-Z][^<>]*>"
_LINK_TARGET = r"(?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
_NO_WORDS = re.compile("|".join((_TEMPLATING, _HTML, _LINK_TARGET)), re.DOTALL)
_HEADER = struct.Struct("<BBHI")


@lru_cache(maxsize=512)
def fingerprint(text: str, language: str) -> bytes:
    """Give the fingerprint of plain text or Markdown, at most 488 bytes.

    A page as it lies in a site's repository may be given as it is: front matter, templating, HTML
    and the targets of links do not count. `language` is a BCP 47 tag. The same text gives the same
    bytes on every machine. Texts of different schemes (Persian and English) are never alike.
    The last texts are remembered: a new text is held against its month, judged and then stored.
    """
    import numpy as np

    scheme, hashes = _shingle_hashes(text, language)
    header = _HEADER.pack(VERSION, scheme, 0, min(hashes.size, 0xFFFFFFFF))
    if not hashes.size:
        return header
    mixed = _mix(hashes.astype(np.uint64))
    multipliers, additions = _permutations()
    places = np.empty(PLACES, dtype=np.uint64)
    for first in range(0, PLACES, _PLACES_AT_ONCE):
        some = slice(first, first + _PLACES_AT_ONCE)
        rows = mixed * multipliers[some, None] + additions[some, None]
        rows.min(axis=1, out=places[some])
    # The top bits of a minimum are nearly all zero; the ones below them tell minima apart.
    return header + ((places >> np.uint64(24)) & np.uint64(0xFFFF)).astype("<u2").tobytes()


def similar(a: bytes, b: bytes) -> float:
    """Estimate the share of common shingles (Jaccard), 0 to 1, from two fingerprints.

    Raises InvalidInput where one was made by another version of this module.
    """
    return float(similarities(a, (b,))[0])


def similarities(one: bytes, others: Sequence[bytes]) -> NDArray[np.float64]:
    """Estimate the likeness of one fingerprint to each of many: shape (len(others),), 0 to 1.

    Empty bytes and fingerprints of texts without words give 0.
    Raises InvalidInput where one was made by another version of this module.
    """
    import numpy as np

    result = np.zeros(len(others))
    scheme = _scheme(one)
    places = [index for index, other in enumerate(others) if scheme and _scheme(other) == scheme]
    if places:
        rows = np.frombuffer(b"".join(others[i] for i in places), dtype="<u2")
        rows = rows.reshape(len(places), FINGERPRINT_BYTES // 2)
        mine = np.frombuffer(one, dtype="<u2")
        result[places] = (rows[:, 4:] == mine[4:]).mean(axis=1)
    return result


def exact_similarity(a: str, b: str, language: str) -> float:
    """Give the true Jaccard likeness of two texts, 0 to 1, by the shingles of the fingerprint."""
    import numpy as np

    left, right = _shingle_hashes(a, language)[1], _shingle_hashes(b, language)[1]
    shared = np.intersect1d(left, right, assume_unique=True).size
    union = left.size + right.size - shared
    return shared / union if union else 0.0


def _scheme(value: bytes) -> int:
    """Give the scheme; 0 for what has no words. Raises InvalidInput for a foreign version."""
    if len(value) <= _HEADER.size:
        return 0
    if value[0] != VERSION or len(value) != FINGERPRINT_BYTES:
        raise InvalidInput(
            f"A fingerprint of version {value[0]} and {len(value)} bytes cannot be compared; this "
            f"program makes version {VERSION}. Make the fingerprints of old items again.",
            field="fingerprint",
        )
    return value[1]


def _shingle_hashes(text: str, language: str) -> tuple[int, NDArray[np.uint32]]:
    """Give the scheme and the distinct shingles as 32-bit hashes (CRC-32: the same everywhere)."""
    import numpy as np

    text = _NO_WORDS.sub("", text[split_front_matter(text)[1] :])
    if language.partition("-")[0].casefold() in _LETTER_LANGUAGES:
        letters = "".join(words(normalise(text, language))).encode("utf-32-le")
        width = 4 * min(_LETTER_SHINGLE, max(1, len(letters) // 4))
        starts = range(0, len(letters) - width + 1 if letters else 0, 4)
        found = {zlib.crc32(letters[at : at + width]) for at in starts}
        scheme = _LETTERS
    else:
        runs = text_shingles(text, language, _WORD_SHINGLE)
        found = {zlib.crc32(" ".join(run).encode()) for run in runs}
        scheme = _WORDS
    return scheme, np.fromiter(found, dtype=np.uint32, count=len(found))


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread 32-bit values over 64 bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Give 240 odd multipliers and additions, fixed for ever by the version."""
    import numpy as np

    counter = np.arange(1, 2 * PLACES + 1, dtype=np.uint64)
    stream = _mix(counter * np.uint64(0x9E3779B97F4A7C15))
    return stream[:PLACES] | np.uint64(1), stream[PLACES:]
