"""From a resource to the subject that policies judge: its own facts, and whose it is from the stack's blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fleet.blueprint.model import Stack
from fleet.policies.blueprint import cluster_identity, network_identity, stack_identity
from fleet.policies.subject import Identity, Subject, is_unknown, subject
from policies.pack.adapters import ADAPTERS, REGISTERED
from policies.pack.resource import Resource


@dataclass(frozen=True)
class Owners:
    """Whose the resources of a stack are. by_component: (component type, name) -> what is known of the cluster or network.

    jurisdictions: region -> the jurisdiction fleet.yaml says it is in, for what belongs to no component of fleet's.
    """

    by_component: Mapping[tuple[str, str], Identity]
    stack: Identity
    jurisdictions: Mapping[str, str]

    @staticmethod
    def of(stack: Stack, jurisdictions: Mapping[str, str]) -> Owners:
        networks = {("fleet:network", network.name): network_identity(stack, network) for network in stack.networks}
        clusters = {("fleet:cluster", cluster.identity): cluster_identity(stack, cluster) for cluster in stack.clusters}
        return Owners({**networks, **clusters}, stack_identity(stack), jurisdictions)

    def subject(self, resource: Resource) -> Subject | None:
        """What policies are asked about, None for a resource that tells nothing they know."""
        if resource.type == REGISTERED:
            return subject("registeredCluster", resource.name, self.by_component[_component(resource.urn)], {})
        adapter = ADAPTERS.get(resource.type)
        if adapter is None:
            return None
        told = adapter(resource)
        identity = self._identity(resource, "" if is_unknown(told.region) else told.region)
        lies_in = {"regionJurisdiction": told.region} if is_unknown(told.region) else {}
        return subject(told.kind, resource.name, identity, {**told.facts, **lies_in})

    def _identity(self, resource: Resource, region: str) -> Identity:
        """The owner's, in the region in which the resource itself is."""
        owner = self.by_component.get(_component(resource.parent))
        if owner is not None:
            return replace(owner, region=region)
        jurisdiction = self.jurisdictions.get(region, "")
        return replace(self.stack, cloud=resource.type.split(":")[0], region=region, jurisdiction=jurisdiction)


def _component(urn: str) -> tuple[str, str]:
    """`urn:pulumi:prod::fleet::fleet:cluster:Eks::core` as ("fleet:cluster", "core"): URNs hold types and the name of the last."""
    parts = urn.split("::")
    if len(parts) < 4:
        return "", ""
    return parts[2].split("$")[-1].rpartition(":")[0], parts[-1]
