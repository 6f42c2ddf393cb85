"""Personal data out of texts before they are sent, and back into the answer.

Nothing here is stored: the map is made again from the same texts. No error and no repr holds a
value.
What does not belong here: finding (`finding.py`), the form of a placeholder (`placeholders.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.privacy.finding import find
from posthub_assets.domain.privacy.kinds import PiiKind
from posthub_assets.domain.privacy.placeholders import (
    LOOKALIKE,
    WORDS,
    is_plain_text,
    like,
    placeholder,
    read,
    shown,
)

POLICY = "pii-1"
"""Changes whenever the same texts would be redacted differently. It is part of a request's hash."""
_TOLD = 5


class UnrestorableAnswer(InvalidAnswer):
    """Personal data cannot be put back as it was: a placeholder is unknown, changed or missing."""

    code = "pii-not-restored"


@dataclass(frozen=True, slots=True)
class Redaction:
    """Several texts without their personal data, and what puts it back.

    `texts` are in the order given. `originals` is by placeholder, in the order of the texts; two
    spellings of one value are two. It also holds what looked like a placeholder from the start.
    `kinds` counts the distinct values of each kind that was found.
    """

    texts: tuple[str, ...]
    originals: Mapping[str, str] = field(repr=False)
    kinds: Mapping[PiiKind, int]


class _Names:
    """Gives each value one placeholder."""

    def __init__(self) -> None:
        self.originals: dict[str, str] = {}
        self.kinds: Counter[PiiKind] = Counter()
        self._by_value: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()

    def of(self, value: str, kind: PiiKind | None) -> str:
        known = self._by_value.get(value)
        if known:
            return known
        word = WORDS[kind] if kind else LOOKALIKE
        self._numbers[word] += 1
        name = placeholder(word, self._numbers[word])
        self.originals[name] = value
        self._by_value[value] = name
        if kind:
            self.kinds[kind] += 1
        return name


def redact(texts: Sequence[str], *, country: str = "", language: str = "") -> Redaction:
    """Replace personal data by placeholders; the same value gets the same one in all texts.

    `country` (ISO 3166, two letters) and `language` (BCP 47) say whose national phone numbers to
    expect; either may be empty. The same arguments always give the same result. Never fails on any
    text; takes time in proportion to its length.
    """
    names = _Names()
    redacted = []
    for text, spans in zip(texts, find(texts, country=country, language=language), strict=True):
        pieces: list[str] = []
        done = 0
        for span in spans:
            pieces += _escaped(text[done : span.start], names)
            pieces.append(names.of(text[span.start : span.end], span.kind))
            done = span.end
        pieces += _escaped(text[done:], names)
        redacted.append("".join(pieces))
    return Redaction(tuple(redacted), names.originals, dict(names.kinds))


def _escaped(text: str, names: _Names) -> Iterator[str]:
    done = 0
    for match in like(text):
        yield text[done : match.start()]
        yield names.of(match.group(), None)
        done = match.end()
    yield text[done:]


def restore(text: str, redaction: Redaction, *, required: Collection[str] = ()) -> str:
    """Put the values back into an answer of plain text or Markdown.

    Every occurrence is replaced; what is around or glued to a placeholder stays. `required` are
    placeholders that must be there; give `redaction.originals` for all. For JSON read it first and
    use `restore_values`: a value is not escaped here.

    Raises UnrestorableAnswer where a placeholder is unknown or was changed, or a required one is
    missing. What a model leaves out is otherwise no error: see `missing`.
    """
    seen: set[str] = set()
    restored = _restored(text, redaction, seen)
    _check_required(required, seen)
    return restored


def restore_values(value: Any, redaction: Redaction, *, required: Collection[str] = ()) -> Any:
    """Put the values back into all strings of a JSON-like value, keys too; gives the same shape.

    `value` is made of dict, list, tuple, str, numbers, bool and None. Raises as `restore` does, and
    where two keys of one object become the same.
    """
    seen: set[str] = set()
    restored = _restored_value(value, redaction, seen)
    _check_required(required, seen)
    return restored


def missing(text: str, redaction: Redaction) -> tuple[str, ...]:
    """Give the placeholders that are not in an answer, in their order. Never raises."""
    seen = {found[0] for match in like(text) if (found := read(text, match.start()))}
    return tuple(name for name in redaction.originals if name not in seen)


def _restored(text: str, redaction: Redaction, seen: set[str]) -> str:
    pieces: list[str] = []
    wrong: list[str] = []
    done = 0
    for match in like(text):
        start, end = match.span()
        found = read(text, start)
        if found and found[0] in redaction.originals:
            seen.add(found[0])
            pieces += (text[done:start], redaction.originals[found[0]])
            done = end
        elif not is_plain_text(text, start):
            wrong.append(shown(text, start))
    if wrong:
        raise UnrestorableAnswer(
            f"The answer changed or made up placeholders: {_listed(wrong)}. "
            "Copy each placeholder exactly as it is in the question, or leave it out."
        )
    pieces.append(text[done:])
    return "".join(pieces)


def _restored_value(value: Any, redaction: Redaction, seen: set[str]) -> Any:
    if isinstance(value, str):
        return _restored(value, redaction, seen)
    if isinstance(value, Mapping):
        items = {
            _restored_value(key, redaction, seen): _restored_value(one, redaction, seen)
            for key, one in value.items()
        }
        if len(items) < len(value):
            raise UnrestorableAnswer("Two names of one object in the answer are the same value.")
        return items
    if isinstance(value, list | tuple):
        return type(value)([_restored_value(one, redaction, seen) for one in value])
    return value


def _check_required(required: Collection[str], seen: set[str]) -> None:
    lost = [name for name in required if name not in seen]
    if lost:
        raise UnrestorableAnswer(
            f"The answer leaves out placeholders: {_listed(lost)}. "
            "Keep every placeholder of the question, exactly as it is."
        )


def _listed(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    more = len(distinct) - _TOLD
    told = ", ".join(distinct[:_TOLD])
    return f"{told} and {more} more" if more > 0 else told
