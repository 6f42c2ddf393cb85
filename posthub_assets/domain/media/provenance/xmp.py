"""The claims as an XMP packet, which every picture program reads.

Properties: IPTC Photo Metadata Standard 2025.1 (Iptc4xmpExt:DigitalSourceType, AISystemUsed;
Iptc4xmpCore:AltTextAccessibility), Dublin Core (dc:description), XMP (xmp:CreatorTool, CreateDate).
What does not belong here: reading packets (`marks.py`).
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.provenance.claims import MadeBy, instant

LONGEST_ALT_CHARS = 4000
"""Keeps a packet far below the 65,502 bytes that one JPEG segment holds."""
_NAMESPACES = {
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0, section 2.2, has no character for."""
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")


def xmp_packet(
    made_by: MadeBy, *, alt_text: str = "", language: str = "x-default", credit: str = ""
) -> bytes:
    """Write the packet, UTF-8. Encoders take it as it is (Pillow: `save(xmp=...)`).

    `alt_text` has at most 4,000 characters, in `language` (BCP 47); `credit` is the line that goes
    beside the picture in print. Raises InvalidInput.
    """
    if len(alt_text) > LONGEST_ALT_CHARS:
        raise InvalidInput(
            f"The alt text has {len(alt_text)} characters; a picture takes {LONGEST_ALT_CHARS}.",
            field="alt_text",
        )
    if not _LANGUAGE.fullmatch(language):
        raise InvalidInput(
            f"{language[:40]!r} is no language such as en or pt-BR.", field="language"
        )
    named = "".join(
        f" {name}={quoteattr(_clean(value))}"
        for name, value in _attributes(made_by, credit).items()
        if value
    )
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{spaces}{named}>{_alt(alt_text, language)}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    return packet.encode("utf-8")


def _attributes(made_by: MadeBy, credit: str) -> dict[str, str]:
    source = made_by.source_type
    return {
        "Iptc4xmpExt:DigitalSourceType": source.uri if source else "",
        "Iptc4xmpExt:AISystemUsed": made_by.model if source and source.is_ai else "",
        "photoshop:Credit": credit,
        "xmp:CreatorTool": " ".join(made_by.software.values()),
        "xmp:CreateDate": instant(made_by.made_at),
    }


def _alt(text: str, language: str) -> str:
    """Give the alt text twice: programs for people without sight read the first, others the second.

    A language alternative begins with `x-default` (XMP, part 1, 8.2.2.4).
    """
    words = escape(_clean(text).strip())
    if not words:
        return ""
    languages = dict.fromkeys(("x-default", language))
    items = "".join(f'<rdf:li xml:lang="{one}">{words}</rdf:li>' for one in languages)
    return "".join(
        f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>"
        for name in ("Iptc4xmpCore:AltTextAccessibility", "dc:description")
    )


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
