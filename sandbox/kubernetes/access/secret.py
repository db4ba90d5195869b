"""The sandbox's own secret, with which it signs the tokens that it gives out; it never leaves the state directory."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

FILE = "key"


def folder(state: Path) -> Path:
    """The folder of everything about access in a state directory; the owner's alone."""
    made = state.resolve() / "access"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def key(state: Path) -> bytes:
    """The signing key, made at the first call."""
    path = folder(state) / FILE
    with suppress(FileNotFoundError):
        return path.read_bytes()
    own = path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - the mode at creation
        file.write(secrets.token_bytes(32))
    with suppress(FileExistsError):  # another process was first: its key it is
        path.hardlink_to(own)
    own.unlink()
    return path.read_bytes()


def sign(secret: bytes, content: bytes) -> bytes:
    """A signature of 32 bytes."""
    return hmac.new(secret, content, hashlib.sha256).digest()


def seal(secret: bytes, content: bytes) -> str:
    """Content and its signature as URL-safe text."""
    return encode(sign(secret, content) + content)


def unseal(secret: bytes, text: str) -> bytes | None:
    """The content of what `seal` made with this secret, None for anything else."""
    try:
        sealed = decode(text)
    except ValueError:
        return None
    content = sealed[32:]
    return content if hmac.compare_digest(sealed[:32], sign(secret, content)) else None


def encode(content: bytes) -> str:
    """URL-safe base64 without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raises ValueError for what is no URL-safe base64."""
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
