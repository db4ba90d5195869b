"""The spec's side of addressing: the pools to allot from, what each cluster asks for, and what the lock can no longer give."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.compile.instances import Instance, cluster_name
from fleet.lock.file import LockFile
from fleet.lock.ledger import Demand, Exhausted, Ledger, Plan
from fleet.lock.ranges import Range, parse_range
from fleet.spec.load import Document
from fleet.spec.problem import Path, Problem, SpecError


def stack_name(document: Document, environment: str, region: str) -> str:
    """The stack of a cluster: its environment, or one per region where the environment is split."""
    return f"{environment}-{region}" if document.spec.environments[environment].split == "region" else environment


def plan(document: Document) -> Plan:
    addressing = document.spec.addressing
    problems: list[Problem] = []

    def read(path: Path, text: str) -> Range:
        try:
            return parse_range(text)
        except ValueError as error:
            problems.append(document.problem(path, f"{error}."))
            return Range(0, 1)

    at = ("addressing",)
    pools = {name: read((*at, "pools", name), getattr(addressing.pools, name)) for name in ("nodes", "pods", "services")}
    reserved = tuple(read((*at, "reserved", name), text) for name, text in addressing.reserved.items())
    names = list(pools)
    for index, name in enumerate(names):
        for other in names[:index]:
            if pools[name].overlaps(pools[other]) and not problems:
                text = f"{pools[name]} overlaps the {other} pool {pools[other]}; pools must be disjoint."
                problems.append(document.problem((*at, "pools", name), text))
    if problems:
        raise SpecError(problems)
    domains = {member: name for name, members in addressing.domains.items() for member in members}
    return Plan(**pools, reserved=reserved, network_prefix=addressing.network_prefix, domains=domains)


def settle(document: Document, ledger: Ledger, found: Iterable[Instance], file: LockFile) -> None:
    demands = [_demand(document, instance) for instance in found]
    try:
        ledger.settle(demands)
    except Exhausted as error:
        raise SpecError([document.problem(("addressing", "pools", error.pool), f"{error}.")]) from None
    problems: list[Problem] = list(_names_taken(document, ledger, found))
    for demand, instance in zip(demands, found, strict=True):
        problems += _moved(document, demand, instance, ledger, file)
    if problems:
        raise SpecError(problems)


def _demand(document: Document, instance: Instance) -> Demand:
    subject, network = instance.subject, instance.settings.network
    return Demand(
        cluster=instance.name,
        environment=subject.environment,
        region=subject.region,
        stack=stack_name(document, subject.environment, subject.region),
        physical_name=instance.name,
        network_name=f"{document.spec.name}-{subject.environment}-{subject.region}",
        prefixes={"nodes": network.nodes_prefix, "pods": network.pods_prefix, "services": network.services_prefix},
        aliases=tuple(
            cluster_name(alias, subject.environment, subject.region) for alias in document.spec.clusters[subject.cluster].aliases
        ),
    )


def _names_taken(document: Document, ledger: Ledger, found: Iterable[Instance]) -> Iterable[Problem]:
    """New clusters that have the first name of a renamed one, by which its resources go still."""
    renamed = {ledger.cluster(instance.name).formerly: instance.name for instance in found}
    for instance in found:
        if instance.name in renamed:
            where = ("clusters", instance.subject.cluster)
            text = f"the resources of {renamed[instance.name]}, which was renamed, are named by {instance.name} still. Choose another name."
            yield document.problem(where, text)


def _moved(document: Document, demand: Demand, instance: Instance, ledger: Ledger, file: LockFile) -> Iterable[Problem]:
    """What the spec now asks of a cluster that the lock cannot give without moving it."""
    locked = ledger.cluster(demand.cluster)
    known = file.mark("clusters", demand.cluster)
    if locked.stack != demand.stack:
        yield document.problem(
            ("environments", demand.environment),
            f"{demand.cluster} lives in stack {locked.stack} ({known.file}:{known.line}) and would move to {demand.stack}. "
            f"Moving changes its URNs: undo the split, or move its state with `pulumi state move` and then edit the lock's `stack`.",
        )
    for what, prefix in demand.prefixes.items():
        held = parse_range(locked.ranges[what])
        if held.prefix != prefix:
            where = instance.origin(("network", f"{what}Prefix"))
            at = f"{known.file}:{known.line}"
            text = f"{demand.cluster} holds {held} ({at}), which cannot become a /{prefix}: ranges never move. Restore /{held.prefix}."
            yield document.problem(where, text)
    domain = ledger.network(locked.network).domain
    wanted = document.spec.addressing.domains
    current = next((name for name, members in wanted.items() if demand.environment in members), demand.environment)
    if domain != current:
        text = (
            f"network {locked.network} was allotted in routing domain {domain}, not {current}. Joining domains needs ranges that are "
            "free in both: keep the domain, or give the environment networks anew."
        )
        yield document.problem(("addressing", "domains"), text)
