"""Pictures, claims, and certificates such as an authority issues."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from PIL import Image

from posthub_assets.domain.media.provenance import MadeBy, SourceType
from resources.content_credentials import ContentCredentials, content_credentials
from resources.settings import Settings, load_settings

NOW = datetime.now(UTC)
PEM = serialization.Encoding.PEM
KEYS = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "P-192": lambda: ec.generate_private_key(ec.SECP192R1()),
}


@pytest.fixture(scope="session")
def encoded() -> Callable[..., bytes]:
    """Encodes a picture, the same one each time."""
    image = Image.radial_gradient("L").convert("RGB")

    def encode(kind: str = "JPEG", size: tuple[int, int] = (120, 180), **save: object) -> bytes:
        out = io.BytesIO()
        image.resize(size).save(out, kind, **save)
        return out.getvalue()

    return encode


@pytest.fixture(scope="session")
def made_by() -> MadeBy:
    return MadeBy(
        SourceType.TRAINED,
        datetime(2026, 11, 28, 2, 30, tzinfo=UTC),
        "a-model-2",
        "gemini",
        "images.create",
        3,
    )


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that signs with a certificate of its own."""
    return load_settings({"POSTHUB_HOME": str(tmp_path_factory.mktemp("home of credentials"))})


@pytest.fixture(scope="session")
def credentials(house: Settings) -> ContentCredentials:
    return content_credentials(house)


@pytest.fixture(scope="session")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes who calls: its address, and the paths."""
    calls: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()


@pytest.fixture
def issued(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Issues a certificate as an authority does; gives the settings that name its files."""

    def issue(
        kind: str = "P-256",
        *,
        purpose: str = "1.3.6.1.5.5.7.3.4",
        days: tuple[int, int] = (-2, 100),
        revocation: str = "",
        signs: bool = True,
    ) -> dict[str, str]:
        root_key, key = ec.generate_private_key(ec.SECP256R1()), KEYS[kind]()
        root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An Authority")])
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A Theatre"),
                x509.NameAttribute(NameOID.COMMON_NAME, "A Theatre's pictures"),
            ]
        )
        root = _certificate(root_name, root_name, root_key.public_key(), days).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        certificate = (
            _certificate(name, root_name, key.public_key(), days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs), critical=True)
            .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(purpose)]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
                critical=False,
            )
        )
        if revocation:
            place = x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(revocation)
            )
            certificate = certificate.add_extension(
                x509.AuthorityInformationAccess([place]), critical=False
            )
        chain = [one.sign(root_key, hashes.SHA256()) for one in (certificate, root)]
        (tmp_path / "chain.pem").write_bytes(b"".join(one.public_bytes(PEM) for one in chain))
        private = key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (tmp_path / "key.pem").write_bytes(private)
        (tmp_path / "key.pem").chmod(0o600)
        return {
            "POSTHUB_HOME": str(tmp_path / "home"),
            "POSTHUB_C2PA_CERTIFICATE": str(tmp_path / "chain.pem"),
            "POSTHUB_C2PA_KEY": str(tmp_path / "key.pem"),
        }

    return issue


def _certificate(
    name: x509.Name, by: x509.Name, key: ec.EllipticCurvePublicKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer_name=by, subject_name=name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(signs, False, not signs, *[False] * 6)
