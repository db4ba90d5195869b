"""Add, clone, remove and rename entries under `clusters`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.compile.instances import cluster_name
from fleet.edit.model import Edit, Places, not_widened, refusal, require_known
from fleet.edit.operation import Copy, Operation, Put, Rekey, Replace
from fleet.edit.region import declaration
from fleet.edit.removal import removal
from fleet.spec.load import Document
from fleet.spec.plain import Plain


def add_cluster(document: Document, name: str, class_: str, places: Places) -> Edit:
    """A new entry of a class, with a cluster in each of the places; regions that the spec lacks come along. Raises SpecError."""
    _require_new(document, name)
    require_known(document, "classes", "classes", class_, document.spec.classes)
    operations = [*_declared(document, places), Put(("clusters",), name, {"class": class_, "in": _written(places)})]
    return Edit(f"{_names(name, places)}: added, of class {class_}", tuple(operations))


def clone_cluster(document: Document, source: str, name: str, places: Places) -> Edit:
    """An entry like another, with all that stands in it: in the same places, or in others. Raises SpecError."""
    require_known(document, "clusters", "entries", source, document.spec.clusters)
    _require_new(document, name)
    entry = document.spec.clusters[source]
    where = places or {environment: tuple(regions) for environment, regions in entry.in_.items()}
    if places or entry.aliases or entry.retire:
        own: dict[str, Plain] = {key: value for key, value in document.data["clusters"][source].items() if key not in ("aliases", "retire")}
        copied: Operation = Put(("clusters",), name, {**own, "in": _written(where)})
    else:
        copied = Copy(("clusters", source), name)
    notes = tuple(not_widened(document, "cluster", source, name))
    return Edit(f"{_names(name, where)}: added, like {source}", (*_declared(document, where), copied), notes)


def remove_cluster(document: Document, name: str, environment: str | None, regions: tuple[str, ...]) -> Edit:
    """Take an entry's clusters away: all, those of an environment, or those of some of its regions. Raises SpecError."""
    require_known(document, "clusters", "entries", name, document.spec.clusters)
    entry = document.spec.clusters[name]
    if environment is not None:
        require_known(document, "clusters", f"environments of {name}", environment, entry.in_)
    seats = [(name, at, region) for at, found in entry.in_.items() if environment in (None, at) for region in found]
    for region in regions:
        require_known(document, "clusters", f"regions of {name}", region, [found for _, _, found in seats])
    return removal(document, [seat for seat in seats if not regions or seat[2] in regions])


def rename_cluster(document: Document, old: str, new: str) -> Edit:
    """Give an entry another key, with the old one as an alias, so that its clusters keep resources and physical names. Raises SpecError."""
    require_known(document, "clusters", "entries", old, document.spec.clusters)
    if new in document.spec.clusters:
        raise refusal(document, ("clusters", new), f'"{new}" is an entry already. Choose another name.')
    known = document.spec.clusters[old].aliases
    if known:
        aliases: list[Plain] = [*(alias for alias in known if alias != new), old]
        alias: Operation = Replace(("clusters", old, "aliases"), aliases)
    else:
        alias = Put(("clusters", old), "aliases", [old], after="class", inline=True)
    selectors = [
        Replace((*path, "cluster"), _with(selector.cluster, old, new))
        for path, selector in document.spec.selectors()
        if old in selector.named("cluster")
    ]
    notes = (
        f"`aliases` says that {new} was {old}; the lock keeps the first name, so nothing is replaced and physical names stay",
        "kubeconfigs are exported under the new name",
    )
    return Edit(f"{old} -> {new}: renamed", (*selectors, alias, Rekey(("clusters", old), new)), notes)


def _require_new(document: Document, name: str) -> None:
    if name in document.spec.clusters:
        raise refusal(document, ("clusters", name), f'"{name}" is an entry already. Choose another name, or edit that one.')
    former = next((entry for entry, cluster in document.spec.clusters.items() if name in cluster.aliases), None)
    if former:
        raise refusal(document, ("clusters", former, "aliases"), f'"{former}" had the name "{name}" and keeps its resources under it.')


def _declared(document: Document, places: Places) -> Iterator[Operation]:
    for environment, regions in places.items():
        require_known(document, "environments", "environments", environment, document.spec.environments)
        if not regions:
            raise refusal(document, ("environments", environment), f"no region is given for {environment}: --in {environment}=REGION,...")
    for region in dict.fromkeys(region for regions in places.values() for region in regions):
        yield from declaration(document, region)


def _written(places: Places) -> dict[str, Plain]:
    return {environment: [*regions] for environment, regions in places.items()}


def _names(entry: str, places: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(cluster_name(entry, environment, region) for environment, regions in places.items() for region in regions)


def _with(named: str | list[str] | None, old: str, new: str) -> Plain:
    """What a selector names, in its own form, with the new name in the place of the old one."""
    return [new if name == old else name for name in named] if isinstance(named, list) else new
