"""What of a release is no longer as its manifest says: objects that are gone, and workloads that somebody scaled.

The official provider compares a release's values alone, and so does helm; what somebody changed in its objects shows in neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.kubernetes.provider.api import Api
from sandbox.kubernetes.provider.helm.records import Record
from sandbox.kubernetes.provider.objects import at, label, name_of, namespace_of, with_metadata
from sandbox.kubernetes.provider.problem import Values

SCALED = frozenset({"Deployment", "StatefulSet"})
HOOK = "helm.sh/hook"


def drift(api: Api, record: Record) -> list[str]:
    """A sentence for each object that is not as it was installed, empty where all are. Raises Unreachable, Refused."""
    return list(_drift(api, record))


def _drift(api: Api, record: Record) -> Iterator[str]:
    for item in record.objects():
        resource = api.resource(str(item["apiVersion"]), str(item["kind"]))
        if resource is None or at(item, "metadata", "annotations", HOOK) is not None:
            continue
        placed: Values = with_metadata(item, namespace=namespace_of(item) or record.namespace) if resource.namespaced else item
        live = api.get(resource, namespace_of(placed), name_of(placed))
        wanted = at(item, "spec", "replicas")
        if live is None:
            yield f"{label(placed)} is gone"
        elif item["kind"] in SCALED and wanted is not None and at(live, "spec", "replicas") != wanted:
            yield f"{label(placed)} is scaled to {at(live, 'spec', 'replicas')}, the chart says {wanted}"
