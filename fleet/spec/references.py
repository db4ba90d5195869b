"""Names in a spec that point at nothing: each with where it is written and the name that was likely meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fleet.spec.model import Selector, Spec
from fleet.spec.problem import Path
from fleet.spec.suggest import did_you_mean, nearest

Unresolved = tuple[Path, str]


def unresolved(spec: Spec) -> Iterator[Unresolved]:
    """Every reference of `spec` that names an environment, region, class or cluster that it does not define."""
    yield from _domains(spec)
    yield from _clusters(spec)
    yield from _teams(spec)
    for index, override in enumerate(spec.overrides):
        yield from _selector(spec, override.match, ("overrides", index, "match"))
    for name, policy in spec.policies.items():
        if policy and policy.match:
            yield from _selector(spec, policy.match, ("policies", name, "match"))


def _domains(spec: Spec) -> Iterator[Unresolved]:
    owner: dict[str, str] = {}
    for name, members in spec.addressing.domains.items():
        for index, environment in enumerate(members):
            where = ("addressing", "domains", name, index)
            yield from _known(environment, spec.environments, where, "environment")
            if environment in owner:
                yield where, f'environment "{environment}" is in domain "{owner[environment]}" already. An environment routes in one.'
            owner.setdefault(environment, name)
        if name in spec.environments and name not in members:
            yield ("addressing", "domains", name), f'"{name}" is also an environment that is not in this domain. Choose another name.'


def _clusters(spec: Spec) -> Iterator[Unresolved]:
    for name, cluster in spec.clusters.items():
        at = ("clusters", name)
        yield from _known(cluster.class_, spec.classes, (*at, "class"), "class")
        for environment, regions in cluster.in_.items():
            yield from _known(environment, spec.environments, (*at, "in", environment), "environment")
            for index, region in enumerate(regions):
                where = (*at, "in", environment, index)
                if region not in spec.regions:
                    there = nearest(region, spec.regions)
                    meant = f' Did you mean "{there}"? So it is written under `regions`.' if there else did_you_mean(region, spec.regions)
                    yield where, f'region "{region}" is not defined.{meant}'
                if region in regions[:index]:
                    yield where, f'region "{region}" is named twice. Remove one.'
        yield from _aliases(spec, name)
        for environment, regions in cluster.retire.items():
            for index, region in enumerate(regions):
                if region not in cluster.in_.get(environment, []):
                    where = (*at, "retire", environment, index)
                    yield where, f'"{name}" has no cluster in {region} of {environment} to retire.'


def _aliases(spec: Spec, name: str) -> Iterator[Unresolved]:
    """Aliases that are entries of their own, or that two entries claim."""
    for index, alias in enumerate(spec.clusters[name].aliases):
        where = ("clusters", name, "aliases", index)
        if alias in spec.clusters:
            yield where, f'"{alias}" is an entry of its own, so "{name}" cannot have had its name. Remove the alias, or rename the entry.'
        other = next((other for other in spec.clusters if other < name and alias in spec.clusters[other].aliases), None)
        if other:
            yield where, f'"{alias}" is an alias of "{other}" already. Its clusters can go on under one name only.'


def _teams(spec: Spec) -> Iterator[Unresolved]:
    for name, team in spec.teams.items():
        at = ("teams", name)
        for environment in team.access:
            yield from _known(environment, spec.environments, (*at, "access", environment), "environment")
        for cloud, groups in (("aws", team.groups.aws), ("gcp", team.groups.gcp), ("oidc", team.groups.oidc)):
            for environment in groups if isinstance(groups, dict) else ():
                yield from _known(environment, spec.environments, (*at, "groups", cloud, environment), "environment")
        if team.match:
            yield from _selector(spec, team.match, (*at, "match"))
        for namespace, settings in team.namespaces.items():
            if settings.match:
                yield from _selector(spec, settings.match, (*at, "namespaces", namespace, "match"))


def _selector(spec: Spec, selector: Selector, at: Path) -> Iterator[Unresolved]:
    known: dict[str, tuple[str | list[str] | None, Iterable[str]]] = {
        "environment": (selector.environment, spec.environments),
        "region": (selector.region, spec.regions),
        "class": (selector.class_, spec.classes),
        "cluster": (selector.cluster, spec.clusters),
        "jurisdiction": (selector.jurisdiction, {region.jurisdiction for region in spec.regions.values()}),
    }
    for key, (wanted, defined) in known.items():
        if isinstance(wanted, str):
            yield from _known(wanted, defined, (*at, key), key)
        for index, word in enumerate(wanted if isinstance(wanted, list) else ()):
            yield from _known(word, defined, (*at, key, index), key)


def _known(word: str, defined: Iterable[str], where: Path, what: str) -> Iterator[Unresolved]:
    if word not in set(defined):
        yield where, f'{what} "{word}" is not defined.{did_you_mean(word, defined)}'
