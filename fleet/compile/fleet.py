"""Compile: a spec and its lock in, a blueprint with every decision made and the lock that holds them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fleet.blueprint.model import AnyCluster, Blueprint, Deployer
from fleet.compile.addressing import plan, settle
from fleet.compile.context import Context, Undecidable
from fleet.compile.eks import compile_eks
from fleet.compile.gke import compile_gke
from fleet.compile.instances import Flaw, Instance, folded, instances
from fleet.compile.registered import compile_registered
from fleet.compile.stacks import stacks
from fleet.compile.teams import Teams
from fleet.compile.zones import zones
from fleet.lock.conflicts import require_sound
from fleet.lock.file import LockFile
from fleet.lock.ledger import Ledger
from fleet.lock.model import Lock
from fleet.spec.load import Document
from fleet.spec.problem import Mark, Path, Problem, SpecError


@dataclass(frozen=True)
class Compiled:
    """The blueprint, the lock that belongs to it, and the way back from a cluster's setting to the spec."""

    blueprint: Blueprint
    lock: Lock
    document: Document
    instances: Mapping[str, Instance]

    def mark(self, cluster: str, path: Path) -> Mark:
        """Where in fleet.yaml the setting `path` of `cluster` was decided (the cluster's entry when the built-in profile did)."""
        return self.document.mark(self.instances[cluster].origin(path), of_key=False)


def compile_fleet(document: Document, file: LockFile, *, upgrade: bool = False) -> Compiled:
    """Decide everything. upgrade: take the catalogue's choices anew instead of the locked ones. Raises SpecError with all problems."""
    ranges = plan(document)
    require_sound(file, document.spec.addressing.reserved)
    found = instances(document)
    problems = _missing_accounts(document, found)
    if problems:
        raise SpecError(problems)
    ledger = Ledger(file.lock, ranges, upgrade=upgrade)
    settle(document, ledger, found, file)
    clusters = _clusters(document, ledger, found)
    blueprint = Blueprint(name=document.spec.name, stacks=stacks(document, ledger, clusters))
    return Compiled(blueprint, ledger.finish(), document, {instance.name: instance for instance in found})


def _missing_accounts(document: Document, found: Iterable[Instance]) -> list[Problem]:
    """Clusters on a cloud for which their environment names no account or no deployer."""
    problems: dict[tuple[Path, str], Problem] = {}
    for instance in (instance for instance in found if instance.subject.kind != "registered"):
        environment, cloud = instance.subject.environment, instance.subject.cloud
        spec = document.spec.environments[environment]
        for what, given in (("accounts", spec.accounts), ("deployer", spec.deployer)):
            if getattr(given, cloud) is None:
                where = ("environments", environment, what)
                text = f'environment "{environment}" has clusters on {cloud} ({instance.name}) but {what} has no "{cloud}".'
                problems.setdefault((where, cloud), document.problem(where, text))
        if cloud == "gcp" and document.spec.google_workspace_domain is None:
            text = '"googleWorkspaceDomain" is missing: GKE knows teams as Google groups under gke-security-groups@ of that domain.'
            problems.setdefault(((), "workspace"), document.problem(("name",), text))
    return list(problems.values())


def _clusters(document: Document, ledger: Ledger, found: Iterable[Instance]) -> list[AnyCluster]:
    teams = Teams(document)
    clusters: list[AnyCluster] = []
    flaws: list[Flaw] = []
    for instance in found:
        subject = instance.subject
        access = teams.of(subject)
        context = Context(
            instance,
            _deployer(document, subject.environment, subject.cloud),
            document.spec.protects(subject.cluster, subject.environment, subject.region),
            access,
            teams.namespaces(subject, access),
            ledger,
        )
        try:
            clusters.append(_cluster(document, context))
        except Undecidable as error:
            flaws.append(Flaw(instance.name, instance.origin(error.path), error.message))
    if flaws or teams.problems:
        raise SpecError([*folded(document, flaws), *teams.problems])
    return clusters


def _cluster(document: Document, context: Context) -> AnyCluster:
    if context.instance.subject.kind == "registered":
        return compile_registered(context)
    chosen = zones(context)
    if context.instance.subject.kind == "eks":
        return compile_eks(context, chosen)
    return compile_gke(context, chosen, f"gke-security-groups@{document.spec.google_workspace_domain}")


def _deployer(document: Document, environment: str, cloud: str) -> Deployer:
    spec = document.spec.environments[environment]
    reach = spec.deployer.reach
    return Deployer(
        account=str(getattr(spec.accounts, cloud)),
        principal=str(getattr(spec.deployer, cloud)),
        proxy_url=reach.proxy if reach else None,
    )
