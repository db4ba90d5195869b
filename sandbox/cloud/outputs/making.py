"""The making of one resource's outputs: what a family's module may look at, and how it says what it computes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from sandbox.cloud.clusters import Address, Clusters
from sandbox.cloud.identity import Identity, generate, lookup_in, place, render, uuid_of
from sandbox.cloud.replacement import survives_removal
from sandbox.cloud.request import UNKNOWN, Caller, Unknown
from sandbox.cloud.store import StoreView
from sandbox.cloud.values import has_unknown


@dataclass(frozen=True)
class Making:
    """One create or update. old, old_inputs: what the resource has now, empty at creation. preview: nothing is made, what creation draws is
    unknown. serial: the creation's number, 0 where it is not known yet. default_labels: the GCP provider's `defaultLabels`. clusters:
    who runs real API servers, None where nobody does."""

    type: str
    id: str | Unknown
    identity: Identity
    inputs: Mapping[str, object]
    caller: Caller
    view: StoreView
    serial: int = 0
    preview: bool = False
    old: Mapping[str, object] = field(default_factory=dict)
    old_inputs: Mapping[str, object] = field(default_factory=dict)
    default_labels: Mapping[str, object] = field(default_factory=dict)
    clusters: Clusters | None = None

    def get(self, *path: str) -> object:
        """An input, nested by path; None where it is not given."""
        holder: object = self.inputs
        for step in path:
            holder = holder.get(step) if isinstance(holder, Mapping) else None
        return holder

    def place(self, name: str) -> object:
        """The project, account, region or location of the resource."""
        return place(name, self.inputs, self.caller)

    def text(self, template: str) -> str | Unknown:
        """A template as in identity.tsv, with {id} and {pseudo-uuid} besides."""
        return render(template, self._lookup)

    def _lookup(self, name: str) -> object:
        if name == "id":
            return self.id
        if name == "arn" and self.identity.arn:
            return self.text(self.identity.arn)
        if name == "pseudo-uuid":
            return uuid_of(f"{self.type}/{self.serial}") if self.serial else UNKNOWN
        return lookup_in(self.inputs, self.caller)(name)

    def once(self, name: str, draw: Callable[[], object]) -> object:
        """What is drawn at creation and never changes: the old value, UNKNOWN at the preview of a creation."""
        if name in self.old:
            return self.old[name]
        return UNKNOWN if self.preview else draw()

    def drawn(self, name: str, template: str) -> object:
        """An id that the cloud draws for something beside the resource, as a VPC's default route table: `rtb-#`."""
        return self.once(name, lambda: generate(template, f"{self.type}/{name}", self.serial))

    def address(self, uid: object) -> Address | None:
        """Where the cluster being made answers; None where nothing is behind it, and at previews."""
        return self.clusters.address(str(uid)) if self.clusters is not None and not self.preview else None

    def created(self, name: str) -> object:
        """The moment of creation, RFC 3339."""
        return self.once(name, now)

    def defaults(self, **values: object) -> dict[str, object]:
        """Each input as given, else what it was where leaving it out keeps that, else the cloud's default."""
        found = {}
        for name, value in values.items():
            given = self.inputs.get(name)
            kept = self.kept(name) if given is None else None
            found[name] = given if given is not None else kept if kept is not None else value
        return found

    def kept(self, name: str) -> object:
        """The output's value until now, None where it goes with the input that the program no longer gives."""
        removed = name in self.old_inputs and name not in self.inputs
        return None if removed and not survives_removal(self.type, name) else self.old.get(name)

    def merged(self, name: str, **values: object) -> dict[str, object]:
        """A nested input completed by the cloud's defaults (None: leave out); the whole as it was where leaving it out keeps that."""
        given, kept = self.inputs.get(name), self.kept(name)
        if given is None and isinstance(kept, Mapping):
            return dict(kept)
        known = {key: value for key, value in values.items() if value is not None}
        return {**known, **(given if isinstance(given, Mapping) else {})}

    def changed(self, *but: str) -> bool:
        """Whether an update changes any input besides the named ones."""
        names = (self.inputs.keys() | self.old_inputs.keys()) - set(but)
        return any(self.inputs.get(name) != self.old_inputs.get(name) or has_unknown(self.inputs.get(name)) for name in names)


Maker = Callable[[Making], dict[str, object]]
_REGISTRY: dict[str, Maker] = {}


def makes(*types: str) -> Callable[[Maker], Maker]:
    """Declares a function as the one that computes the outputs of these types."""

    def register(maker: Maker) -> Maker:
        for type in types:
            _REGISTRY[type] = maker
        return maker

    return register


@cache
def makers() -> Mapping[str, Maker]:
    """All declared makers: every module of this package is loaded once."""
    package = importlib.import_module("sandbox.cloud.outputs")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"sandbox.cloud.outputs.{module.name}")
    return _REGISTRY


def now() -> str:
    """The time as the clouds write it, RFC 3339 in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
