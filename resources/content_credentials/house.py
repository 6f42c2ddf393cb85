"""A certificate that PostHub makes for itself: the file `POSTHUB_HOME/content-credentials.pem`.

It holds the signing key, its certificate and the certificate of the root that signed it; mode 0600,
made at first need, kept with the other keys by a backup. The root's own key is thrown away: nothing
else will ever be signed with it, so it cannot be stolen.
It is on no trust list. It proves that a picture is as this PostHub left it, not who runs PostHub.
What does not belong here: an operator's certificate (`keys.py`).
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import StorageError
from posthub_assets.domain.media.provenance.reports import HOUSE_SIGNER
from resources.file_lock import locked

if TYPE_CHECKING:
    from cryptography import x509

HOUSE_FILE = "content-credentials.pem"
LIFE_DAYS = 30 * 365
"""Without a time stamp a signature counts as long as its certificate; posters are kept for long."""
LOCK_TIMEOUT_S = 10.0
_CLOCKS_DIFFER = timedelta(days=1)


def house_pem(home: Path) -> bytes:
    """Read the house's key and certificates, making them where there are none.

    PEM: the key, the signing certificate, the root. Safe in parallel processes: all get the same.
    Raises StorageError when the file cannot be read or written, or other users may read it.
    """
    path = home / HOUSE_FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / "content-credentials.lock", timeout_s=LOCK_TIMEOUT_S):
            known = read_house_pem(home)
            if known is not None:
                return known
            made = _made()
            _write(path, made)
            return made
    except OSError as error:
        raise StorageError(f"The key in {path} cannot be kept: {error.strerror}.") from error


def read_house_pem(home: Path) -> bytes | None:
    """Read the house's key and certificates; None where none were made. Raises StorageError."""
    path = home / HOUSE_FILE
    try:
        mode = path.stat().st_mode
        pem = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise StorageError(f"Other users may read {path}. Run: chmod 600 '{path}'")
    return pem


def _made() -> bytes:
    """Make a root, a certificate that it signs (C2PA 2.4, 14.5.1), and forget the root's key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(words: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "PostHub"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{words} {mark}"),
            ]
        )

    def builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(issuer_name=issuer, subject_name=subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCKS_DIFFER)
            .not_valid_after(now + timedelta(days=LIFE_DAYS))
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
        )

    mark, now = secrets.token_hex(4), datetime.now(UTC)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = name("PostHub root")
    root = (
        builder(issuer, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    purposes = [ExtendedKeyUsageOID.EMAIL_PROTECTION, x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")]
    certificate = (
        builder(name(HOUSE_SIGNER), key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(pem) + root.public_bytes(pem)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, pem: bytes) -> None:
    """Write whole or not at all: a new file, synced, then renamed."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
