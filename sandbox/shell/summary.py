"""What a stack is after an update: its clusters as decided, counted in its state, as lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fleet.blueprint.files import read_stack
from fleet.blueprint.model import AnyCluster
from fleet.recover import checkpoint
from sandbox.shell.update import Update


def lines(repository: Path, state: dict[str, Any], update: Update) -> Iterator[str]:
    """The summary of a stack that is up: each cluster with kind, region, version, zones, node pools and add-ons; time; changes."""
    stack = read_stack(repository / "stacks" / update.stack)
    held = checkpoint.resources(state)
    by_cluster = Counter(owner for item in held if (owner := _owner(item, {cluster.identity for cluster in stack.clusters})))
    yield ""
    resources = sum(_made(item) for item in held)
    count = f"{len(stack.clusters)} {'cluster' if len(stack.clusters) == 1 else 'clusters'}"
    yield f"{update.stack}: {count}, {resources} resources, {update.changes} in {update.seconds:.0f} s"
    for cluster in stack.clusters:
        yield f"  {cluster.name}  {kind(cluster).upper()} {cluster.kubernetes}  {cluster.region}  {by_cluster[cluster.identity]} resources"
        yield f"    zones       {', '.join(cluster.zones)}"
        yield f"    node pools  {', '.join(pool.name for pool in cluster.node_pools) or '-'}"
        yield f"    add-ons     {', '.join(_addons(cluster)) or '-'}"


def next_steps(stack: str, command: str) -> Iterator[str]:
    """What to try next. command: how `fleet` is called here."""
    steps = (
        (f"{command} sandbox exec -- pulumi preview -s {stack} --diff", "what an update would change: nothing"),
        (f"{command} sandbox exec -- pulumi up -s staging", "the next environment, by the plain CLI"),
        (f"{command} sandbox exec -- pulumi stack output -s {stack} --json", "endpoints and kubeconfigs"),
        (f"{command} sandbox fault --help", "make the clouds fail, then recover"),
        (f"{command} plan", "after an edit of fleet.yaml: what it does, and how risky it is"),
        (f"{command} sandbox status", "what there is; `sandbox down` stops it"),
    )
    width = max(len(words) for words, _ in steps)
    yield ""
    yield "Try next:"
    yield from (f"  {words:{width}}  {why}" for words, why in steps)


def kind(cluster: AnyCluster) -> str:
    """The cluster's kind, as `eks`."""
    return str(cluster.__struct_config__.tag)


def _addons(cluster: AnyCluster) -> list[str]:
    return [addon if isinstance(addon, str) else addon.name for addon in cluster.addons]


def _made(item: dict[str, Any]) -> bool:
    return bool(item.get("custom")) and not item["type"].startswith("pulumi:")


def _owner(item: dict[str, Any], clusters: set[str]) -> str | None:
    """The cluster whose component a resource hangs under."""
    parent = str(item.get("parent") or "").rpartition("::")
    return parent[2] if _made(item) and parent[2] in clusters and "fleet:cluster:" in parent[0] else None
