"""The provider's functions: `kubernetes:yaml:decode`, by which the SDKs unfold manifests into resources."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from sandbox.kubernetes.provider.problem import Values

DECODE = "kubernetes:yaml:decode"


class UnknownInvoke(Exception):
    """A function that the sandbox's provider does not have; the text says which it has."""


def invoke(token: str, arguments: Values) -> dict[str, object]:
    """The function's answer. Raises UnknownInvoke, and ValueError where the arguments are wrong."""
    if token != DECODE:
        raise UnknownInvoke(f"{token} cannot be rehearsed: the sandbox's kubernetes provider has {DECODE} alone")
    default = arguments.get("defaultNamespace")
    return {"result": decode(str(arguments.get("text", "")), default if isinstance(default, str) else "")}


def decode(text: str, default_namespace: str) -> list[object]:
    """The objects of a YAML stream; lists are unfolded, and objects without a namespace get the default one, if there is one."""
    try:
        documents = list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise ValueError(f"manifest is no YAML: {error}") from error
    found: list[object] = []
    for document in documents:
        if not isinstance(document, Mapping):
            if document is not None:
                raise ValueError(f"manifest holds {document!r}, which is no object")
            continue
        items = document.get("items")
        found += items if str(document.get("kind", "")).endswith("List") and isinstance(items, list) else [document]
    return [_placed(item, default_namespace) for item in found]


def _placed(item: object, namespace: str) -> object:
    if not namespace or not isinstance(item, Mapping):
        return item
    known = item.get("metadata") or {}
    return item if known.get("namespace") else {**item, "metadata": {**known, "namespace": namespace}}
