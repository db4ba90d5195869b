"""Small blueprints that use every kind of thing the components build, once each, so that a run takes a fraction of a second."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from fleet.blueprint.model import (
    AwsNetwork,
    AwsSlot,
    AwsSubnet,
    AwsZone,
    Chart,
    Cloud,
    Deployer,
    EksCluster,
    EksNodeGroup,
    EksNodePool,
    Endpoint,
    GcpNetwork,
    GcpProject,
    GcpSlot,
    GkeCluster,
    GkeNodePool,
    GroupTier,
    MaintenanceWindow,
    ManagedAddon,
    Namespace,
    Platform,
    PriorityClass,
    Quota,
    RegisteredCluster,
    Replicas,
    Stack,
    Taint,
    TeamAccess,
)

ZONES = ("euw1-az1", "euw1-az2", "euw1-az3")
GCP_ZONES = ("europe-west4-a", "europe-west4-b", "europe-west4-c")
GROUP = "payments@acme.example"
KUBECONFIG_VARIABLE = "LEGACY_KUBECONFIG"
ROLES = "arn:aws:iam::111111111111:role"
AWS_DEPLOYER = Deployer(account="111111111111", principal=f"{ROLES}/fleet-deployer", proxy_url="socks5://127.0.0.1:1080")
GCP_DEPLOYER = Deployer(account="acme-prod", principal="fleet@acme-prod.iam.gserviceaccount.com", proxy_url=None)
EMPTY = Platform(minor="v1.35", namespaces=(), access=(), charts=(), priority_classes=())
TAINT = Taint(key="CriticalAddonsOnly", value="true", effect="NoSchedule")


def stack(*clouds: Cloud) -> Stack:
    """One cluster on each of the clouds, in a protected environment."""
    return Stack(
        name="prod",
        fleet="acme",
        environment="prod",
        protect=True,
        accounts=(gcp_project(),) if "gcp" in clouds else (),
        networks=tuple(aws_network() if cloud == "aws" else gcp_network() for cloud in clouds),
        clusters=tuple(eks_cluster() if cloud == "aws" else gke_cluster() for cloud in clouds),
    )


def opened(protected: Stack) -> Stack:
    """The same stack in an environment without protection, with endpoints open to one range outside and nothing of teams inside."""
    replace = msgspec.structs.replace
    outside = Endpoint(public_cidrs=("203.0.113.0/24",))
    return replace(
        protected,
        protect=False,
        accounts=tuple(replace(account, protect=False) for account in protected.accounts),
        networks=tuple(replace(network, protect=False) for network in protected.networks),
        clusters=tuple(replace(cluster, protect=False, endpoint=outside, platform=EMPTY) for cluster in protected.clusters),
    )


def aws_network() -> AwsNetwork:
    return AwsNetwork(
        name="prod-eu-west-1",
        physical_name="acme-prod-eu-west-1",
        environment="prod",
        region="eu-west-1",
        jurisdiction="EU",
        deployer=AWS_DEPLOYER,
        protect=True,
        cidr="10.0.0.0/16",
        zones=tuple(
            AwsZone(zone=zone, public_cidr=f"10.0.{index}.0/26", endpoints_cidr=f"10.0.{index}.64/26", nat=index != 1)
            for index, zone in enumerate(ZONES)
        ),
        interface_endpoints=("ecr.api", "sts"),
        flow_log_retention_days=365,
        slots=(aws_slot(),),
        tags={"cost-centre": "42"},
    )


def aws_slot() -> AwsSlot:
    return AwsSlot(
        cluster="core-prod-eu-west-1",
        nodes_cidr="10.0.16.0/20",
        pods_cidr="100.64.0.0/16",
        control_plane_subnets=tuple(AwsSubnet(zone=zone, cidr=f"10.0.19.{index * 16}/28") for index, zone in enumerate(ZONES)),
        node_subnets=tuple(AwsSubnet(zone=zone, cidr=f"10.0.2{index}.0/24") for index, zone in enumerate(ZONES)),
        pod_subnets=tuple(AwsSubnet(zone=zone, cidr=f"100.64.{index * 64}.0/18") for index, zone in enumerate(ZONES)),
    )


def eks_cluster() -> EksCluster:
    return EksCluster(
        name="core-prod-eu-west-1",
        physical_name="acme-core-prod-eu-west-1",
        environment="prod",
        class_="standard",
        region="eu-west-1",
        jurisdiction="EU",
        deployer=AWS_DEPLOYER,
        protect=True,
        network="prod-eu-west-1",
        kubernetes="1.35",
        zones=ZONES,
        endpoint=Endpoint(public_cidrs=()),
        log_retention_days=365,
        access=(
            TeamAccess(team="sre", tier="break-glass", principal=f"{ROLES}/sre", kubernetes_groups=("fleet:break-glass",)),
            TeamAccess(team="payments", tier="viewer", principal=f"{ROLES}/payments", kubernetes_groups=("fleet:viewer",)),
        ),
        platform=platform(policy_arns=("arn:aws:iam::111111111111:policy/dns",)),
        services_cidr="172.20.0.0/16",
        support_type="STANDARD",
        node_pools=(eks_pool(),),
        addons=(
            addon("vpc-cni", {"env": {"WARM_PREFIX_TARGET": "1"}}, "aws-node", ("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",)),
            addon("eks-pod-identity-agent", {}),
            addon("coredns", {"replicaCount": 2}, after_nodes=True),
        ),
        tags={"cost-centre": "42"},
    )


def eks_pool() -> EksNodePool:
    return EksNodePool(
        name="general",
        instance_types=("m7i.xlarge", "m6i.xlarge"),
        architecture="amd64",
        capacity="on-demand",
        disk_gib=80,
        kubernetes="1.35",
        max_pods=110,
        labels={"pool": "general"},
        taints=(TAINT,),
        groups=tuple(EksNodeGroup(zone=zone, physical_name=f"general-{zone}-0123abcd", min=1, max=10) for zone in ZONES[:2]),
    )


def addon(
    name: str,
    configuration: dict[str, object],
    service_account: str | None = None,
    policy_arns: tuple[str, ...] = (),
    after_nodes: bool = False,
) -> ManagedAddon:
    return ManagedAddon(
        name=name,
        version="v1.2.3-eksbuild.1",
        after_nodes=after_nodes,
        configuration=configuration,
        namespace="kube-system",
        service_account=service_account,
        policy_arns=policy_arns,
    )


def gcp_network() -> GcpNetwork:
    slot = GcpSlot(
        cluster="core-prod-europe-west4",
        nodes_cidr="10.1.0.0/20",
        pods_cidr="100.80.0.0/14",
        services_cidr="172.24.0.0/20",
        control_plane_cidr="10.1.16.0/28",
    )
    return GcpNetwork(
        name="prod-europe-west4",
        physical_name="acme-prod-europe-west4",
        environment="prod",
        region="europe-west4",
        jurisdiction="EU",
        deployer=GCP_DEPLOYER,
        protect=True,
        slots=(slot,),
        labels={"cost-centre": "42"},
    )


def gke_cluster() -> GkeCluster:
    return GkeCluster(
        name="core-prod-europe-west4",
        physical_name="acme-core-prod-europe-west4",
        environment="prod",
        class_="standard",
        region="europe-west4",
        jurisdiction="EU",
        deployer=GCP_DEPLOYER,
        protect=True,
        network="prod-europe-west4",
        kubernetes="1.35.4-gke.1000000",
        zones=GCP_ZONES,
        endpoint=Endpoint(public_cidrs=()),
        log_retention_days=365,
        access=(
            TeamAccess(team="payments", tier="viewer", principal="payments@acme.example", kubernetes_groups=("payments@acme.example",)),
        ),
        platform=platform(project_roles=("roles/dns.admin",)),
        channel="REGULAR",
        security_group="gke-security-groups@acme.example",
        maintenance=MaintenanceWindow(start="2026-01-10T01:00:00Z", end="2026-01-10T13:00:00Z", days=("SA",)),
        node_pools=(gke_pool(),),
        addons=("gce-persistent-disk-csi-driver",),
        labels={"cost-centre": "42"},
    )


def gke_pool() -> GkeNodePool:
    return GkeNodePool(
        name="general",
        physical_name="general-0123abcd",
        machine_type="n2-standard-4",
        architecture="amd64",
        capacity="on-demand",
        disk_gib=80,
        disk_type="pd-balanced",
        kubernetes="1.35.4-gke.1000000",
        max_pods=110,
        labels={"pool": "general"},
        taints=(TAINT,),
        zones=GCP_ZONES,
        min=3,
        max=30,
        initial_per_zone=1,
    )


def platform(policy_arns: tuple[str, ...] = (), project_roles: tuple[str, ...] = ()) -> Platform:
    """Two namespaces, of which one is a team's with two tiers, and two charts, of which the later one has rights in the cloud."""
    tenants = (
        GroupTier(group="fleet:payments:tenant-admin", tier="tenant-admin"),
        GroupTier(group="fleet:support:viewer", tier="viewer"),
        GroupTier(group="fleet:finance:viewer", tier="viewer"),
    )
    return Platform(
        minor="v1.35",
        namespaces=(
            Namespace(
                name="checkout",
                team="payments",
                pod_security="restricted",
                quota=Quota(cpu=40, memory_gib=160, pods=200),
                access=tenants,
            ),
            Namespace(name="search", team="search", pod_security="baseline", quota=Quota(cpu=8, memory_gib=32, pods=50), access=()),
        ),
        access=(
            GroupTier(group="fleet:sre:break-glass", tier="break-glass"),
            GroupTier(group="fleet:audit:auditor", tier="auditor"),
        ),
        charts=(chart("metrics", "kube-system", "metrics-server"), certificates(policy_arns, project_roles)),
        priority_classes=(PriorityClass(name="critical", value=1_000_000), PriorityClass(name="low", value=-100)),
    )


def chart(name: str, namespace: str, upstream: str) -> Chart:
    return Chart(
        name=name,
        namespace=namespace,
        pod_security="restricted",
        chart=upstream,
        repository=f"https://charts.example/{upstream}",
        version="3.14.0",
        digest=None,
        values={"replicas": 2},
        replicas=(Replicas(deployment=f"{name}-controller", count=2),),
        service_account=f"{upstream}-account",
        policy_arns=(),
        project_roles=(),
    )


def certificates(policy_arns: tuple[str, ...], project_roles: tuple[str, ...]) -> Chart:
    """Its values have a map where the annotation of its identity goes."""
    return msgspec.structs.replace(
        chart("certificates", "cert-manager", "cert-manager"),
        repository="oci://charts.example/cert-manager",
        version="v1.21.2",
        values={"crds": {"enabled": True}, "serviceAccount": {"automount": True}},
        policy_arns=policy_arns,
        project_roles=project_roles,
    )


def registered(variable: str | None = KUBECONFIG_VARIABLE, file: str | None = None, inside: Platform | None = None) -> Stack:
    """A cluster that exists already, alone in its stack."""
    cluster = RegisteredCluster(
        name="legacy",
        environment="prod",
        class_="standard",
        region="eu-west-1",
        jurisdiction="EU",
        protect=False,
        kubernetes="1.35",
        cluster_id="registered/legacy",
        environment_variable=variable,
        file=file,
        platform=inside or platform(),
    )
    return Stack(name="prod", fleet="acme", environment="prod", protect=False, accounts=(), networks=(), clusters=(cluster,))


def kubeconfig(server: str = "https://192.0.2.10:6443") -> str:
    """A kubeconfig as an operator of an existing cluster has it, with a long-lived token."""
    return f"""\
apiVersion: v1
kind: Config
current-context: legacy
contexts: [{{ name: legacy, context: {{ cluster: old, user: robot }} }}]
clusters: [{{ name: old, cluster: {{ server: "{server}", certificate-authority-data: Q0E= }} }}]
users: [{{ name: robot, user: {{ token: not-to-be-seen }} }}]
"""


def gcp_project() -> GcpProject:
    return GcpProject(
        name="acme-prod",
        deployer=GCP_DEPLOYER,
        services=("compute.googleapis.com", "container.googleapis.com"),
        viewer_groups=(GROUP,),
        protect=True,
    )


SAMPLES: dict[str, Callable[[], Stack]] = {
    "aws": lambda: stack("aws"),
    "aws_open": lambda: opened(stack("aws")),
    "gcp": lambda: stack("gcp"),
    "gcp_open": lambda: opened(stack("gcp")),
    "registered": registered,
}
"""By the name of the fixture that records them."""
