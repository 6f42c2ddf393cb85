"""Where a picture comes from: said in its XMP and in its C2PA manifest, and read again.

    claims.py     what is claimed: the IPTC source type, the model, the prompt's version, when
    xmp.py        the claims as an XMP packet
    containers.py the parts of a JPEG, PNG or WebP, as far as they carry what is said of it
    embedding.py  a packet put into a JPEG, PNG or WebP without encoding it anew
    marks.py      what a file says of itself, read from the bytes: is it marked as made by AI?
    manifests.py  the claims as the definition of a C2PA manifest
    reports.py    what a C2PA reader found, as a person wants to know it

Only the standard library, so that it runs where foreign files are read.
What does not belong here: keys, signing and the C2PA library (`resources/content_credentials/`).
"""

from posthub_assets.domain.media.provenance.claims import (
    Action,
    MadeBy,
    SourceType,
    composed_with_ours,
)
from posthub_assets.domain.media.provenance.embedding import with_xmp
from posthub_assets.domain.media.provenance.manifests import created_manifest, derived_manifest
from posthub_assets.domain.media.provenance.marks import is_marked_as_ai, source_type_in
from posthub_assets.domain.media.provenance.reports import Report, State, Step, Trust, report_of
from posthub_assets.domain.media.provenance.xmp import xmp_packet

__all__ = [
    "Action",
    "MadeBy",
    "Report",
    "SourceType",
    "State",
    "Step",
    "Trust",
    "composed_with_ours",
    "created_manifest",
    "derived_manifest",
    "is_marked_as_ai",
    "report_of",
    "source_type_in",
    "with_xmp",
    "xmp_packet",
]
