"""Kubernetes objects as plain values: names, what their Pulumi type says, and which part of a live one inputs speak of."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sandbox.cloud.request import Unknown
from sandbox.kubernetes.provider.problem import Values

AUTONAMED = "pulumi.com/autonamed"
SKIP_AWAIT = "pulumi.com/skipAwait"
TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds"
PATCH_FORCE = "pulumi.com/patchForce"
FIELD_MANAGER = "pulumi.com/patchFieldManager"
PROPAGATION = "pulumi.com/deletionPropagationPolicy"
# Annotations of the official provider: its documentation, "Annotations"; provider/pkg/metadata/annotations.go, 2026-07.

READ_ONLY = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
"""Of metadata: the server's own (API reference, "ObjectMeta")."""
MANAGER_KEY = "__fieldManager"
SUFFIXES: dict[str, int | str] = {
    "": 1,
    "n": "1e-9",
    "u": "1e-6",
    "m": "1e-3",
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "P": 10**15,
    "E": 10**18,
}
SUFFIXES |= {f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)}
QUANTITY = re.compile(r"^([+-]?[0-9.]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?$")
QUANTITIES = frozenset(
    {"hard", "requests", "limits", "capacity", "default", "defaultRequest", "max", "min", "maxLimitRequestRatio", "overhead", "podFixed"}
)
"""Maps whose values are quantities (API reference, "Quantity"): 1000m and 1 are the same."""


@dataclass(frozen=True)
class Type:
    """What a Pulumi token says: `kubernetes:apps/v1:Deployment`. patch: it owns some fields of an object of others (`DeploymentPatch`)."""

    api_version: str
    kind: str
    patch: bool = False

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]


def type_of(token: str) -> Type:
    """The type of a token. Raises ValueError where it names no kind."""
    _, _, rest = token.partition(":")
    api_version, _, kind = rest.partition(":")
    if not api_version or not kind:
        raise ValueError(f"{token} names no kind of object")
    patch = kind.endswith("Patch") and kind != "Patch"
    return Type(api_version.removeprefix("core/"), kind.removesuffix("Patch") if patch else kind, patch)


def metadata(item: Values) -> Values:
    """An object's metadata; empty where it has none yet."""
    found = item.get("metadata")
    return found if isinstance(found, Mapping) else {}


def name_of(item: Values) -> str:
    """Its name, empty where it has none or it is not known."""
    name = metadata(item).get("name")
    return name if isinstance(name, str) else ""


def namespace_of(item: Values) -> str:
    namespace = metadata(item).get("namespace")
    return namespace if isinstance(namespace, str) else ""


def annotation(item: Values, key: str) -> str:
    """The value of an annotation, empty where there is none."""
    annotations = metadata(item).get("annotations")
    value = annotations.get(key) if isinstance(annotations, Mapping) else None
    return value if isinstance(value, str) else ""


def label(item: Values) -> str:
    """What an object is called in a message: `Deployment shop/web`."""
    return f"{item.get('kind', 'object')} {id_of(item)}"


def id_of(item: Values) -> str:
    """Its id in Pulumi: `namespace/name`, or the name alone."""
    namespace = namespace_of(item)
    return f"{namespace}/{name_of(item)}" if namespace else name_of(item)


def split_id(id: str) -> tuple[str, str]:
    """Namespace (may be empty) and name of an id."""
    namespace, _, name = id.rpartition("/")
    return namespace, name


def at(item: object, *path: str) -> object:
    """What is at a path of keys, None where nothing is."""
    for key in path:
        item = item.get(key) if isinstance(item, Mapping) else None
    return item


def number_at(item: object, *path: str) -> int:
    """The whole number at a path, 0 where there is none."""
    found = at(item, *path)
    return found if isinstance(found, int) else 0


def with_metadata(item: Values, **changes: object) -> dict[str, object]:
    """The object with changes in its metadata; a change to None takes the key away."""
    kept = {key: value for key, value in {**metadata(item), **changes}.items() if value is not None}
    return {**item, "metadata": kept}


def without_read_only(item: Values) -> dict[str, object]:
    """The object without what only the server says of it."""
    known = metadata(item)
    cleaned = {key: value for key, value in item.items() if key != "status"}
    return {**cleaned, "metadata": {key: value for key, value in known.items() if key not in READ_ONLY}} if "metadata" in item else cleaned


def body_of(inputs: Values) -> dict[str, object]:
    """What is sent of inputs: without the server's own and without the SDK's spelling of `x-kubernetes-*` (x_kubernetes_*)."""
    body = _dashed(without_read_only(inputs))
    assert isinstance(body, dict)
    return body


def outputs_of(live: Values, manager: str) -> dict[str, object]:
    """A resource's outputs: the live object, and the manager of our fields."""
    spelled = _underscored(live)
    assert isinstance(spelled, dict)
    return {**spelled, MANAGER_KEY: manager}


def _dashed(value: object) -> object:
    return _renamed(value, "x_kubernetes_", lambda key: key.replace("_", "-"))


def _underscored(value: object) -> object:
    return _renamed(value, "x-kubernetes-", lambda key: key.replace("-", "_"))


def _renamed(value: object, prefix: str, rename: Callable[[str], str]) -> object:
    if isinstance(value, Mapping):
        return {rename(key) if key.startswith(prefix) else key: _renamed(item, prefix, rename) for key, item in value.items()}
    return [_renamed(item, prefix, rename) for item in value] if isinstance(value, list) else value


def manager_of(urn: str, inputs: Values, outputs: Values) -> str:
    """Who owns our fields: the annotation's word, else what the state has, else one made of the URN."""
    kept = outputs.get(MANAGER_KEY)
    made = f"pulumi-kubernetes-{hashlib.sha256(urn.encode()).hexdigest()[:8]}"
    return annotation(inputs, FIELD_MANAGER) or (kept if isinstance(kept, str) and kept else made)


def pruned(live: Values, inputs: Values) -> dict[str, object]:
    """The part of a live object that inputs speak of, in the inputs' own words where they mean the same.

    Of a list it is as many elements as the inputs have, as the official provider has it (pruneSlice): admission adds some of its own.
    """
    if inputs.get("kind") == "Secret" and isinstance(inputs.get("stringData"), Mapping):
        live = {**live, "stringData": _decoded(live.get("data"))}
    spelled = _underscored(live)
    assert isinstance(spelled, dict)
    return _pruned_map(spelled, inputs, False)


def _pruned_map(live: Values, inputs: Values, quantities: bool) -> dict[str, object]:
    """What the server leaves out of an empty value is the empty value."""
    kept: dict[str, object] = {}
    for key, given in inputs.items():
        if key in live:
            kept[key] = _pruned(live[key], given, quantities or key in QUANTITIES)
        elif given in ({}, [], "", None, False):
            kept[key] = deepcopy(given)
    return kept


def _pruned(live: object, given: object, quantities: bool) -> object:
    if isinstance(live, Mapping) and isinstance(given, Mapping):
        return _pruned_map(live, given, quantities)
    if isinstance(live, list) and isinstance(given, list):
        return [_pruned(item, given_item, quantities) for item, given_item in zip(live, given, strict=False)]
    return given if quantities and same_quantity(live, given) else live


def same_quantity(left: object, right: object) -> bool:
    """Whether two values are the same amount: "0.5" and "500m", "1Gi" and 1073741824."""
    first, second = _amount(left), _amount(right)
    return first is not None and first == second


def _amount(value: object) -> Decimal | None:
    found = QUANTITY.match(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if found is None:
        return None
    number, suffix = found.groups()
    try:
        return (
            Decimal(number + suffix)
            if suffix and suffix[0] in "eE" and suffix not in SUFFIXES
            else Decimal(number) * Decimal(SUFFIXES[suffix or ""])
        )
    except InvalidOperation:
        return None


def _decoded(data: object) -> dict[str, object]:
    values = data.items() if isinstance(data, Mapping) else ()
    return {key: b64decode(value).decode(errors="replace") for key, value in values if isinstance(value, str)}


def is_known(item: Values) -> bool:
    """Whether all of its metadata that names it is known."""
    return not any(isinstance(metadata(item).get(key), Unknown) for key in ("name", "namespace"))
