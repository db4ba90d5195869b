"""Second copies: resources under our tag for this stack that its state does not hold, left by an update that made them twice.

Only AWS makes two of one name; on GCP the name is taken. A protected stack's copies are named, not deleted, until --delete-duplicates.
"""

from __future__ import annotations

from collections.abc import Iterable

from fleet.recover import checkpoint
from fleet.recover.checkpoint import Document
from fleet.recover.cloud import CloudFailed, Live, Provider
from fleet.recover.providers import Providers
from fleet.recover.report import Line
from fleet.recover.search import Tagged
from fleet.recover.wanted import Wanted

Copy = tuple[Tagged, Provider, Live]


def remove(stack: str, state: Document, missing: Iterable[Wanted], clouds: Providers, dry_run: bool, force: bool) -> list[Line]:
    """Delete the second copies, those that others hang on last; says of each what became of it."""
    items = [*checkpoint.resources(state), *(item.resource for item in missing)]
    fleets = {fleet for item in items if (fleet := ((item.get("inputs") or {}).get("tags") or {}).get("fleet"))}
    copies = _copies(stack, fleets, checkpoint.known_ids(state), clouds)
    if any(item.get("protect") for item in items) and not force:
        why = "a second copy; this stack is protected: look at it, then run again with --delete-duplicates"
        return [Line("refused", _urn(copy[0]), copy[2].id, why) for copy in copies]
    if dry_run:
        return [Line("deleted", _urn(copy[0]), copy[2].id, "a second copy, not in the state") for copy in copies]
    return _delete(copies)


def _copies(stack: str, fleets: set[str], known: frozenset[tuple[str, str]], clouds: Providers) -> list[Copy]:
    found: dict[tuple[str, str], Copy] = {}
    for provider, listed in clouds.all_tagged():
        for item in listed:
            if item.stack != stack or item.tags.get("fleet") not in fleets or (item.type, item.id) in known:
                continue
            live = provider.read(_urn(item), item.type, item.id, {})
            if live and (item.type, live.id) not in known:
                found[(item.type, live.id)] = (item, provider, live)
    return list(found.values())


def _delete(copies: list[Copy]) -> list[Line]:
    """Delete in passes, until a pass deletes nothing: what is in the way of one is often another."""
    lines: list[Line] = []
    while copies:
        refused: list[tuple[Copy, str]] = []
        for copy in copies:
            item, provider, live = copy
            try:
                provider.delete(_urn(item), item.type, live)
            except CloudFailed as failure:
                refused.append((copy, str(failure)))
            else:
                lines.append(Line("deleted", _urn(item), live.id, "a second copy, not in the state"))
        if len(refused) == len(copies):
            return lines + [
                Line("refused", _urn(copy[0]), copy[2].id, f"a second copy that cannot be deleted: {why}") for copy, why in refused
            ]
        copies = [copy for copy, _ in refused]
    return lines


def _urn(item: Tagged) -> str:
    """A URN for a resource that is in no state: stack, type and name are what its tag says."""
    return f"urn:pulumi:{item.stack}::recover::{item.type}::{item.name}"
