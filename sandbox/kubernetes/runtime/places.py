"""Where a cluster's API server answers and who signs for it: chosen once, kept in the state directory, never moved by a restart."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import tempfile
import uuid
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.kubernetes.facts import key_of
from sandbox.kubernetes.runtime import certificates
from sandbox.kubernetes.runtime.certificates import Pair

PORT = 6443
LOOPBACK = "127.0.0.1"
_PLACE, _CA, _CA_KEY, _TOKENS, _STOPPED, _HIDDEN = "place.json", "ca.crt", "ca.key", "tokens.key", "stopped", "hidden"


@dataclass(frozen=True)
class Place:
    """One cluster's folder in the state directory, with the address and port it answers on. hidden: it does not listen there (network)."""

    folder: Path
    uid: str
    address: str
    port: int
    hidden: bool = False

    @property
    def listens(self) -> str:
        """The address that the API server is bound to: its own, or while it is hidden one that only the sandbox knows."""
        return inner(self.address) if self.hidden else self.address

    @property
    def inner_url(self) -> str:
        """For the sandbox's own clients."""
        return f"https://{self.listens}:{self.port}"

    @property
    def endpoint(self) -> str:
        """Host and port, without a scheme."""
        return f"{self.address}:{self.port}"

    @property
    def url(self) -> str:
        return f"https://{self.endpoint}"

    @property
    def key(self) -> str:
        return self.folder.name

    @property
    def name(self) -> str:
        """The cluster's name in its cloud."""
        return self.uid.rsplit("/", 1)[-1]

    @property
    def ca_file(self) -> Path:
        return self.folder / _CA

    @property
    def tokens_file(self) -> Path:
        """The key that signs service account tokens."""
        return self.folder / _TOKENS

    @property
    def stopped_file(self) -> Path:
        """There while the API server is to stay down."""
        return self.folder / _STOPPED

    @property
    def admin_kubeconfig(self) -> Path:
        """For the sandbox itself: a client certificate of system:masters, readable by the owner alone."""
        return self.folder / "admin.kubeconfig"

    def certificate_authority(self) -> str:
        """The CA's certificate as base64 of its PEM, as both clouds give it."""
        return b64encode(self.ca_file.read_bytes()).decode()

    def signer(self) -> Pair:
        return Pair(self.ca_file.read_bytes(), (self.folder / _CA_KEY).read_bytes())


def root(state: Path) -> Path:
    """The folder of everything Kubernetes in a state directory; also where its processes run, as socket paths must be short."""
    return state.resolve() / "kubernetes"


def clusters_folder(state: Path) -> Path:
    return root(state) / "clusters"


def find(state: Path, uid: str) -> Place | None:
    """The place of a cluster, None where it has none."""
    return _read(clusters_folder(state) / key_of(uid))


def all_places(state: Path) -> list[Place]:
    """Every place there is, by key."""
    folders = sorted(clusters_folder(state).glob("*/")) if clusters_folder(state).is_dir() else []
    return [place for folder in folders if (place := _read(folder)) is not None]


def allot(state: Path, uid: str) -> Place:
    """The place of a cluster, chosen now where it has none: a loopback address of its own, a free port, a new CA."""
    there = find(state, uid)
    if there is not None:
        return there
    home = clusters_folder(state)
    home.mkdir(parents=True, exist_ok=True)
    root(state).chmod(0o700)
    folder = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    try:
        _fill(folder, uid, _address(home, uid))
        folder.rename(home / key_of(uid))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    made = find(state, uid)
    assert made is not None
    return made


def hide(place: Place, *, hidden: bool) -> Place:
    """The place once its API server is to listen elsewhere, or at its address again."""
    if hidden:
        (place.folder / _HIDDEN).touch()
    else:
        (place.folder / _HIDDEN).unlink(missing_ok=True)
    return replace(place, hidden=hidden)


def inner(address: str) -> str:
    """Where a cluster of this address listens while it is hidden, in 127.128.0.0/10. Where a system has only 127.0.0.1, none can hide."""
    parts = address.split(".")
    return address if address == LOOPBACK else ".".join([parts[0], str(int(parts[1]) + 64), *parts[2:]])


def forget(place: Place) -> None:
    """Remove a cluster's folder: one of that name made later is another one, with another CA."""
    with suppress(FileNotFoundError):
        shutil.rmtree(place.folder)


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only the owner may read, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - the mode at creation
        file.write(content)
    unfinished.replace(path)


def _fill(folder: Path, uid: str, place: tuple[str, int]) -> None:
    made = certificates.authority(str(uuid.uuid5(uuid.NAMESPACE_URL, uid)))
    (folder / _CA).write_bytes(made.certificate)
    write_secret(folder / _CA_KEY, made.key)
    write_secret(folder / _TOKENS, certificates.signing_key())
    (folder / _PLACE).write_text(json.dumps({"uid": uid, "address": place[0], "port": place[1]}) + "\n")


def _read(folder: Path) -> Place | None:
    try:
        kept = json.loads((folder / _PLACE).read_text())
    except FileNotFoundError:
        return None
    return Place(folder, kept["uid"], kept["address"], kept["port"], (folder / _HIDDEN).exists())


def _address(home: Path, uid: str) -> tuple[str, int]:
    """An address in 127.64.0.0/10 that this cluster of this sandbox draws; where systems have no more than 127.0.0.1, a port there."""
    drawn = hashlib.sha256(f"{home}:{uid}".encode()).digest()
    address = f"127.{64 + drawn[0] % 64}.{drawn[1]}.{1 + drawn[2] % 254}"
    for host, port in ((address, PORT), (address, 0), (LOOPBACK, 0)):
        with suppress(OSError), socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            return host, trial.getsockname()[1]
    raise OSError(f"no free port on {LOOPBACK}")
