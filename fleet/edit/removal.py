"""Take clusters out of the spec: in a protected environment first their protection, then, in a change of its own, themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.compile.instances import cluster_name
from fleet.edit.model import Edit
from fleet.edit.operation import Append, Drop, Operation, Put, Replace
from fleet.spec.load import Document
from fleet.spec.plain import Plain

Seat = tuple[str, str, str]
"""One cluster: entry, environment, region."""


def removal(document: Document, seats: Sequence[Seat]) -> Edit:
    """The next step on the way out of clusters: `retire` for those that are protected still, else their removal."""
    kept = [seat for seat in seats if document.spec.protects(*seat)]
    if kept:
        return _retirement(document, kept)
    names = ", ".join(cluster_name(*seat) for seat in seats)
    operations = tuple(operation for entry in dict.fromkeys(seat[0] for seat in seats) for operation in _drops(document, entry, seats))
    unused = sorted({seat[2] for seat in seats if _unused(document, seat[2], seats)})
    regions = tuple(Drop(("regions", region)) for region in unused) if len(unused) < len(document.spec.regions) else ()
    drained = (
        f"drain first, while it runs: move the workloads, volumes and DNS names of {names} away",
        "delete its Services of type LoadBalancer, Ingresses and volume claims while their controllers run",
        "its ranges stay taken in the lock; `fleet lock --forget NAME` frees them",
    )
    return Edit(f"{names}: removed", (*operations, *regions), next=drained, waivable=True)


def _retirement(document: Document, seats: Sequence[Seat]) -> Edit:
    operations = [operation for entry in dict.fromkeys(seat[0] for seat in seats) for operation in _retire(document, entry, seats)]
    names = ", ".join(cluster_name(*seat) for seat in seats)
    next = (
        "commit it, and bring it up: the engine's protection and the cloud's go with that update, and nothing else",
        f"drain {names}: move workloads, volumes and DNS names away",
        "step 2, in a change of its own: the same command again takes them out",
    )
    return Edit(f"{names}: step 1 of 2, protection is taken away (`retire`)", tuple(operations), next=next, waivable=True)


def _retire(document: Document, entry: str, seats: Sequence[Seat]) -> Iterator[Operation]:
    """Name an entry's clusters under its `retire`."""
    leaving: dict[str, list[Plain]] = {}
    for name, environment, region in seats:
        if name == entry:
            leaving.setdefault(environment, []).append(region)
    given = document.spec.clusters[entry].retire
    if not given:
        yield Put(("clusters", entry), "retire", dict(leaving), after="in", inline=True)
        return
    for environment, regions in leaving.items():
        if environment in given:
            yield from (Append(("clusters", entry, "retire", environment), str(region)) for region in regions)
        else:
            yield Put(("clusters", entry, "retire"), environment, regions, inline=True)


def _drops(document: Document, entry: str, seats: Sequence[Seat]) -> Iterator[Operation]:
    """What takes an entry's clusters out: items of its lists, lists that would be empty, the entry itself when nothing is left."""
    cluster = document.spec.clusters[entry]
    leaving = {(environment, region) for name, environment, region in seats if name == entry}
    if leaving == {(environment, region) for environment, regions in cluster.in_.items() for region in regions}:
        yield Drop(("clusters", entry))
        return
    yield from _emptied(("clusters", entry, "in"), cluster.in_, leaving)
    retired = {(environment, region) for environment, regions in cluster.retire.items() for region in regions}
    if retired and retired <= leaving:
        yield Drop(("clusters", entry, "retire"))
    else:
        yield from _emptied(("clusters", entry, "retire"), cluster.retire, leaving)


def _emptied(path: tuple[str, ...], lists: dict[str, list[str]], leaving: set[tuple[str, str]]) -> Iterator[Operation]:
    for environment, regions in lists.items():
        gone = [index for index, region in enumerate(regions) if (environment, region) in leaving]
        if gone and len(gone) == len(regions):
            yield Drop((*path, environment))
        elif len(gone) == 1:
            yield Drop((*path, environment, gone[0]))
        elif gone:
            yield Replace((*path, environment), [region for region in regions if (environment, region) not in leaving])


def _unused(document: Document, region: str, seats: Sequence[Seat]) -> bool:
    """Whether no cluster is left in a region, and no selector names it."""
    leaving = set(seats)
    for entry, cluster in document.spec.clusters.items():
        for environment, regions in cluster.in_.items():
            if region in regions and (entry, environment, region) not in leaving:
                return False
    return not any(region in selector.named("region") for _, selector in document.spec.selectors())
