"""Cutting a painted picture to its platform's size, and marking it as made by a model.

What does not belong here: what the picture shows, drawing (`domain/visuals`).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import InvalidAnswer

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 64_000_000
"""More than any model in use paints; a bomb would unpack to gigabytes."""
MEDIA_TYPE = "image/jpeg"
"""Of what `fit_picture` gives."""
SIDES_PX = (64, 8192)
JPEG_QUALITY = 92
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC NewsCodes, digital source type: made by a trained model (EU AI Act, article 50)."""
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    f'Iptc4xmpExt:DigitalSourceType="{_SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>'
)


def fit_picture(data: bytes, width_px: int, height_px: int) -> bytes:
    """Give a picture of exactly `width_px` by `height_px` (64 to 8192 each), in sRGB.

    Cut to the ratio around its centre, then resized by Lanczos; a JPEG, which every platform takes
    (Instagram's API takes nothing else, Graph API, November 2026). Transparent parts become white.
    Carries the IPTC digital source type; no other metadata of the painting is kept. The same bytes
    give the same bytes.
    Raises InvalidAnswer where the data is no picture or too large, ValueError for odd sizes.
    """
    for side in (width_px, height_px):
        if not SIDES_PX[0] <= side <= SIDES_PX[1]:
            raise ValueError(f"a side has {SIDES_PX[0]} to {SIDES_PX[1]} pixels, not {side}")
    from PIL import Image, ImageOps

    fitted = ImageOps.fit(
        _opened(data), (width_px, height_px), Image.Resampling.LANCZOS, centering=(0.5, 0.5)
    )
    return _encoded(fitted)


def ground_color(data: bytes) -> str:
    """Give the mean colour of a picture as `#RRGGBB`."""
    from PIL import Image

    red, green, blue = _opened(data).resize((1, 1), Image.Resampling.BOX).tobytes()
    return f"#{red:02X}{green:02X}{blue:02X}"


def _opened(data: bytes) -> Image.Image:
    """Read a picture as RGB in sRGB, upright, on white."""
    import warnings

    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
            if image.width * image.height > MAX_PIXELS:
                raise InvalidAnswer(
                    f"The painting has {image.width} by {image.height} pixels; the limit is "
                    f"{MAX_PIXELS:,} in all."
                )
            image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise InvalidAnswer("What came is no picture that can be read.") from error
    return _on_white(_in_srgb(ImageOps.exif_transpose(image)))


def _in_srgb(image: Image.Image) -> Image.Image:
    """Turn the colours of an embedded profile into sRGB; a broken profile is left aside."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(image, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return turned or image


def _on_white(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        above = image.convert("RGBA")
        ground = Image.new("RGBA", above.size, "#FFFFFF")
        return Image.alpha_composite(ground, above).convert("RGB")
    return image.convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    """Write JPEG with fixed parameters, and the IPTC digital source type as XMP."""
    buffer = BytesIO()
    image.info.clear()
    image.save(
        buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True, xmp=_XMP.encode()
    )
    return buffer.getvalue()
