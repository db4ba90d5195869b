"""Add an environment after the likeness of another: its settings, its place among the clusters, its teams' access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fleet.edit.model import Edit, not_widened, refusal, require_known
from fleet.edit.operation import Append, Operation, Put
from fleet.spec.load import Document
from fleet.spec.plain import Plain


def add_environment(document: Document, name: str, like: str, accounts: dict[str, str], *, clusters: bool) -> Edit:
    """An environment in accounts of its own (cloud -> account id or project). clusters: with those that `like` has. Raises SpecError."""
    spec = document.spec
    require_known(document, "environments", "environments", like, spec.environments)
    if name in spec.environments:
        raise refusal(document, ("environments", name), f'"{name}" is an environment already. Choose another name.')
    given: dict[str, str] = dict(document.data["environments"][like]["accounts"])
    for cloud in given:
        if cloud not in accounts:
            raise refusal(
                document, ("environments", like, "accounts", cloud), f"{like} has an account on {cloud}; name {name}'s with --{cloud}."
            )
        owner = next((other for other, found in spec.environments.items() if getattr(found.accounts, cloud) == accounts[cloud]), None)
        if owner:
            where = ("environments", owner, "accounts", cloud)
            raise refusal(document, where, f"{accounts[cloud]} is the account of {owner}. Environments are kept apart by their accounts.")
    moved = {given[cloud]: accounts[cloud] for cloud in given}
    operations: list[Operation] = [Put(("environments",), name, _moved(document.data["environments"][like], moved))]
    operations += _domains(document, name, like)
    if clusters:
        for entry, cluster in spec.clusters.items():
            if like in cluster.in_:
                operations.append(Put(("clusters", entry, "in"), name, [*cluster.in_[like]]))
        operations += _teams(document, name, like, moved)
    return Edit(f"environment {name}, like {like}", tuple(operations), tuple(_notes(document, name, like)))


def _moved(value: Any, accounts: dict[str, str]) -> Any:
    """The value with every account's name in its texts exchanged for the new one's."""
    if isinstance(value, dict):
        return {key: _moved(item, accounts) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, accounts) for item in value]
    if isinstance(value, str):
        for old, new in accounts.items():
            value = value.replace(old, new)
    return value


def _domains(document: Document, name: str, like: str) -> Iterator[Operation]:
    for domain, members in document.spec.addressing.domains.items():
        if like in members:
            yield Append(("addressing", "domains", domain), name)


def _teams(document: Document, name: str, like: str, accounts: dict[str, str]) -> Iterator[Operation]:
    """The same access for the same teams, as the same roles of the new account."""
    for team, found in document.spec.teams.items():
        if like not in found.access:
            continue
        yield Put(("teams", team, "access"), name, found.access[like])
        for cloud, groups in (("aws", found.groups.aws), ("gcp", found.groups.gcp)):
            if isinstance(groups, dict) and like in groups:
                principal: Plain = _moved(groups[like], accounts)
                yield Put(("teams", team, "groups", cloud), name, principal)


def _notes(document: Document, name: str, like: str) -> Iterator[str]:
    environment = document.spec.environments[like]
    if environment.deployer.reach and environment.deployer.reach.proxy:
        yield f"deployer.reach.proxy was copied from {like}: {name} needs a proxy in its own networks; correct it before `pulumi up`"
    if environment.protect:
        yield f"{name} is protected, as {like} is"
    if any(like in members for members in document.spec.addressing.domains.values()):
        yield f"{name} routes to what {like} routes to (`addressing.domains`), so their ranges differ"
    yield from not_widened(document, "environment", like, name)
