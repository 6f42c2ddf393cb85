"""What a file's credentials say, checked against the file.

What does not belong here: foreign uploads in a process that serves others (`marks.py` of the domain
reads those), words on a screen (`posthub_assets/commands/media.py`).
"""

from __future__ import annotations

import io
import json
from dataclasses import replace

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.provenance import Report, State, report_of, source_type_in
from posthub_assets.domain.media.provenance.containers import media_type_of
from resources.content_credentials.library import c2pa_library, closed_settings


def read(data: bytes, known: bytes = b"") -> Report:
    """Read and check the credentials of a picture. `known` are certificates to trust, as PEM.

    Any bytes give a report. Without credentials it still has the source type that XMP says. Raises
    InvalidInput where the C2PA library does not run on this machine, or `known` is not PEM.
    """
    library = c2pa_library()
    if library is None:
        raise InvalidInput(
            "Credentials cannot be read here: the C2PA library does not run on this machine. It "
            "needs macOS, or Linux with glibc 2.28 or newer."
        )
    try:
        with (
            library.Context.from_dict(closed_settings(known)) as context,
            library.Reader(
                media_type_of(data) or None, io.BytesIO(data), context=context
            ) as reader,
        ):
            report = report_of(json.loads(reader.json()))
    except library.C2paError as error:
        report = _without_manifest(error, data)
    if report.source_type:
        return report
    return replace(report, source_type=source_type_in(data) or "")


def _without_manifest(error: Exception, data: bytes) -> Report:
    """Say why there is nothing to read. The library's errors begin with their kind."""
    words = " ".join(str(error).split())[:200]
    kind = words.partition(":")[0]
    if kind == "ManifestNotFound":
        return Report(State.NONE)
    if "remote manifest" in words:
        return Report(
            State.NONE, problems=("its credentials lie on another server; nothing was fetched",)
        )
    if kind == "NotSupported" or not media_type_of(data) or "could not be parsed" in words:
        return Report(State.UNREADABLE, problems=("this is no whole JPEG, PNG, WebP or AVIF",))
    return Report(State.ALTERED, problems=(words,))
