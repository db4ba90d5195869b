"""The blueprint: a fleet with every decision made, as frozen values that render to JSON and back.

Nothing after `compile` applies a default or reads the spec. Ranges are canonical CIDR strings, zones are zone ids on AWS (`euw1-az1`) and
zone names on GCP, sizes carry their unit in their name, and every tuple has a fixed order, so equal specs give equal bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Cloud = Literal["aws", "gcp"]
Tier = Literal["break-glass", "platform-admin", "platform-operator", "auditor", "tenant-admin", "developer", "viewer"]
Capacity = Literal["on-demand", "spot"]
Architecture = Literal["amd64", "arm64"]
TaintEffect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Base of all blueprint values: frozen, keyword only, camelCase in JSON, unknown keys refused."""


class Deployer(Value, frozen=True):
    """Who changes an account's resources, and from where a private endpoint is reached.

    principal: IAM role ARN (AWS) or service account e-mail (GCP) that the provider assumes.
    proxy_url: proxy written into kubeconfigs, or None when the runner is inside the network.
    """

    account: str
    principal: str
    proxy_url: str | None


class Taint(Value, frozen=True):
    key: str
    value: str
    effect: TaintEffect


class TeamAccess(Value, frozen=True):
    """One team's way into one cluster: principal is an IAM role ARN on AWS, a Google group e-mail on GCP."""

    team: str
    tier: Tier
    principal: str
    kubernetes_groups: tuple[str, ...]


# --- accounts -------------------------------------------------------------------------------------------------------------------------


class GcpProject(Value, frozen=True, tag_field="cloud", tag="gcp"):
    """What exists once per GCP project: the APIs in use and the right of teams to find (not to use) clusters."""

    name: str
    deployer: Deployer
    services: tuple[str, ...]
    viewer_groups: tuple[str, ...]
    protect: bool


# --- networks -------------------------------------------------------------------------------------------------------------------------


class AwsZone(Value, frozen=True):
    """One zone of an AWS network. nat: this zone has a NAT gateway of its own.

    endpoints_cidr: the private subnet of what the clusters share, the interface endpoints (/27 or larger: one address each, five reserved).
    """

    zone: str
    public_cidr: str
    endpoints_cidr: str
    nat: bool


class AwsSubnet(Value, frozen=True):
    zone: str
    cidr: str


class AwsSlot(Value, frozen=True):
    """The address space of one EKS cluster in its network. Pod subnets lie in `pods_cidr`, a secondary range of the VPC."""

    cluster: str
    nodes_cidr: str
    pods_cidr: str
    control_plane_subnets: tuple[AwsSubnet, ...]
    node_subnets: tuple[AwsSubnet, ...]
    pod_subnets: tuple[AwsSubnet, ...]


class AwsNetwork(Value, frozen=True, tag_field="cloud", tag="aws"):
    """One VPC. cidr: primary range. interface_endpoints: AWS service short names, as `ecr.api`."""

    name: str
    physical_name: str
    environment: str
    region: str
    jurisdiction: str
    deployer: Deployer
    protect: bool
    cidr: str
    zones: tuple[AwsZone, ...]
    interface_endpoints: tuple[str, ...]
    flow_log_retention_days: int
    slots: tuple[AwsSlot, ...]
    tags: dict[str, str]


class GcpSlot(Value, frozen=True):
    """The address space of one GKE cluster: a subnetwork with two secondary ranges, and the /28 of its control plane."""

    cluster: str
    nodes_cidr: str
    pods_cidr: str
    services_cidr: str
    control_plane_cidr: str


class GcpNetwork(Value, frozen=True, tag_field="cloud", tag="gcp"):
    """One VPC network with a regional router and NAT."""

    name: str
    physical_name: str
    environment: str
    region: str
    jurisdiction: str
    deployer: Deployer
    protect: bool
    slots: tuple[GcpSlot, ...]
    labels: dict[str, str]


Network = AwsNetwork | GcpNetwork


# --- clusters -------------------------------------------------------------------------------------------------------------------------


class Endpoint(Value, frozen=True):
    """Where the Kubernetes API answers: always inside the network; from outside only for `public_cidrs` (empty: not at all)."""

    public_cidrs: tuple[str, ...]


class EksNodeGroup(Value, frozen=True):
    """The nodes of one pool in one zone. physical_name carries a digest of what cannot change in place, so a change creates first."""

    zone: str
    physical_name: str
    min: int
    max: int


class EksNodePool(Value, frozen=True):
    name: str
    instance_types: tuple[str, ...]
    architecture: Architecture
    capacity: Capacity
    disk_gib: int
    kubernetes: str
    max_pods: int
    labels: dict[str, str]
    taints: tuple[Taint, ...]
    groups: tuple[EksNodeGroup, ...]


class ManagedAddon(Value, frozen=True):
    """An EKS managed add-on. after_nodes: it needs a node to become healthy. configuration: JSON values, as EKS takes them.

    With a service account (in `namespace`) and policies it gets an IAM role of its own by a pod identity association.
    """

    name: str
    version: str
    after_nodes: bool
    configuration: dict[str, object]
    namespace: str
    service_account: str | None
    policy_arns: tuple[str, ...]


class GkeNodePool(Value, frozen=True):
    """One regional pool over `zones`; min and max are totals over the zones, initial_per_zone is per zone, as GKE counts."""

    name: str
    physical_name: str
    machine_type: str
    architecture: Architecture
    capacity: Capacity
    disk_gib: int
    disk_type: str
    kubernetes: str
    max_pods: int
    labels: dict[str, str]
    taints: tuple[Taint, ...]
    zones: tuple[str, ...]
    min: int
    max: int
    initial_per_zone: int


class Cluster(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What every kind of cluster has. name is the fleet's name for it; physical_name is the cloud's.

    formerly: its name when it was made, where it was renamed since; None where it was not, and then it stands in no file.
    """

    name: str
    formerly: str | None = None
    physical_name: str
    environment: str
    class_: str = msgspec.field(name="class")
    region: str
    jurisdiction: str
    deployer: Deployer
    protect: bool
    network: str
    kubernetes: str
    zones: tuple[str, ...]
    endpoint: Endpoint
    log_retention_days: int
    access: tuple[TeamAccess, ...]

    @property
    def identity(self) -> str:
        """What its resources are named by, in the state and in the clouds: its first name, so that renaming it touches none of them."""
        return self.formerly or self.name


class EksCluster(Cluster, frozen=True, tag_field="kind", tag="eks"):
    """An EKS cluster. services_cidr is fixed for the cluster's life. support_type: EKS charges six times more in EXTENDED."""

    services_cidr: str
    support_type: Literal["STANDARD", "EXTENDED"]
    node_pools: tuple[EksNodePool, ...]
    addons: tuple[ManagedAddon, ...]
    tags: dict[str, str]


class MaintenanceWindow(Value, frozen=True):
    """A weekly window in UTC. start: RFC 3339 of its first occurrence; days: RFC 5545 day codes as `SA`."""

    start: str
    end: str
    days: tuple[str, ...]


class GkeCluster(Cluster, frozen=True, tag_field="kind", tag="gke"):
    """A regional GKE cluster. kubernetes is the minimum version inside its release channel."""

    channel: Literal["RAPID", "REGULAR", "STABLE", "EXTENDED"]
    security_group: str
    maintenance: MaintenanceWindow
    node_pools: tuple[GkeNodePool, ...]
    addons: tuple[str, ...]
    labels: dict[str, str]


AnyCluster = EksCluster | GkeCluster


class Stack(Value, frozen=True):
    """One Pulumi stack: everything that one `pulumi up` changes."""

    name: str
    fleet: str
    environment: str
    protect: bool
    accounts: tuple[GcpProject, ...]
    networks: tuple[Network, ...]
    clusters: tuple[AnyCluster, ...]


class Blueprint(Value, frozen=True):
    """The whole fleet."""

    name: str
    stacks: tuple[Stack, ...]
