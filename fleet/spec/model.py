"""The spec: fleet.yaml as written, checked for form. Nothing is decided here and no default is applied.

Every model refuses unknown keys. `ClusterSettings` is partial on purpose: it is one layer of several that `compile` merges
(profile < defaults < environment < region < class < cluster < overrides); `null` removes an entry of a map.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from fleet.spec.problem import Path

_NAME = r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$"
_CIDR = r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$"
_MINOR = r"^1\.\d{2}$"
_DOMAIN = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$"
_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
_PROXY = r"^(socks5|https?)://[^\s/]+$"
_VARIABLE = r"^[A-Z_][A-Z0-9_]*$"
_JURISDICTION = r"^[A-Z]{2,3}$"
FORMS = {
    _NAME: "a name: 1 to 40 lower-case letters, digits and hyphens, a letter first, no hyphen last",
    _CIDR: "an IPv4 range like 10.0.0.0/16",
    _MINOR: 'a Kubernetes minor like "1.35"',
    _DOMAIN: "a DNS domain like acme.example",
    _TIME: 'a time of day in UTC like "02:00"',
    _PROXY: "a proxy like socks5://bastion.acme.example:1080",
    _VARIABLE: "the name of an environment variable like LEGACY_KUBECONFIG",
    _JURISDICTION: "a jurisdiction like EU or US",
}
"""What each pattern of the spec means to a person."""
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Cidr = Annotated[str, StringConstraints(pattern=_CIDR)]
Prefix = Annotated[int, Field(ge=8, le=28)]
Minor = Annotated[str, StringConstraints(pattern=_MINOR)]
Tier = Literal["break-glass", "platform-admin", "platform-operator", "auditor", "tenant-admin", "developer", "viewer"]
TaintEffect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
Kind = Literal["eks", "gke", "registered"]
Cloud = Literal["aws", "gcp"]
Day = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class Model(BaseModel):
    """Base of the spec's models: camelCase keys, unknown keys refused, no silent conversion between types."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True, strict=True, frozen=True)


class Size(Model):
    """What a node must have at least; the catalogue picks the types and the lock keeps them."""

    vcpu: Annotated[int, Field(ge=1)]
    memory_gib: Annotated[int, Field(ge=1, alias="memoryGiB")]


class Types(Model):
    """Instance types by cloud, most wanted first."""

    aws: list[str] = Field(default_factory=list)
    gcp: list[str] = Field(default_factory=list)


class Taint(Model):
    effect: TaintEffect
    value: str = ""


class NodePool(Model):
    """A pool of equal nodes. `min` and `max` are totals over the cluster's zones."""

    size: Size | None = None
    types: Types | None = None
    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None
    capacity: Literal["on-demand", "spot"] | None = None
    architecture: Literal["amd64", "arm64"] | None = None
    disk_gib: Annotated[int | None, Field(ge=20, le=16384, alias="diskGiB")] = None
    max_pods: Annotated[int, Field(ge=8, le=250)] | None = None
    kubernetes: Minor | None = None
    zones: list[str] | None = None
    labels: dict[str, str | None] | None = None
    taints: dict[str, TaintEffect | Taint | None] | None = None


class Identity(Model):
    """The cloud rights of an add-on: IAM policy ARNs, and GCP project roles as `roles/dns.admin`."""

    aws: list[str] = Field(default_factory=list)
    gcp: list[str] = Field(default_factory=list)


class Addon(Model):
    """An add-on, managed by the cloud or installed by Helm. `version` empty: the catalogue picks one and the lock keeps it.

    configuration: values of a managed add-on; values: of a chart, over those that make it highly available.
    """

    version: str | None = None
    configuration: dict[str, object] | None = None
    values: dict[str, object] | None = None
    identity: Identity | None = None


class Kubeconfig(Model):
    """Where the kubeconfig of a registered cluster is found; exactly one of the two. Its content is in no file that is committed."""

    environment_variable: Annotated[str, StringConstraints(pattern=_VARIABLE)] | None = None
    file: str | None = None


class ControlPlane(Model):
    """Where the Kubernetes API answers. `public` needs the ranges it is limited to."""

    endpoint: Literal["private", "public"] | None = None
    public_cidrs: list[Cidr] | None = None


class ClusterNetwork(Model):
    """How large the ranges of a cluster are, as prefix lengths."""

    nodes_prefix: Prefix | None = None
    pods_prefix: Prefix | None = None
    services_prefix: Prefix | None = None


class Maintenance(Model):
    """The weekly window in which the cloud may update a cluster, in UTC."""

    days: Annotated[list[Day], Field(min_length=1)] | None = None
    start: Annotated[str, StringConstraints(pattern=_TIME)] | None = None
    hours: Annotated[int, Field(ge=4, le=24)] | None = None


class ClusterSettings(Model):
    """One layer of a cluster's settings."""

    kind: Kind | None = None
    kubernetes: Minor | None = None
    channel: Literal["rapid", "regular", "stable", "extended"] | None = None
    support_type: Literal["standard", "extended"] | None = None
    log_retention_days: Annotated[int, Field(ge=1)] | None = None
    zones: list[str] | None = None
    control_plane: ControlPlane | None = None
    network: ClusterNetwork | None = None
    maintenance: Maintenance | None = None
    node_pools: dict[Name, NodePool | None] | None = None
    addons: dict[Name, Addon | None] | None = None
    tags: dict[str, str | None] | None = None
    kubeconfig: Kubeconfig | None = None


class Cluster(ClusterSettings):
    """One entry, a cluster in each of the regions that `in` names per environment.

    retire: clusters of it (environment -> regions) whose protection is taken away, the first of the two steps to replace or remove one.
    aliases: keys that the entry had, so that its clusters keep their resources and physical names.
    """

    class_: Annotated[str, Field(alias="class")]
    in_: Annotated[dict[str, list[str]], Field(alias="in")]
    labels: dict[str, str] = Field(default_factory=dict)
    retire: dict[str, list[str]] = Field(default_factory=dict)
    aliases: list[Name] = Field(default_factory=list)


class Selector(Model):
    """Which clusters: all given keys must match, each by any of its values."""

    environment: str | list[str] | None = None
    region: str | list[str] | None = None
    cloud: Cloud | list[Cloud] | None = None
    kind: Kind | list[Kind] | None = None
    jurisdiction: str | list[str] | None = None
    class_: Annotated[str | list[str] | None, Field(alias="class")] = None
    cluster: str | list[str] | None = None
    label: dict[str, str] | None = None

    def named(self, attribute: str) -> list[str]:
        """The values that it accepts for one of its attributes, as `region`; none where it accepts all."""
        given = getattr(self, attribute)
        return [] if given is None else [given] if isinstance(given, str) else list(given)


class Override(Model):
    """Settings for the clusters that match, stronger than all other layers; later overrides win."""

    match: Selector
    set: ClusterSettings


class Reach(Model):
    """From where the deployer reaches private endpoints: inside the network, or through a proxy."""

    runner: Literal["in-network"] | None = None
    proxy: Annotated[str, StringConstraints(pattern=_PROXY)] | None = None


class Deployer(Model):
    """The identities that change an environment: an IAM role ARN, a service account e-mail."""

    aws: str | None = None
    gcp: str | None = None
    reach: Reach | None = None


class Accounts(Model):
    """The AWS account id and the GCP project id of an environment."""

    aws: str | None = None
    gcp: str | None = None


class EnvironmentNetwork(Model):
    """Choices about an environment's networks as a whole. One NAT gateway for all zones is cheaper and dies with its zone."""

    nat_gateways: Literal["per-zone", "single"] | None = None
    flow_log_retention_days: Annotated[int, Field(ge=1)] | None = None


class Environment(Model):
    """`protect` is no setting to override: it turns on deletion protection and the engine's own `protect` for all that is in it."""

    accounts: Accounts
    deployer: Deployer
    protect: bool = False
    split: Literal["region"] | None = None
    network: EnvironmentNetwork | None = None
    settings: ClusterSettings | None = None


class Region(Model):
    """A region of a cloud, by the cloud's own id. Its zones come from the catalogue."""

    jurisdiction: Annotated[str, StringConstraints(pattern=_JURISDICTION)]
    settings: ClusterSettings | None = None


class Pools(Model):
    """Ranges to allot from."""

    nodes: Cidr
    pods: Cidr
    services: Cidr


class Addressing(Model):
    """Ranges are allotted from `pools`, kept in the lock, and never touch `reserved`.

    network_prefix: size of a network's node range. domains: environments that route to each other, so that no range may be used twice
    among them; an environment that is in none is a routing domain of its own.
    """

    pools: Pools
    reserved: dict[Name, Cidr] = Field(default_factory=dict)
    network_prefix: Annotated[int, Field(ge=16, le=19)] = 16
    domains: dict[Name, list[str]] = Field(default_factory=dict)


class TeamGroups(Model):
    """Who a team is on each cloud, and to a registered cluster (`oidc`, a group of its tokens): one value, or one per environment."""

    aws: str | dict[str, str] | None = None
    gcp: str | dict[str, str] | None = None
    oidc: str | dict[str, str] | None = None


class Quota(Model):
    """The most a namespace may use: cores, GiB and pods, all as sums over its pods."""

    cpu: Annotated[int, Field(ge=1)] | None = None
    memory_gib: Annotated[int | None, Field(ge=1, alias="memoryGiB")] = None
    pods: Annotated[int, Field(ge=1)] | None = None


class Namespace(Model):
    """A namespace of a team, in every cluster that the team reaches and `match` accepts."""

    match: Selector | None = None
    pod_security: Literal["baseline", "restricted"] | None = None
    quota: Quota | None = None


class Team(Model):
    """A team and its tier per environment; `match` narrows the clusters it reaches."""

    groups: TeamGroups
    access: dict[str, Tier]
    match: Selector | None = None
    namespaces: dict[Name, Namespace] = Field(default_factory=dict)


class PolicySettings(Model):
    """What a fleet says of one policy. What is left out stays as the policy has it; `match` narrows it to some clusters."""

    action: Literal["deny", "warn", "off"] | None = None
    match: Selector | None = None
    parameters: dict[str, object] = Field(default_factory=dict)


class Spec(Model):
    """fleet.yaml as a whole."""

    api_version: Literal["fleet/v1"]
    name: Name
    google_workspace_domain: Annotated[str, StringConstraints(pattern=_DOMAIN)] | None = None
    include: list[str] = Field(default_factory=list)
    defaults: ClusterSettings = Field(default_factory=ClusterSettings)
    addressing: Addressing
    environments: Annotated[dict[Name, Environment], Field(min_length=1)]
    regions: Annotated[dict[str, Region], Field(min_length=1)]
    classes: Annotated[dict[Name, ClusterSettings], Field(min_length=1)]
    clusters: dict[Name, Cluster]
    overrides: list[Override] = Field(default_factory=list)
    teams: dict[Name, Team] = Field(default_factory=dict)
    policies: dict[Name, PolicySettings | None] = Field(default_factory=dict)

    def selectors(self) -> Iterator[tuple[Path, Selector]]:
        """Every selector with where it is written."""
        yield from ((("overrides", index, "match"), override.match) for index, override in enumerate(self.overrides))
        yield from ((("teams", name, "match"), team.match) for name, team in self.teams.items() if team.match)

    def protects(self, entry: str, environment: str, region: str) -> bool:
        """Whether a cluster is protected: its environment is, and it is not being retired."""
        retired = self.clusters[entry].retire.get(environment, [])
        return self.environments[environment].protect and region not in retired
