"""Settle what was under way on resources the state knows: updates and deletes whose outcome it did not learn.

A killed engine leaves such an operation pending. A killed provider leaves none, only the old state; so the resources that the next update
would change or delete are looked at as well. Both get the cloud's present values, so that a change already made is not asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fleet.recover import checkpoint
from fleet.recover.adoption import refreshed
from fleet.recover.checkpoint import Document, Resource
from fleet.recover.cloud import CloudFailed
from fleet.recover.providers import Providers
from fleet.recover.report import Line
from fleet.recover.search import CLUSTERS

CHANGING: Final = ("update", "replace", "create-replacement", "delete", "delete-replaced")


@dataclass(frozen=True)
class Settlement:
    """refreshed: resources with the cloud's values; dropped: (URN, id) of those the cloud has no more; lines: what to say."""

    refreshed: tuple[Resource, ...]
    dropped: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]


def settle(state: Document, preview: Document, clouds: Providers) -> Settlement:
    """Look at every resource that was, or is about to be, changed or deleted. state: decrypted, as a provider needs it."""
    begun = [item.resource for item in checkpoint.pending(state) if item.kind in ("updating", "deleting")]
    planned = {step["urn"] for step in preview.get("steps", []) if step["op"] in CHANGING}
    suspects = {(item["urn"], item["id"]) for item in begun if item.get("id")}
    fresh: list[Resource] = []
    dropped: list[tuple[str, str]] = []
    lines: list[Line] = []
    for item in checkpoint.resources(state):
        key = (item["urn"], item.get("id", ""))
        if not _of_cloud(item) or not (key in suspects or item["urn"] in planned or item.get("delete")):
            continue
        inputs = item.get("inputs") or {}
        provider = clouds.of(item)
        try:
            live = provider.read(item["urn"], item["type"], item["id"], inputs, item.get("outputs"))
        except CloudFailed as failure:
            if provider.cloud != CLUSTERS:
                raise
            lines.append(Line("refused", *key, f"{failure}. Recover again when its cluster answers"))
            continue
        if live is None:
            dropped.append(key)
            lines.append(Line("settled", *key, "the cloud has it no more; dropped from the state"))
        elif live.inputs and live.inputs != inputs:
            fresh.append(refreshed(item, live))
            lines.append(Line("settled", *key, f"the state takes the cloud's present {_changed(inputs, live.inputs)}"))
        elif key in suspects:
            lines.append(Line("settled", *key, "what was under way on it left no trace; the next update does it again"))
    return Settlement(tuple(fresh), tuple(dropped), tuple(lines))


def _of_cloud(item: Resource) -> bool:
    return bool(item.get("custom") and item.get("id")) and not item["type"].startswith("pulumi:") and not item.get("external")


def _changed(before: dict[str, object], after: dict[str, object]) -> str:
    return ", ".join(sorted(key for key in {*before, *after} if before.get(key) != after.get(key)))
