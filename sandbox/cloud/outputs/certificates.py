"""A certificate authority for each simulated cluster: real X.509, self-signed, so that every client can parse it."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

LIFETIME_DAYS = 3650


def authority(common_name: str) -> str:
    """A new CA certificate as base64 of its PEM, as both clouds give it. Nobody keeps its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    start = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=LIFETIME_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return b64encode(certificate.public_bytes(serialization.Encoding.PEM)).decode()
