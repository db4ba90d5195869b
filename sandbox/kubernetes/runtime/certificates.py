"""Each cluster's own certificate authority and the certificates it signs: for its API server and for who may enter without a token."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME_DAYS = 3650


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, both PEM."""

    certificate: bytes
    key: bytes


def authority(common_name: str) -> Pair:
    """A new certificate authority. common_name: 64 characters at most (RFC 5280, appendix A)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    builder = _builder(name, name, key).add_extension(constraints, critical=True).add_extension(usage, critical=True)
    return _pair(builder.sign(key, hashes.SHA256()), key)


def server(signer: Pair, names: Sequence[str], addresses: Sequence[str]) -> Pair:
    """A server's certificate for DNS names and IP addresses."""
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    extension = x509.SubjectAlternativeName(alternatives)
    return _signed(signer, names[0], (), ExtendedKeyUsageOID.SERVER_AUTH, extension)


def client(signer: Pair, user: str, groups: Sequence[str]) -> Pair:
    """A client's certificate: Kubernetes takes the common name as the user and the organizations as its groups."""
    return _signed(signer, user, groups, ExtendedKeyUsageOID.CLIENT_AUTH, None)


def signing_key() -> bytes:
    """A key for service account tokens, PEM (ES256), in the form of which Kubernetes reads the public half too (client-go, keyutil)."""
    return _key_bytes(ec.generate_private_key(ec.SECP256R1()), serialization.PrivateFormat.TraditionalOpenSSL)


def _signed(
    signer: Pair, common_name: str, organizations: Sequence[str], usage: x509.ObjectIdentifier, names: x509.SubjectAlternativeName | None
) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.load_pem_x509_certificate(signer.certificate)
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization) for organization in organizations]
    subject = x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = _builder(subject, issuer.subject, key).add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    signing = serialization.load_pem_private_key(signer.key, password=None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    return _pair(builder.sign(signing, hashes.SHA256()), key)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=LIFETIME_DAYS))
    )


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
    return Pair(certificate.public_bytes(serialization.Encoding.PEM), _key_bytes(key))


def _key_bytes(key: ec.EllipticCurvePrivateKey, form: serialization.PrivateFormat = serialization.PrivateFormat.PKCS8) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
