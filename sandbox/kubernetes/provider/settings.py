"""The provider's own configuration: what its arguments and environment variables say, and what a change of them means.

Source: pulumi_kubernetes.ProviderArgs 4.34.2; pulumi-kubernetes provider/pkg/provider/provider.go (Configure, DiffConfig), 2026-07.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.cloud.differences import Difference, differences
from sandbox.cloud.request import Refusal, Unknown
from sandbox.kubernetes.provider import kubeconfig
from sandbox.kubernetes.provider.problem import KubeconfigProblem, Values

IDENTIFIER = "clusterIdentifier"
PROXY = "FLEET_PROXY"
"""Where every proxy that a kubeconfig names is found here (sandbox.kubernetes.access.bastion)."""
LEADS_TO_CLUSTER = ("kubeconfig", "context", "cluster")
NOT_HERE = {
    "renderYamlToDirectory": "the sandbox applies to clusters and renders no files",
    "alwaysRender": "the sandbox applies to clusters and renders no files",
}
VARIABLES = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "skipUpdateUnreachable": "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
    "enableServerSideApply": "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
}


@dataclass(frozen=True)
class Surroundings:
    """Where the provider's process was started: what kubectl would see there."""

    environment: Mapping[str, str]
    directory: Path


@dataclass(frozen=True)
class Settings:
    """A configured instance. mutable: kinds whose data may change in place; namespace: where objects go that name none."""

    kubeconfig: str
    context: str
    cluster: str
    namespace: str
    delete_unreachable: bool
    skip_update_unreachable: bool
    patch_force: bool
    upsert: bool
    mutable: frozenset[str]


def settings(inputs: Values, surroundings: Surroundings) -> Settings:
    """The settings of inputs, whose values are strings as the engine sends them."""

    def flag(name: str) -> bool:
        given = inputs.get(name)
        return str(given if given is not None else surroundings.environment.get(VARIABLES[name], "")).lower() == "true"

    mutable = {"ConfigMap": flag("enableConfigMapMutable"), "Secret": flag("enableSecretMutable")}
    return Settings(
        kubeconfig=kubeconfig.rerouted(_text(inputs, "kubeconfig"), surroundings.environment.get(PROXY, "")),
        context=_text(inputs, "context"),
        cluster=_text(inputs, "cluster"),
        namespace=_text(inputs, "namespace"),
        delete_unreachable=flag("deleteUnreachable"),
        skip_update_unreachable=flag("skipUpdateUnreachable"),
        patch_force=flag("enablePatchForce"),
        upsert=flag("upsertExistingObjects"),
        mutable=frozenset(kind for kind, allowed in mutable.items() if allowed),
    )


def refusals(inputs: Values, surroundings: Surroundings) -> list[Refusal]:
    """What of the configuration the sandbox cannot do."""
    found = [Refusal(name, "Unsupported", 400, why) for name, why in NOT_HERE.items() if inputs.get(name) not in (None, "", "false", False)]
    apply = inputs.get("enableServerSideApply", surroundings.environment.get(VARIABLES["enableServerSideApply"]))
    if apply is not None and str(apply).lower() == "false":
        found.append(Refusal("enableServerSideApply", "Unsupported", 400, "the sandbox knows server-side apply alone; leave it out"))
    return found


def changes(old: Values, new: Values, surroundings: Surroundings) -> list[tuple[Difference, bool]]:
    """All differences and whether each replaces the provider, and so all that it made.

    With a cluster identifier only another one does; giving one, or taking it away, does not. Without one it is another cluster in the
    kubeconfig, or one that is not known yet.
    """
    found = differences(old, new)
    replacing = _replacing(old, new, found, surroundings)
    return [(item, item.path[0] in replacing) for item in found]


def _replacing(old: Values, new: Values, found: list[Difference], surroundings: Surroundings) -> frozenset[str]:
    before, after = old.get(IDENTIFIER), new.get(IDENTIFIER)
    if before and after:
        return frozenset({IDENTIFIER}) if before != after else frozenset()
    changed = {str(item.path[0]) for item in found} & set(LEADS_TO_CLUSTER)
    unknown = {key for key in changed if isinstance(new.get(key), Unknown)}
    if unknown or not changed:
        return frozenset(unknown)
    return frozenset(changed if _cluster(old, surroundings) != _cluster(new, surroundings) else ())


def _cluster(inputs: Values, surroundings: Surroundings) -> tuple[str, bytes] | None:
    """Server and authority that inputs lead to; None where they lead nowhere."""
    one = settings(inputs, surroundings)
    try:
        found = kubeconfig.read(one.kubeconfig, one.context, one.cluster, surroundings.environment, surroundings.directory)
    except KubeconfigProblem:
        return None
    return found.server, found.authority


def _text(inputs: Values, name: str) -> str:
    value = inputs.get(name)
    return value if isinstance(value, str) else ""
