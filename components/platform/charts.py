"""Add-ons that Helm installs, one after the other: pinned, waited for, and taken back if they do not become ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.cluster.base import WorkloadIdentity
from components.platform.inside import Inside
from components.platform.namespaces import namespace_of
from components.platform.stage import stage
from fleet.blueprint.model import Chart, Platform, Replicas

READY_SECONDS = 600
"""How long one chart may take until its workloads are ready: images are pulled on every node of a new cluster."""
HISTORY = 5
"""Revisions that Helm keeps of a release, each a Secret."""
EXISTING = frozenset({"kube-system"})
"""Namespaces that every cluster has, which are not ours to label or delete."""


def build(inside: Inside, platform: Platform, identities: Mapping[str, WorkloadIdentity]) -> list[pulumi.Resource]:
    """The releases, in the order of the blueprint: a later one may need an earlier one, and goes before it."""
    namespaces: dict[str, pulumi.Resource] = {}
    made: list[pulumi.Resource] = []
    for chart in platform.charts:
        identity = identities.get(chart.name, WorkloadIdentity(()))
        own = stage(inside, f"chart-{chart.name}", [*identity.needs, *made])
        if chart.namespace not in EXISTING and chart.namespace not in namespaces:
            namespaces[chart.namespace] = namespace_of(own, chart.namespace, chart.pod_security, platform.minor)
        holder = [namespaces[chart.namespace]] if chart.namespace in namespaces else []
        release = _release(own, chart, identity, holder)
        made += [release, *(_kept(own, chart, replicas, release) for replicas in chart.replicas)]
    return made


def _release(inside: Inside, chart: Chart, identity: WorkloadIdentity, after: Sequence[pulumi.Resource]) -> k8s.helm.v3.Release:
    """Its objects may have effects outside the cluster, as load balancers have, so it is uninstalled and not just forgotten."""
    name = inside.owner.logical("chart", chart.name)
    return k8s.helm.v3.Release(
        name,
        name=chart.name,
        namespace=chart.namespace,
        create_namespace=False,
        **_origin(chart),
        version=chart.version,
        values=_merged(chart.values, identity.values),
        atomic=True,
        cleanup_on_fail=True,
        skip_await=False,
        wait_for_jobs=True,
        timeout=READY_SECONDS,
        max_history=HISTORY,
        opts=inside.options(after),
    )


def _kept(inside: Inside, chart: Chart, replicas: Replicas, release: k8s.helm.v3.Release) -> k8s.apps.v1.DeploymentPatch:
    """A release does not see what became of its objects; of how many replicas run, this does, so that a refresh finds who scaled them.

    Its number is known once the release is there: a preview would ask the API server to patch what is still to be installed.
    """
    return k8s.apps.v1.DeploymentPatch(
        inside.owner.logical("chart", chart.name, replicas.deployment),
        metadata={"name": replicas.deployment, "namespace": chart.namespace},
        spec={"replicas": release.status.apply(lambda _: replicas.count)},
        opts=inside.options_within(release, [release]),
    )


def _origin(chart: Chart) -> dict[str, Any]:
    """An oci:// repository is the chart's own address; others hold many charts."""
    if chart.repository.startswith("oci://"):
        return {"chart": chart.repository}
    return {"chart": chart.chart, "repository_opts": k8s.helm.v3.RepositoryOptsArgs(repo=chart.repository)}


def _merged(values: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's values with what the identity adds; maps join by key."""
    joined = dict(values)
    for key, value in more.items():
        old = joined.get(key)
        joined[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return joined
