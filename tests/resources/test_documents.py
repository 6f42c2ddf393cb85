"""Documents: what can be read, and what is refused by name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from posthub_assets.domain.errors import UnreadableDocument
from resources.documents import MAX_DOCUMENT_BYTES, read_document, read_document_file

CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Dílna je otevřena každý den „od rána“."
UKRAINIAN = "Наша майстерня ремонтує велосипеди щодня, також у неділю. Їжте ґрунтовно."
PERSIAN = "کارگاه ما هر روز باز است و دوچرخه‌ها را تعمير مي‌کند"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, prologue: str = "") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        xml = f'{prologue}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", xml)
    return data.getvalue()


def pdf(text: str) -> bytes:
    """A one-page PDF, built by hand with correct offsets."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CZECH, "utf-8"),
        (CZECH, "utf-8-sig"),
        (CZECH, "utf-16"),
        (CZECH, "utf-16-le"),
        (UKRAINIAN, "utf-16-be"),
        (PERSIAN, "utf-32"),
        (CZECH, "cp1250"),
        (UKRAINIAN, "cp1251"),
        (PERSIAN.replace("ی", "ي"), "cp1256"),
        ("Le café est déjà prêt à côté, naïf « garçon »", "cp1252"),
    ],
)
def test_text_in_a_known_encoding_is_read(text: str, encoding: str) -> None:
    found = read_document("notes.txt", text.encode(encoding))
    assert found.text == text
    assert found.media_type == "text/plain"


def test_a_page_that_declares_its_encoding_is_read_so() -> None:
    page = f"<html><meta charset='windows-1251'><p>{UKRAINIAN}</p>"
    found = read_document("page.HTM", page.encode("cp1251"))
    assert UKRAINIAN in found.text
    assert found.media_type == "text/html"


def test_line_ends_become_newlines_and_the_hash_is_of_the_bytes() -> None:
    found = read_document("a/b.md", b"# One\r\ntwo\rthree\n")
    assert found.text == "# One\ntwo\nthree\n"
    assert found.sha256.startswith("1") or len(found.sha256) == 64
    assert found.name == "a/b.md"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.md", b"", "a.md is empty"),
        ("a.md", b" \n\t\n", "holds no words"),
        ("a.md", b"text\x00text", "no text has"),
        ("a.txt", bytes(range(256)) * 50, "encoding"),
        ("a.txt", b"\x7fELF\x01\x01\x01" + bytes(range(1, 32)) * 9, "no text has"),
        ("a.exe", b"MZ", "of a type that cannot be read"),
        ("noending", b"text", "of a type that cannot be read"),
        ("a.txt", "Текст на старій сторінці".encode("koi8-u"), "encoding"),
        ("a.docx", b"PK\x03\x04 broken", "not a Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old .doc", "not a Word document"),
        ("a.pdf", b"not a pdf at all", "broken PDF"),
        ("a.md", b"x" * (MAX_DOCUMENT_BYTES + 1), "limit for a document is 10 MB"),
    ],
)
def test_what_is_not_a_readable_document_is_refused_by_name(
    name: str, data: bytes, says: str
) -> None:
    with pytest.raises(UnreadableDocument, match=name) as refused:
        read_document(name, data)
    assert says in str(refused.value)


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.md"
    with huge.open("wb") as stream:
        stream.truncate(200_000_000_000)  # sparse: reading it would take minutes

    with pytest.raises(UnreadableDocument, match=r"huge\.md has 200,000\.0 MB"):
        read_document_file(huge, "huge.md")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"a\.md cannot be opened"):
        read_document_file(tmp_path / "a.md", "a.md")
    with pytest.raises(UnreadableDocument, match="is not a file"):
        read_document_file(tmp_path, "folder.md")


def test_a_word_document_gives_its_headings_lists_and_paragraphs() -> None:
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>Repairs</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>One </w:t></w:r><w:r><w:t>line.</w:t><w:br/><w:t>Two.</w:t></w:r></w:p>"
        "<w:p/><w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>item</w:t></w:r></w:p>"
    )
    found = read_document("a.docx", docx(body))
    assert found.text == "## Repairs\n\nOne line.\nTwo.\n\n- item"


def test_a_word_document_with_entities_is_not_opened() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa">]>'
    with pytest.raises(UnreadableDocument, match="entities"):
        read_document("a.docx", docx("<w:p/>", bomb))


def test_a_word_document_that_unpacks_to_far_too_much_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="unpacks to more than 40 MB"):
        read_document("a.docx", docx(" " * 41_000_000))


def test_a_pdf_gives_its_text() -> None:
    found = read_document("a.pdf", pdf("Bicycles are mended here."))
    assert found.text.strip() == "Bicycles are mended here."
    assert found.media_type == "text/plain"


def test_a_pdf_without_text_says_that_it_is_scanned() -> None:
    with pytest.raises(UnreadableDocument, match=r"a\.pdf holds no text"):
        read_document("a.pdf", pdf(""))
