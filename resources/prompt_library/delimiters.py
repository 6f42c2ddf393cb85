"""Text of others, between delimiters that it cannot close.

Documents, web pages and answers of other models go into prompts. A model should take them as
material. Each is put between a `<source>` line and a closing line that carries a key, and
whatever in the text looks like such a line is broken. The key comes from the text itself: the same
text gives the same prompt, so the journal finds the answer again. It is letters only, which no
rule of redaction takes for a number, and it says nothing about what redaction takes out.

    <source name="brochure.pdf" id="khpdkamjbncelogia">
    We mend bells.
    </source khpdkamjbncelogia>

What does not belong here: which text is of others; the templates say so with `| data("name")`.
"""

from __future__ import annotations

import hashlib
import re

from posthub_assets.domain.errors import InvalidInput

MAX_DATA_CHARS = 1_000_000
"""More than the longest context of the models we know; a longer text is a mistake."""
MAX_LABEL_CHARS = 80
KEY_LETTERS = 16
_AS_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")

# A vendor could try all telephone numbers against a hash of one. All that is redacted is an e-mail
# address or has its digits.
_PRIVATE = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w.-]++|\d++")

# What a reader could take for "<": itself, its full-width, small and quotation-mark forms.
_ANGLES = "<\uff1c\ufe64\u2039\u3008\u2329\u27e8"
# What a reader does not see: spaces of all kinds, marks of direction, joiners, soft hyphens.
_UNSEEN = r"[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*"
_SLASHES = "/\u2044\u2215\uff0f"
_WORD = _UNSEEN.join("source")
_LOOKALIKE = re.compile(rf"[{_ANGLES}]({_UNSEEN}[{_SLASHES}]?{_UNSEEN}{_WORD})", re.IGNORECASE)
_NOT_IN_A_LABEL = re.compile(r"[^\w .,()+@/-]")


def enclosed(text: str, label: str, limit: int | None = None) -> str:
    """Put `text` between delimiters that it cannot close, under the name `label`.

    `limit` is the most characters of the text that are shown; what is cut is said in its last
    line. Raises InvalidInput where there is no text, or more than a million characters.
    """
    if not isinstance(text, str):
        raise InvalidInput(f"`data` encloses text; it was given {type(text).__name__}.")
    if len(text) > MAX_DATA_CHARS:
        raise InvalidInput(
            f"A text of {len(text)} characters is too long for a prompt; the limit is "
            f"{MAX_DATA_CHARS}."
        )
    key = key_of(text, label)
    shown = _LOOKALIKE.sub(r"&lt;\1", _cut(text, limit))
    name = _NOT_IN_A_LABEL.sub(" ", str(label)[:MAX_LABEL_CHARS]).strip()
    return f'<source name="{name}" id="{key}">\n{shown}\n</source {key}>'


def key_of(text: str, label: str) -> str:
    """Give the key of a text: `k` and 64 bits of a SHA-256, which the text cannot foresee.

    Digits and e-mail addresses are left out of the hash, since they are left out of the prompt.
    """
    hashed = _PRIVATE.sub("", f"{label}\x00{text}").encode("utf-8", "surrogatepass")
    digits = hashlib.sha256(hashed).hexdigest()[:KEY_LETTERS]
    return f"k{digits.translate(_AS_LETTERS)}"


def _cut(text: str, limit: int | None) -> str:
    if limit is None or len(text) <= limit:
        return text
    return f"{text[: max(0, limit)]}\n[cut: {max(0, limit)} of {len(text)} characters are shown]"
