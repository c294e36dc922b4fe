"""Certificates for loopback: the one that a sender trusts, and another that nobody does."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


class Certificates:
    """Two self-signed certificates in a folder. ``trusted`` is the file for ``REQUESTS_CA_BUNDLE``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.trusted = made_certificate(folder / "right")
        self.right = server_side(self.trusted)
        self.wrong = server_side(made_certificate(folder / "wrong"))


def server_side(certificate: Path) -> ssl.SSLContext:
    """How a server shows that certificate; its key lies beside it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


def made_certificate(name: Path, first: datetime | None = None, last: datetime | None = None) -> Path:
    """A self-signed certificate for loopback, good from ``first`` to ``last``, else today."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address(LOOPBACK))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first or now - timedelta(days=1))
        .not_valid_after(last or now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = name.with_suffix(".pem")
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    name.with_suffix(".key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file
