"""Sign and verify with `ssh-keygen -Y`: the keys that people have already, and no service to ask."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

NAMESPACE = "fleet-waiver"
"""What the signatures are for: one made for something else (a commit, a file) does not count here."""


class SigningProblem(Exception):
    """A signature that cannot be made or does not hold; the message says why."""


def sign(path: Path, key: Path) -> Path:
    """Sign a file with a private key (or the public half of one in the agent); returns the signature beside it."""
    done = _run("-Y", "sign", "-n", NAMESPACE, "-f", str(key), str(path))
    if done.returncode:
        raise SigningProblem(f"ssh-keygen did not sign with {key}: {_said(done)}")
    return path.with_name(f"{path.name}.sig")


def verify(content: bytes, signature: bytes, owner: str, allowed_signers: bytes) -> None:
    """Check that `owner` signed `content`. allowed_signers: the text of that file. Raises SigningProblem."""
    with TemporaryDirectory() as folder:
        signers, proof = Path(folder, "allowed_signers"), Path(folder, "signature")
        signers.write_bytes(allowed_signers)
        proof.write_bytes(signature)
        done = _run("-Y", "verify", "-f", str(signers), "-I", owner, "-n", NAMESPACE, "-s", str(proof), stdin=content)
    if done.returncode:
        raise SigningProblem(f"its signature is not one of {owner} over this content: {_said(done)}")


def _run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", *arguments], input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise SigningProblem("ssh-keygen is not installed. Install OpenSSH 8.0 or newer.") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return " ".join((done.stderr or done.stdout).decode(errors="replace").split()) or "no reason given"
