"""Word documents (.docx): paragraphs and headings as Markdown, with the standard library.

A .docx is a zip of XML (ECMA-376). It comes from strangers, so sizes are bounded before anything
is unpacked, and XML with a document type, where entity bombs live, is refused.
What does not belong here: pictures, comments, tracked changes that were deleted, footnotes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from posthub_assets.domain.errors import UnreadableDocument

MAX_XML_BYTES = 40_000_000
"""Unpacked; 10 MB of zip may claim far more."""
NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STYLE_NUMBER = re.compile(r"(?:heading|nadpis|berschrift|заголовок)\s*([1-6])", re.IGNORECASE)


def read_word(name: str, data: bytes) -> str:
    """Give the text of a Word document. Raises UnreadableDocument."""
    xml = _document_xml(name, data)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise UnreadableDocument(
            f"{name} holds XML entities, which Word never writes; it is not opened.", field=name
        )
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise UnreadableDocument(
            f"{name} is a broken Word document: {error}.", field=name
        ) from error
    paragraphs = (_paragraph(element) for element in root.iter(f"{NAMESPACE}p"))
    return "\n\n".join(text for text in paragraphs if text)


def _document_xml(name: str, data: bytes) -> bytes:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        with archive, archive.open("word/document.xml") as stream:
            xml = stream.read(MAX_XML_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, OSError) as error:
        raise UnreadableDocument(
            f"{name} is not a Word document that can be opened (broken, encrypted, or of the old "
            "type .doc). Save it again as .docx, without a password.",
            field=name,
        ) from error
    if len(xml) > MAX_XML_BYTES:
        raise UnreadableDocument(
            f"{name} unpacks to more than {MAX_XML_BYTES / 1e6:.0f} MB of text; that is the limit.",
            field=name,
        )
    return xml


def _paragraph(element: ElementTree.Element) -> str:
    text = "".join(_run_text(part) for part in element.iter()).strip()
    if not text:
        return ""
    properties = element.find(f"{NAMESPACE}pPr")
    if properties is None:
        return text
    style = properties.find(f"{NAMESPACE}pStyle")
    value = style.get(f"{NAMESPACE}val", "") if style is not None else ""
    heading = STYLE_NUMBER.search(value)
    if heading or value == "Title":
        return f"{'#' * int(heading.group(1) if heading else 1)} {text}"
    return f"- {text}" if properties.find(f"{NAMESPACE}numPr") is not None else text


def _run_text(part: ElementTree.Element) -> str:
    if part.tag == f"{NAMESPACE}t":
        return part.text or ""
    if part.tag == f"{NAMESPACE}tab":
        return " "
    return "\n" if part.tag in (f"{NAMESPACE}br", f"{NAMESPACE}cr") else ""
