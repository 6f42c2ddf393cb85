"""What files say of themselves is found in every form, and hostile files cost little."""

from __future__ import annotations

import io
import time
import zlib
from datetime import UTC, datetime

import pytest
from lxml import etree
from PIL import Image, PngImagePlugin

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.provenance import (
    MadeBy,
    SourceType,
    is_marked_as_ai,
    source_type_in,
    with_xmp,
    xmp_packet,
)

NOW = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
BY_MODEL = MadeBy(SourceType.TRAINED, NOW, "a-model-2", software_version="0.1.0")
TERM = "http://cv.iptc.org/newscodes/digitalsourcetype/"
NAMES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "core": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
KINDS = ["JPEG", "PNG", "WEBP", "WEBP lossless", "WEBP alpha", "WEBP lossless alpha", "JPEG exif"]


def picture(kind: str, size: tuple[int, int] = (37, 23), **save: object) -> bytes:
    """Encode a small picture."""
    mode = "RGBA" if "alpha" in kind else "RGB"
    image = Image.effect_noise(size, 60).convert(mode)
    if "alpha" in kind:
        image.putalpha(Image.linear_gradient("L").resize(size))
    if "exif" in kind:
        exif = Image.Exif()
        exif[0x010E] = "a description"
        save["exif"] = exif
    out = io.BytesIO()
    image.save(out, kind.split(maxsplit=1)[0], lossless="lossless" in kind, **save)
    return out.getvalue()


def parsed(packet: bytes) -> etree._Element:
    return etree.fromstring(packet, etree.XMLParser(resolve_entities=False))


def described(packet: bytes) -> etree._Element:
    found = parsed(packet).find(".//rdf:Description", NAMES)
    assert found is not None
    return found


def test_the_packet_is_xml_whatever_is_written_into_it():
    alt = 'Two <b>singers</b> & a "band" \x00\x1b\ud800 بعد از ظهر ]]> \ufffe'
    packet = xmp_packet(BY_MODEL, alt_text=alt, language="fa", credit="A & B")
    found = described(packet)
    assert found.get(f"{{{NAMES['ext']}}}DigitalSourceType") == TERM + "trainedAlgorithmicMedia"
    assert found.get(f"{{{NAMES['ext']}}}AISystemUsed") == "a-model-2"
    assert found.get(f"{{{NAMES['xmp']}}}CreatorTool") == "PostHub 0.1.0"
    assert found.get("{http://ns.adobe.com/photoshop/1.0/}Credit") == "A & B"
    for name in ("core:AltTextAccessibility", "dc:description"):
        said = found.findall(f"{name}/rdf:Alt/rdf:li", NAMES)
        assert [one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in said] == [
            "x-default",
            "fa",
        ]
        assert said[0].text == 'Two <b>singers</b> & a "band"  بعد از ظهر ]]>'


def test_a_packet_says_nothing_where_nothing_is_claimed():
    found = described(xmp_packet(MadeBy(None, NOW)))
    assert found.get(f"{{{NAMES['ext']}}}DigitalSourceType") is None
    assert len(found) == 0


def test_our_own_drawings_use_no_ai_system():
    assert b"AISystemUsed" not in xmp_packet(
        MadeBy(SourceType.ALGORITHMIC, NOW, "local-pictures-1")
    )


@pytest.mark.parametrize(
    ("alt", "language", "says"), [("x" * 4001, "en", "4001"), ("x", 'en" x="', "no language")]
)
def test_what_no_packet_takes_is_refused(alt, language, says):
    with pytest.raises(InvalidInput, match=says):
        xmp_packet(BY_MODEL, alt_text=alt, language=language)


@pytest.mark.parametrize("kind", KINDS)
def test_a_packet_goes_into_a_picture_and_no_pixel_changes(kind):
    plain = picture(kind)
    packet = xmp_packet(BY_MODEL, alt_text="A stage")
    marked = with_xmp(plain, packet)
    before, after = Image.open(io.BytesIO(plain)), Image.open(io.BytesIO(marked))
    assert after.info["xmp"] == packet
    assert (after.size, after.mode) == (before.size, before.mode)
    assert after.tobytes() == before.tobytes()
    assert dict(after.getexif()) == dict(before.getexif())
    assert source_type_in(marked) == "trainedAlgorithmicMedia"


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_packet_takes_the_place_of_the_first(kind):
    first, second = xmp_packet(BY_MODEL), xmp_packet(MadeBy(SourceType.COMPOSITE, NOW))
    plain = picture(kind)
    marked = with_xmp(with_xmp(plain, first), second)
    assert marked == with_xmp(plain, second)
    assert source_type_in(marked) == "composite"
    assert not is_marked_as_ai(marked)


def test_a_packet_that_an_encoder_wrote_is_replaced_too():
    marked = with_xmp(picture("PNG", pnginfo=png_text(xmp_packet(BY_MODEL))), b"<new/>")
    assert Image.open(io.BytesIO(marked)).info["xmp"] == b"<new/>"
    assert marked.count(b"XML:com.adobe.xmp") == 1


def test_odd_sizes_of_webp_are_kept():
    for size in ((1, 1), (16383, 1), (2, 3)):
        marked = with_xmp(picture("WEBP lossless", size), b"<odd/>")
        assert Image.open(io.BytesIO(marked)).size == size
        assert len(marked) % 2 == 0


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"])
def test_nothing_is_written_into_what_is_no_picture_of_ours(data):
    with pytest.raises(InvalidInput, match="no whole JPEG"):
        with_xmp(data, b"<x/>")


def test_an_avif_keeps_the_packet_of_its_encoder():
    data = picture("AVIF", xmp=xmp_packet(BY_MODEL))
    assert with_xmp(data, b"<other/>") == data
    assert source_type_in(data) == "trainedAlgorithmicMedia"
    assert is_marked_as_ai(data)


def test_a_packet_too_long_for_a_jpeg_is_refused():
    with pytest.raises(InvalidInput, match="a JPEG takes"):
        with_xmp(picture("JPEG"), b"x" * 65_600)


def png_text(packet: bytes, *, compress: bool = False) -> PngImagePlugin.PngInfo:
    told = PngImagePlugin.PngInfo()
    told.add_itxt("XML:com.adobe.xmp", packet.decode(), zip=compress)
    return told


FORMS = {
    "attribute": f'<r e:DigitalSourceType="{TERM}trainedAlgorithmicMedia"/>',
    "single quotes": f"<r e:DigitalSourceType = '{TERM}trainedAlgorithmicMedia'/>",
    "element": f"<e:DigitalSourceType>\n {TERM}trainedAlgorithmicMedia </e:DigitalSourceType>",
    "resource": f'<e:DigitalSourceType rdf:resource="{TERM}trainedAlgorithmicMedia"/>',
    "https": '<r e:DigitalSourceType="https://cv.iptc.org/newscodes/digitalsourcetype/'
    'trainedAlgorithmicMedia"/>',
    "code": '<r e:DigitalSourceType="digsrctype:trainedAlgorithmicMedia"/>',
    "bare": '<r e:DigitalSourceType="trainedAlgorithmicMedia"/>',
    "entities": '<r e:DigitalSourceType="http:&#x2F;&#x2F;x&#x2F;trainedAlgorithmicMedia"/>',
}


@pytest.mark.parametrize("form", FORMS)
def test_a_source_type_is_read_however_it_is_written(form):
    assert source_type_in(FORMS[form].encode()) == "trainedAlgorithmicMedia"
    assert is_marked_as_ai(with_xmp(picture("JPEG"), FORMS[form].encode()))


@pytest.mark.parametrize(
    ("packet", "is_marked"),
    [
        (f'<r e:DigitalSourceType="{TERM}compositeSynthetic"/>', True),
        (f'<r e:DigitalSourceType="{TERM}compositeWithTrainedAlgorithmicMedia"/>', True),
        (f'<r e:DigitalSourceType="{TERM}compositedWithTrainedAlgorithmicMedia"/>', True),
        (f'<r e:DigitalSourceType="{TERM}digitalCapture"/>', False),
        (f'<r e:DigitalSourceType="{TERM}algorithmicMedia"/>', False),
        (f'<r e:DigitalSourceType="{TERM}composite"/>', False),
        ('<r e:DigitalSourceType=""/>', False),
        ("<r e:AISystemUsed='A Model'/>", True),
        ("<e:AISystemUsed>A Model</e:AISystemUsed>", True),
        ("<e:AISystemUsed></e:AISystemUsed> and <b>more</b>", False),
        ("<e:AISystemUsed/> and <b>more</b>", False),
        ("<p>trainedAlgorithmicMedia is a term of IPTC</p>", False),
    ],
)
def test_only_generative_models_are_a_mark(packet, is_marked):
    assert is_marked_as_ai(with_xmp(picture("PNG"), packet.encode())) is is_marked


def test_a_photo_without_a_word_is_not_marked():
    for kind in KINDS:
        assert not is_marked_as_ai(picture(kind, (300, 200)))
        assert source_type_in(picture(kind)) is None


def test_a_compressed_packet_of_a_png_is_read():
    data = picture("PNG", pnginfo=png_text(xmp_packet(BY_MODEL), compress=True))
    assert b"trainedAlgorithmicMedia" not in data
    assert is_marked_as_ai(data)
    assert source_type_in(data) == "trainedAlgorithmicMedia"


def test_a_manifest_is_found_also_where_a_jpeg_splits_it_and_a_letter_follows():
    """A JPEG splits JUMBF into segments; in CBOR the byte after a text can be a letter."""
    manifest = b"q" + b"digitalSourceTypexF" + TERM.encode() + b"trainedAlgorithmicMediakwhen"
    cut = manifest.index(b"Algo")
    plain = picture("JPEG")
    segments = b"".join(
        b"\xff\xeb" + (10 + len(piece)).to_bytes(2, "big") + b"JP\0\1\0\0\0\1" + piece
        for piece in (manifest[:cut], manifest[cut:])
    )
    assert is_marked_as_ai(plain[:2] + segments + plain[2:])
    assert is_marked_as_ai(picture("WEBP") + manifest)


@pytest.mark.parametrize(
    "filling",
    [
        b":DigitalSourceType ",
        b":DigitalSourceType a resource",
        b"<e:DigitalSourceType>",
        b"digitalsourcetype/",
        b"\xff\xeb\x00\x02",
        b"<!DOCTYPE a [<!ENTITY b '&b;&b;'>]>",
    ],
)
def test_a_hostile_file_costs_little(filling):
    data = b"\xff\xd8" + filling * (4_000_000 // len(filling))
    began = time.process_time()
    assert not is_marked_as_ai(data)
    assert time.process_time() - began < 2


def test_a_bomb_in_a_compressed_chunk_is_opened_only_a_little():
    body = b"Comment\x00\x00" + zlib.compress(b"\x00" * 50_000_000, 1)
    chunk = len(body).to_bytes(4, "big") + b"zTXt" + body + b"\x00\x00\x00\x00"
    began = time.process_time()
    assert not is_marked_as_ai(b"\x89PNG\r\n\x1a\n" + chunk * 20)
    assert time.process_time() - began < 1


def test_bytes_of_any_kind_are_no_mark_and_no_error():
    whole = {kind: with_xmp(picture(kind), xmp_packet(BY_MODEL)) for kind in KINDS}
    for data in whole.values():
        for length in range(0, len(data), 61):
            is_marked_as_ai(data[:length])
            source_type_in(data[:length])
    assert not is_marked_as_ai(b"\x89PNG\r\n\x1a\n" + b"\xff" * 100)
