"""Content credentials: C2PA manifests signed into the pictures that PostHub makes, and read again.

    house.py      a certificate that PostHub makes for itself, once per home
    keys.py       which certificate signs: the operator's, else the house's
    library.py    the C2PA library, with every way into the network closed
    signing.py    pictures that were created, and pictures derived from them
    reading.py    what a file's credentials say, for `posthub media verify`

The library is a native parser. It reads what PostHub encoded, and in the command the files of the
person who runs it; never a stranger's upload in a process that serves others.
What does not belong here: what is claimed (`posthub_assets/domain/media/provenance/`).
"""

from resources.content_credentials.keys import SigningKey, known_certificates, signing_key
from resources.content_credentials.reading import read
from resources.content_credentials.signing import ContentCredentials, content_credentials

__all__ = [
    "ContentCredentials",
    "SigningKey",
    "content_credentials",
    "known_certificates",
    "read",
    "signing_key",
]
