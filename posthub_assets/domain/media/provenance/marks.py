"""What a file says of itself, read from its bytes: its source type, and whether AI made it.

For uploads too: nothing is decoded, XML is not parsed (so entities do nothing), and what is
compressed is opened only up to a limit. A mark can be missing from any file; it is believed only
where it is there. The C2PA library never reads foreign files: it is a native parser. A manifest is
CBOR, which keeps the addresses of source types as they are, so they are found all the same.
What is not seen: a manifest that is compressed, or kept on another server; XMP in UTF-16.
What does not belong here: whether a signature is right (`resources/content_credentials/`).
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator

from posthub_assets.domain.media.provenance.claims import SourceType
from posthub_assets.domain.media.provenance.containers import JPEG, PNG, media_type_of, parts_of

AI_CODES = (
    *(one.value.lower() for one in SourceType if one.is_ai),
    "compositedwithtrainedalgorithmicmedia",  # as early C2PA specifications spelled it
    "trainedalgorithmicdata",  # C2PA's own, beside IPTC's
)
"""Source types that say that a generative model had a part in the picture, in lower case."""
XMP_OF_JPEG = b"http://ns.adobe.com/xap/1.0/\x00"
MORE_XMP_OF_JPEG = b"http://ns.adobe.com/xmp/extension/\x00"
INFLATED_BYTES = 1_000_000
"""Of one compressed chunk; a packet of our own has about 1,000."""
COMPRESSED_CHUNKS = 8
_MORE_XMP_HEAD_BYTES = len(MORE_XMP_OF_JPEG) + 32 + 4 + 4
_JUMBF_HEAD_BYTES = 8
_VALUE = (
    rb"""\s{0,9}(?:=\s{0,9}["']([^"'<>]{0,300})"""  # an attribute
    rb"""|(?:\s[^<>]{0,300}?resource\s{0,9}=\s{0,9}["']([^"'<>]{0,300})["'][^<>]{0,300})"""
    rb"""|[^<>]{0,300}(?<!/)>\s{0,99}([^<>]{0,300})<)"""  # an element
)
_SOURCE_TYPE, _SYSTEM_USED = b":DigitalSourceType", b":AISystemUsed"
_SAID = re.compile(_VALUE)
_CLOSING = re.compile(rb"</[\w.-]{1,40}$")
_MOST_PLACES = 200
"""Of a property in a file; what a stranger repeats more often is not read on."""
_ADDRESS = b"digitalsourcetype/"


def source_type_in(data: bytes) -> str | None:
    """Read IPTC's digital source type from a file, or from an XMP packet alone.

    Gives the last part of the term's address, such as `trainedAlgorithmicMedia`, as it is written;
    None where none is said. At most 300 characters; anything may be in it in a foreign file.
    """
    for text in _texts(data):
        for value in _values(_SOURCE_TYPE, text):
            return re.split(r"[/:]", value)[-1]
    return None


def is_marked_as_ai(data: bytes) -> bool:
    """Tell whether a file says that a generative model made it, or a part of it.

    Seen: IPTC's source types in XMP and in C2PA manifests, also in those of earlier steps, and
    IPTC's AI System Used. JPEG, PNG and WebP; in other files where XMP is not compressed.
    """
    for text in _texts(data):
        for value in _values(_SOURCE_TYPE, text):
            if re.split(r"[/:]", value)[-1].lower() in AI_CODES:
                return True
        if any(_values(_SYSTEM_USED, text)) or _names_ai(text):
            return True
    return False


def _values(name: bytes, text: bytes) -> Iterator[str]:
    """Give what a property of XMP says, wherever it stands."""
    at = 0
    for _ in range(_MOST_PLACES):
        at = text.find(name, at)
        if at < 0:
            return
        closes = _CLOSING.search(text[max(0, at - 42) : at])
        at += len(name)
        found = None if closes else _SAID.match(text, at)
        raw = next((one for one in found.groups() if one), b"") if found else b""
        value = html.unescape(raw.decode("utf-8", "replace")).strip()
        if value:
            yield value


def _names_ai(text: bytes) -> bool:
    """Look for the address of a source type. In CBOR any byte may come after it, also a letter."""
    codes = tuple(code.encode() for code in AI_CODES)
    small = text.lower()
    at = small.find(_ADDRESS)
    while at >= 0:
        at += len(_ADDRESS)
        if small.startswith(codes, at):
            return True
        at = small.find(_ADDRESS, at)
    return False


def _texts(data: bytes) -> Iterator[bytes]:
    """Give the bytes in which something may be said: all of them, and what hides in parts."""
    yield data
    kind = media_type_of(data)
    if kind == JPEG:
        yield from _joined_segments(data)
    elif kind == PNG:
        yield from _inflated_chunks(data)


def _joined_segments(data: bytes) -> Iterator[bytes]:
    """Join what a JPEG had to split, since a segment holds 65,533 bytes: JUMBF and long XMP."""
    manifest, packet = [], []
    for part in parts_of(data):
        if part.kind == b"\xeb":
            manifest.append(data[part.body + _JUMBF_HEAD_BYTES : part.body_end])
        elif data.startswith(MORE_XMP_OF_JPEG, part.body):
            packet.append(data[part.body + _MORE_XMP_HEAD_BYTES : part.body_end])
    yield from (b"".join(pieces) for pieces in (manifest, packet) if len(pieces) > 1)


def _inflated_chunks(data: bytes) -> Iterator[bytes]:
    """Open the compressed texts of a PNG (zTXt, iTXt), the first few and each up to a limit."""
    left = COMPRESSED_CHUNKS
    for part in parts_of(data):
        if part.kind not in (b"zTXt", b"iTXt") or left == 0:
            continue
        keyword, _, rest = data[part.body : part.body_end].partition(b"\x00")
        if part.kind == b"iTXt":
            if rest[:1] != b"\x01":  # not compressed, so it was read with all of the file
                continue
            rest = rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
        elif keyword:
            rest = rest[1:]
        left -= 1
        try:
            yield zlib.decompressobj().decompress(rest, INFLATED_BYTES)
        except zlib.error:
            continue
