"""Documents: from a file's bytes to text that the factory can quote, or a reason why not.

Text files keep their markup; PDF gives plain text, Word gives Markdown with its headings.
What does not belong here: cutting text into sections and sentences (`domain/text`), encodings
(`text_decoding.py`), the parsers of PDF and Word (`pdf_text.py`, `word_text.py`).
"""

from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from posthub_assets.domain.errors import UnreadableDocument
from resources.pdf_text import read_pdf
from resources.text_decoding import decode_text
from resources.word_text import read_word

MAX_DOCUMENT_BYTES = 10_000_000
"""10 MB: a book of 1,000 pages as text has 3 MB; more is a scan or a mistake."""
MAX_STRAY_CONTROLS = 0.001
"""Share of control characters from which a file is not text any more."""

MEDIA_TYPES: dict[str, str] = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""What can be read, by the ending of the file's name."""

_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document that was read. Spans elsewhere are offsets into `text`."""

    name: str
    """Its path below the folder, with `/`."""
    text: str
    """Line ends are `\\n`; there is no NUL and no byte order mark."""
    media_type: str
    """Of the text: text/markdown, text/html or text/plain."""
    sha256: str
    """Of the file's bytes, as 64 hexadecimal digits."""


def read_document_file(path: Path, name: str) -> DocumentText:
    """Read a file. Its size is looked at before a byte of it is read.

    Raises UnreadableDocument that names `name` and says why.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableDocument(f"{name} is not a file.", field=name)
        _refuse_size(name, status.st_size)
        with path.open("rb") as stream:
            data = stream.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise UnreadableDocument(
            f"{name} cannot be opened: {error.strerror}.", field=name
        ) from error
    return read_document(name, data)


def read_document(name: str, data: bytes) -> DocumentText:
    """Read a document from its bytes; the ending of `name` says what it is.

    Raises UnreadableDocument that names it: too large, empty, of an unknown type, broken,
    encrypted, or not text.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in MEDIA_TYPES:
        raise UnreadableDocument(
            f"{name} is of a type that cannot be read. "
            f"Readable are: {', '.join(sorted(MEDIA_TYPES))}.",
            field=name,
        )
    _refuse_size(name, len(data))
    text, media_type = _extract(name, ending, data)
    return DocumentText(name, _clean(name, text), media_type, hashlib.sha256(data).hexdigest())


def _extract(name: str, ending: str, data: bytes) -> tuple[str, str]:
    if ending == ".pdf":
        return read_pdf(name, data), "text/plain"
    if ending == ".docx":
        return read_word(name, data), "text/markdown"
    return decode_text(name, data, html=ending in (".html", ".htm")), MEDIA_TYPES[ending]


def _refuse_size(name: str, size_bytes: int) -> None:
    if size_bytes == 0:
        raise UnreadableDocument(f"{name} is empty: it has no bytes at all.", field=name)
    if size_bytes > MAX_DOCUMENT_BYTES:
        raise UnreadableDocument(
            f"{name} has {size_bytes / 1e6:,.1f} MB; the limit for a document is "
            f"{MAX_DOCUMENT_BYTES / 1e6:.0f} MB. Split it, or save it without pictures.",
            field=name,
        )


def _clean(name: str, text: str) -> str:
    """Refuse what is not text; make line ends and stray control characters harmless."""
    strays = len(_CONTROLS.findall(text))
    if "\x00" in text or strays > MAX_STRAY_CONTROLS * len(text):
        raise UnreadableDocument(
            f"{name} holds bytes that no text has; it is a program's file, not a document. "
            "Save it as text, Markdown, HTML, PDF or Word.",
            field=name,
        )
    plain = _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not plain.strip():
        raise UnreadableDocument(f"{name} is empty: it holds no words.", field=name)
    return plain
