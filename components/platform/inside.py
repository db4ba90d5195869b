"""How objects inside a cluster are named and marked, and what they go with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.names import MANAGED_BY, Owner

MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
RESOURCE_ANNOTATION = "fleet/resource"
ENVIRONMENT_LABEL = "fleet/environment"


@dataclass(frozen=True)
class Inside:
    """A platform's way into its cluster. cluster: the cloud's resource, None for a cluster that fleet does not build."""

    owner: Owner
    provider: k8s.Provider
    cluster: pulumi.CustomResource | None

    def metadata(
        self,
        kind: type[pulumi.CustomResource],
        logical: str,
        name: str,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> k8s.meta.v1.ObjectMetaArgs:
        """The metadata of the object of this kind and logical name, with the mark by which a killed update's is known again."""
        own = {MANAGED_BY_LABEL: MANAGED_BY, ENVIRONMENT_LABEL: self.owner.origin.environment}
        return k8s.meta.v1.ObjectMetaArgs(
            name=name,
            namespace=namespace,
            labels={**own, **(labels or {})},
            annotations={RESOURCE_ANNOTATION: self.owner.mark(kind, logical)},
        )

    def options(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """For what has effects outside the cluster: it is deleted for itself, while its controllers live."""
        return self.owner.options(provider=self.provider, depends_on=list(after))

    def options_within(self, holder: pulumi.Resource | None, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """For what has no effect outside its holder, a namespace or the cluster (None: this one): it goes, and comes again, with it."""
        replaced = [holder] if holder else []  # `deleted_with` does not follow a replacement; that of the cluster replaces the provider
        return self.owner.options(
            provider=self.provider, depends_on=list(after), deleted_with=holder or self.cluster, replace_with=replaced
        )
