"""Which certificate signs pictures: the operator's, where one is set, else the house's.

What does not belong here: making a certificate (`house.py`), signing with it (`signing.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.content_credentials.house import HOUSE_FILE, house_pem, read_house_pem
from resources.content_credentials.library import PURPOSES
from resources.credential_settings import CERTIFICATE, KEY
from resources.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate

CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
SMALLEST_RSA_BITS = 2048
"""C2PA specification 2.4, 13.2 and 14.5.1: the curves, and the size of an RSA modulus."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key and its chain, the signing certificate first, as PEM. `algorithm` is C2PA's name."""

    chain: bytes
    private: bytes = field(repr=False)
    algorithm: str
    name: str
    """The certificate's common name."""
    ends_at: datetime
    fingerprint: str
    """SHA-256 of the signing certificate, 64 hexadecimal digits."""
    is_house: bool


def signing_key(settings: Settings) -> SigningKey:
    """Give the key that signs. The house's is made at first need.

    Raises InvalidInput, naming the variable, where the operator's files cannot be used, and
    StorageError where the house's file cannot.
    """
    paths = settings.credentials
    if paths.certificate and paths.key:
        chain, private = _read(paths.certificate, CERTIFICATE), _read_closed(paths.key)
        return _checked(chain, private, paths.certificate, is_house=False)
    path = settings.home / HOUSE_FILE
    try:
        pem = house_pem(settings.home)
        return _checked(pem, pem, path, is_house=True)
    except InvalidInput as error:
        raise StorageError(
            f"{path} is damaged: {error} Put it back from a backup, or move it away; then a new "
            "one is made, and pictures signed before count as signed by somebody else."
        ) from error


def known_certificates(settings: Settings) -> bytes:
    """Give the certificates whose signatures count as ours, as PEM. Makes nothing.

    The house's are among them also where an operator's certificate is set: pictures of before are
    still ours. Raises InvalidInput and StorageError where files cannot be read.
    """
    known = b""
    if settings.credentials.certificate:
        known += _certificates_of(_read(settings.credentials.certificate, CERTIFICATE))
    return known + _certificates_of(read_house_pem(settings.home) or b"")


def _checked(chain: bytes, private: bytes, path: Path, *, is_house: bool) -> SigningKey:
    from cryptography.hazmat.primitives import hashes, serialization

    first = _certificates(chain, path)[0]
    try:
        key = serialization.load_pem_private_key(private, password=None)
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            f"{KEY} holds no private key as PEM without a password.", field=KEY
        ) from error
    if key.public_key() != first.public_key():
        raise InvalidInput(
            f"The key in {KEY} does not belong to the first certificate in {path}. The chain "
            "begins with the certificate that signs.",
            field=KEY,
        )
    _refuse_other_purposes(first, path)
    if first.not_valid_after_utc <= datetime.now(UTC):
        raise InvalidInput(
            f"The certificate in {path} has ended on {first.not_valid_after_utc:%Y-%m-%d}. "
            "Set one that is valid.",
            field=CERTIFICATE,
        )
    return SigningKey(
        chain=_certificates_of(chain),
        private=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        algorithm=_algorithm(key),
        name=_name(first),
        ends_at=first.not_valid_after_utc,
        fingerprint=first.fingerprint(hashes.SHA256()).hex(),
        is_house=is_house,
    )


def _refuse_other_purposes(certificate: Certificate, path: Path) -> None:
    """C2PA 2.4, 14.5.1: an extended key usage that is known."""
    from cryptography import x509

    try:
        told = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        purposes = {one.dotted_string for one in told.value}
    except x509.ExtensionNotFound:
        purposes = set()
    if not purposes & set(PURPOSES):
        raise InvalidInput(
            f"The certificate in {path} is not made for signing documents: C2PA asks for the "
            "extended key usage of document signing or e-mail protection. Ask its authority for "
            "such a one.",
            field=CERTIFICATE,
        )


def _algorithm(key: PrivateKeyTypes) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= SMALLEST_RSA_BITS:
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise InvalidInput(
        f"The key in {KEY} is of a kind that C2PA does not take. It takes P-256, P-384 and P-521, "
        "Ed25519, and RSA of 2,048 bits or more.",
        field=KEY,
    )


def _certificates(pem: bytes, path: Path) -> list[Certificate]:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise InvalidInput(f"{path} holds no certificates as PEM.", field=CERTIFICATE) from error


def _certificates_of(pem: bytes) -> bytes:
    """Give the certificates of a file and nothing else, as PEM; a key beside them stays out."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if b"-----BEGIN CERTIFICATE-----" not in pem:
        return b""
    return b"".join(one.public_bytes(Encoding.PEM) for one in x509.load_pem_x509_certificates(pem))


def _name(certificate: Certificate) -> str:
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _read_closed(path: Path) -> bytes:
    data = _read(path, KEY)
    if path.stat().st_mode & 0o007:
        raise InvalidInput(f"All users may read {path}. Run: chmod 600 '{path}'", field=KEY)
    return data


def _read(path: Path, variable: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{variable} names {path}, which cannot be read: {error.strerror}.", field=variable
        ) from error
