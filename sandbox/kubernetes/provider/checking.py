"""Completes an object's inputs before anything is done: its name, its namespace, and what cannot be asked for at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.cloud.request import UNKNOWN, Refusal, Unknown
from sandbox.kubernetes.provider.objects import (
    AUTONAMED,
    Type,
    annotation,
    metadata,
    name_of,
    namespace_of,
    with_metadata,
    without_read_only,
)
from sandbox.kubernetes.provider.problem import Values

SUFFIX_DIGITS = 8


@dataclass(frozen=True)
class Asked:
    """One Check. namespaced: whether objects of the kind live in namespaces, None where the cluster did not say.

    proposed: the name that the engine's own naming gives, empty where it has no say. seed: the same for the whole operation.
    """

    type: Type
    name: str
    olds: Values
    news: Values
    namespaced: bool | None
    default_namespace: str
    seed: bytes
    proposed: str = ""


def check(asked: Asked) -> tuple[dict[str, object], list[Refusal]]:
    """The completed inputs, and what is wrong with them."""
    news = _as_object(asked.news, asked.type)
    refusals = list(_refusals(asked.type, news))
    if refusals:
        return news, refusals
    news = _named(news, asked)
    return _placed(news, asked), []


def _as_object(news: Values, type: Type) -> dict[str, object]:
    """Every object says its version and kind, whatever language asks."""
    return without_read_only({"apiVersion": type.api_version, "kind": type.kind, "metadata": {}, **news})


def _refusals(type: Type, news: Values) -> list[Refusal]:
    if type.kind.endswith("List") and isinstance(news.get("items"), list):
        return [_refusal("kind", "a list cannot be created: use the kind of what is in it")]
    if not isinstance(news.get("metadata"), Mapping | Unknown):
        return [_refusal("metadata", "metadata is no object")]
    if metadata(news).get("generateName") and not metadata(news).get("name"):
        return [_refusal("metadata.generateName", "`.metadata.generateName` is not supported with server-side apply: give a name, or none")]
    if type.patch and not metadata(news).get("name"):
        return [_refusal("metadata.name", "a patch resource needs the name of the object whose fields it owns")]
    return []


def _refusal(property: str, reason: str) -> Refusal:
    return Refusal(property, "Invalid", 422, reason)


def _named(news: dict[str, object], asked: Asked) -> dict[str, object]:
    """A name that nobody gave is made once and kept; the mark says so, for replacement to choose another one."""
    if metadata(news).get("name") or isinstance(news.get("metadata"), Unknown):
        return news
    kept = name_of(asked.olds) if annotation(asked.olds, AUTONAMED) == "true" else ""
    made = kept or asked.proposed or f"{asked.name}-{hashlib.sha256(asked.seed).hexdigest()[:SUFFIX_DIGITS]}"
    annotations = metadata(news).get("annotations")
    if isinstance(annotations, Unknown):
        return with_metadata(news, name=made)
    return with_metadata(news, name=made, annotations={**(annotations if isinstance(annotations, Mapping) else {}), AUTONAMED: "true"})


def _placed(news: dict[str, object], asked: Asked) -> dict[str, object]:
    """In a namespace where its kind is; where the cluster does not say, what was there stays."""
    if isinstance(news.get("metadata"), Unknown):
        return news
    given = metadata(news).get("namespace")
    if asked.namespaced is False:
        return with_metadata(news, namespace=None)
    if given or given is UNKNOWN:
        return news
    if asked.namespaced is None:
        return with_metadata(news, namespace=namespace_of(asked.olds) or None)
    return with_metadata(news, namespace=asked.default_namespace)
