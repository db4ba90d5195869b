"""Read waivers/: which ones hold, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import yaml

from fleet.waivers.model import Refused, Waiver
from fleet.waivers.signing import SigningProblem, verify

FOLDER = "waivers"
SIGNERS = "allowed_signers"
MOST_DAYS = 90
"""A waiver that holds longer is no exception but a rule."""


@dataclass(frozen=True)
class Waivers:
    """The waivers of a project. signers_changed: the work tree's allowed signers differ from the base's, by which all were verified."""

    valid: Mapping[str, Waiver]
    refused: tuple[Refused, ...]
    signers_changed: bool


def read_waivers(root: Path, base_signers: bytes | None, today: date) -> Waivers:
    """Read all of waivers/. base_signers: allowed_signers as the base has it, so that no change can bring its own signer."""
    folder = root / FOLDER
    signers = base_signers or b""
    here = (folder / SIGNERS).read_bytes() if (folder / SIGNERS).is_file() else b""
    valid: dict[str, Waiver] = {}
    refused: list[Refused] = []
    for path, result in _each(folder, signers, today):
        if isinstance(result, Waiver):
            valid[path] = result
        else:
            refused.append(result)
    return Waivers(valid, tuple(refused), here != signers)


def _each(folder: Path, signers: bytes, today: date) -> Iterator[tuple[str, Waiver | Refused]]:
    for path in sorted(folder.glob("*.yaml")):
        content = path.read_bytes()
        try:
            waiver = parse(content)
        except ValueError as error:
            yield path.name, Refused(name=path.name, why=str(error))
            continue
        why = _flaw(path, content, waiver, signers, today)
        yield path.name, Refused(name=path.name, why=why, object=waiver.object) if why else waiver


def parse(content: bytes) -> Waiver:
    """Read a waiver. Raises ValueError for what is none, or is broader than one change."""
    try:
        data = yaml.load(content, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        waiver = msgspec.convert(data, Waiver)
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ValueError(f"it is no waiver: {' '.join(str(error).split())}") from None
    for what, text in (("object", waiver.object), ("path", waiver.path)):
        if any(sign in text for sign in "*?"):
            raise ValueError(f"it is too broad: {what} {text!r} has a wildcard. A waiver names one change.")
    if "/" not in waiver.object:
        raise ValueError(f"it is too broad: object {waiver.object!r} is no single object, as `prod/core-prod-us-east-1`.")
    for what, text in (("owner", waiver.owner), ("reason", waiver.reason), ("ticket", waiver.ticket)):
        if not text.strip():
            raise ValueError(f"its {what} is empty.")
    return waiver


def _flaw(path: Path, content: bytes, waiver: Waiver, signers: bytes, today: date) -> str:
    if waiver.expires < today:
        return f"it expired on {waiver.expires}."
    if (waiver.expires - today).days > MOST_DAYS:
        return f"it holds until {waiver.expires}, more than {MOST_DAYS} days from now."
    signature = path.with_name(f"{path.name}.sig")
    if not signature.is_file():
        return f"it is not signed: {signature.name} is missing."
    if not signers.strip():
        return f"the base has no {FOLDER}/{SIGNERS}, so nobody may sign. Commit that file first, reviewed on its own."
    try:
        verify(content, signature.read_bytes(), waiver.owner, signers)
    except SigningProblem as problem:
        return f"{problem}."
    return ""
