"""Pictures get their mark and their credentials: when they are created, and when they are derived.

Encoding a picture anew drops both, so every output is marked and signed anew, with the picture it
was made from as its parent. That is how credentials survive a format, an overlay, a conversion.
Signing makes other bytes each time (a random signature, an identifier): what is stored by its hash
is signed once and kept, and is not found again by making it again.
What does not belong here: reading (`reading.py`), certificates (`keys.py`).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from posthub_assets.domain.errors import InvalidInput, StorageError
from posthub_assets.domain.media.provenance import (
    Action,
    MadeBy,
    SourceType,
    State,
    created_manifest,
    derived_manifest,
    with_xmp,
    xmp_packet,
)
from posthub_assets.domain.media.provenance.containers import media_type_of
from posthub_assets.domain.media.provenance.manifests import (
    component_ingredient,
    parent_ingredient,
)
from resources.content_credentials.keys import SigningKey, signing_key
from resources.content_credentials.library import c2pa_library, closed_settings
from resources.content_credentials.reading import read
from resources.settings import Settings

_ONE_PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg=="
)
Picture = tuple[bytes, str]
"""Bytes and media type."""
Ingredients = Sequence[tuple[dict[str, Any], Picture]]


@dataclass(frozen=True, slots=True)
class ContentCredentials:
    """Signs with one key. Values only, so threads and processes may share it.

    Pictures are those that PostHub encoded itself: the library parses them in this process. JPEG,
    PNG, WebP and AVIF. An AVIF gets its XMP from its encoder (`xmp_packet`); the rest get it here.
    Where the C2PA library does not run, pictures are marked by XMP and not signed.
    """

    key: SigningKey

    def for_created(
        self,
        data: bytes,
        media_type: str,
        made_by: MadeBy,
        *,
        alt_text: str = "",
        language: str = "x-default",
        components: Sequence[Picture] = (),
    ) -> bytes:
        """Mark and sign a picture that was made from nothing, or of `components`.

        Raises InvalidInput where the bytes are no such picture, `made_by` has no source type or a
        component was altered after it was signed, and StorageError where the certificate does not
        sign.
        """
        made_by = _by_this_version(made_by)
        marked = with_xmp(data, xmp_packet(made_by, alt_text=alt_text, language=language))
        manifest = created_manifest(made_by, components=len(components))
        return self._signed(marked, media_type, manifest, _placed(components))

    def for_derived(
        self,
        source: bytes,
        output: bytes,
        media_type: str,
        action: Action,
        made_by: MadeBy,
        *,
        alt_text: str = "",
        language: str = "x-default",
        components: Sequence[Picture] = (),
        done_at: datetime | None = None,
    ) -> bytes:
        """Mark and sign `output`, of `media_type`, which `action` made from `source`.

        `made_by` is of the output as a whole: that of the source, with another source type where
        something was added (`composed_with_ours`). A source without credentials becomes a parent
        without a history. Raises InvalidInput where the source was altered after it was signed (its
        history would be a false one), and as `for_created` does.
        """
        made_by = _by_this_version(made_by)
        marked = with_xmp(output, xmp_packet(made_by, alt_text=alt_text, language=language))
        done_at = done_at or datetime.now(UTC)
        manifest = derived_manifest(made_by, action, done_at, components=len(components))
        parent = (parent_ingredient(), (source, media_type_of(source) or media_type))
        return self._signed(marked, media_type, manifest, [parent, *_placed(components)])

    def _signed(
        self, data: bytes, media_type: str, manifest: dict[str, Any], ingredients: Ingredients
    ) -> bytes:
        if c2pa_library() is None:
            return data
        if any(read(picture).state is State.ALTERED for _, (picture, _) in ingredients):
            raise InvalidInput(
                "The picture that this one was made from was altered after it was signed, so its "
                "history cannot be carried on. Take it from the library again, or upload it anew."
            )
        return sign(self.key, data, media_type, manifest, ingredients)


def content_credentials(settings: Settings) -> ContentCredentials:
    """Give what signs by these settings. Makes the house's certificate at first need.

    Raises InvalidInput, naming the variable, and StorageError.
    """
    return ContentCredentials(signing_key(settings))


def sign(
    key: SigningKey,
    data: bytes,
    media_type: str,
    manifest: dict[str, Any],
    ingredients: Ingredients = (),
) -> bytes:
    """Sign bytes with a manifest, in place of one that they may carry; checked after it.

    Costs about 4 ms and 4 kB for a JPEG of 1200 x 1800 pixels. Raises InvalidInput where the
    library does not take the picture, StorageError where it does not take the certificate or does
    not run here.
    """
    library = c2pa_library()
    if library is None:
        raise StorageError("Nothing can be signed: the C2PA library does not run on this machine.")
    signed = io.BytesIO()
    try:
        info = library.C2paSignerInfo(key.algorithm, key.chain, key.private, None)
        with (
            library.Signer.from_info(info) as signer,
            library.Context.from_dict(closed_settings()) as context,
            library.Builder(manifest, context) as builder,
        ):
            for described, (picture, picture_type) in ingredients:
                builder.add_ingredient(described, picture_type, io.BytesIO(picture))
            builder.sign(signer, media_type, io.BytesIO(data), signed)
    except library.C2paError as error:
        if "signingCredential" in str(error) or "certificate" in str(error).lower():
            raise StorageError(
                f"The certificate {key.name} cannot sign pictures: {_first_line(error)}. "
                "docs/media-provenance.md says what C2PA asks of one."
            ) from error
        raise InvalidInput(
            f"The picture cannot be signed as {media_type}: {_first_line(error)}."
        ) from error
    return signed.getvalue()


def try_out(key: SigningKey) -> None:
    """Sign a picture of one pixel. Raises StorageError that says what is wrong."""
    made_by = MadeBy(SourceType.ALGORITHMIC, datetime.now(UTC))
    sign(key, base64.b64decode(_ONE_PIXEL), "image/png", created_manifest(made_by))


def _placed(components: Sequence[Picture]) -> list[tuple[dict[str, Any], Picture]]:
    return [(component_ingredient(n), one) for n, one in enumerate(components, start=1)]


def _by_this_version(made_by: MadeBy) -> MadeBy:
    return (
        made_by
        if made_by.software_version
        else replace(made_by, software_version=version("posthub"))
    )


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
