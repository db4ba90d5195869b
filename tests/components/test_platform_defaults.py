"""Every safe default of what fleet puts into a cluster, one by one (Kubernetes documentation of 2026; facts of 2026-11)."""

from __future__ import annotations

from typing import Any

from components.rehearsal import Recording, Registration

NAMESPACE = "kubernetes:core/v1:Namespace"
QUOTA = "kubernetes:core/v1:ResourceQuota"
LIMITS = "kubernetes:core/v1:LimitRange"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
PRIORITY = "kubernetes:scheduling.k8s.io/v1:PriorityClass"
BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
CLUSTER_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
ADMISSION = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
ADMISSION_BINDING = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"
RELEASE = "kubernetes:helm.sh/v3:Release"
PATCH = "kubernetes:apps/v1:DeploymentPatch"
PROVIDER = "pulumi:providers:kubernetes"
EKS = "core-prod-eu-west-1"
GKE = "core-prod-europe-west4"
SECURITY = "pod-security.kubernetes.io"
OUTSIDE_EFFECTS = {NAMESPACE, RELEASE}
"""What may have volumes or load balancers in it."""


# --- namespaces of teams --------------------------------------------------------------------------------------------------------------


def test_a_teams_namespace_enforces_its_pod_security_level(aws: Recording) -> None:
    assert security(aws, "checkout")[f"{SECURITY}/enforce"] == "restricted"
    assert security(aws, "search")[f"{SECURITY}/enforce"] == "baseline"


def test_restricted_is_warned_of_everywhere(aws: Recording) -> None:
    assert {labels(namespace)[f"{SECURITY}/warn"] for namespace in aws.of(NAMESPACE)} == {"restricted"}


def test_restricted_is_audited_everywhere(aws: Recording) -> None:
    assert {labels(namespace)[f"{SECURITY}/audit"] for namespace in aws.of(NAMESPACE)} == {"restricted"}


def test_pod_security_does_not_move_with_the_api_server(aws: Recording) -> None:
    pinned = [labels(namespace)[f"{SECURITY}/{mode}-version"] for namespace in aws.of(NAMESPACE) for mode in ("enforce", "warn", "audit")]
    assert pinned == ["v1.35"] * 9


def test_a_namespace_says_whose_it_is(aws: Recording) -> None:
    assert security(aws, "checkout")["fleet/team"] == "payments"


def test_a_quota_bounds_what_a_team_may_ask_for(aws: Recording) -> None:
    hard = quota(aws, "checkout")["spec"]["hard"]
    assert (hard["requests.cpu"], hard["requests.memory"], hard["pods"]) == ("40", "160Gi", "200")


def test_a_quota_bounds_memory_that_may_be_used(aws: Recording) -> None:
    assert quota(aws, "checkout")["spec"]["hard"]["limits.memory"] == "160Gi"


def test_every_quota_comes_with_requests_for_pods_that_name_none(aws: Recording) -> None:
    assert {quota.inputs["metadata"]["namespace"] for quota in aws.of(QUOTA)} == {"checkout", "search"}
    for limits in container_limits(aws):
        assert limits["defaultRequest"].keys() == {"cpu", "memory"}


def test_every_quota_comes_with_a_memory_limit_for_pods_that_name_none(aws: Recording) -> None:
    assert [limits["default"].keys() for limits in container_limits(aws)] == [{"memory"}, {"memory"}]


def test_the_limit_range_is_there_before_the_quota(aws: Recording) -> None:
    assert aws.one(LIMITS, f"{EKS}-checkout").urn in aws.one(QUOTA, f"{EKS}-checkout").depends_on


# --- their network --------------------------------------------------------------------------------------------------------------------


def test_a_teams_network_is_closed_both_ways(aws: Recording) -> None:
    for namespace in ("checkout", "search"):
        assert rules(aws, EKS, namespace, "default-deny") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_names_can_be_asked_for_by_both_protocols(aws: Recording) -> None:
    (rule,) = rules(aws, EKS, "checkout", "allow-dns")["egress"]
    assert {(port["protocol"], port["port"]) for port in rule["ports"]} == {("UDP", 53), ("TCP", 53)}


def test_names_are_asked_for_at_the_clusters_own_servers_only(aws: Recording) -> None:
    (rule,) = rules(aws, EKS, "checkout", "allow-dns")["egress"]
    (peer,) = rule["to"]
    assert peer["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
    assert peer["podSelector"]["matchExpressions"] == [{"key": "k8s-app", "operator": "In", "values": ["kube-dns", "node-local-dns"]}]


def test_pods_on_eks_get_their_credentials_in_a_closed_network(aws: Recording) -> None:
    assert reachable(aws, EKS) == {("169.254.170.23/32", 80)}


def test_pods_on_gke_get_their_credentials_in_a_closed_network(gcp: Recording) -> None:
    assert reachable(gcp, GKE) == {("169.254.169.252/32", 988), ("169.254.169.254/32", 80)}


# --- who may do what ------------------------------------------------------------------------------------------------------------------


def test_every_tier_is_a_role_of_fleets_own(aws: Recording) -> None:
    names = {role.inputs["metadata"]["name"] for role in aws.of(ROLE)}
    tiers = ("break-glass", "platform-admin", "platform-operator", "auditor", "tenant-admin", "developer", "viewer")
    assert names == {f"fleet:{tier}" for tier in tiers}
    assert all(bound.inputs["roleRef"]["name"] in names for bound in [*aws.of(BINDING), *aws.of(CLUSTER_BINDING)])


def test_tenants_hold_their_tiers_in_their_namespaces(aws: Recording) -> None:
    assert {binding.name for binding in aws.of(BINDING)} == {f"{EKS}-checkout-tenant-admin", f"{EKS}-checkout-viewer"}
    viewers = aws.one(BINDING, f"{EKS}-checkout-viewer").inputs
    assert viewers["metadata"]["namespace"] == "checkout"
    assert [(subject["kind"], subject["name"]) for subject in viewers["subjects"]] == [
        ("Group", "fleet:finance:viewer"),
        ("Group", "fleet:support:viewer"),
    ]


def test_only_tiers_of_the_platform_reach_the_whole_cluster(aws: Recording) -> None:
    held = {binding.name: [subject["name"] for subject in binding.inputs["subjects"]] for binding in aws.of(CLUSTER_BINDING)}
    assert held == {f"{EKS}-auditor": ["fleet:audit:auditor"], f"{EKS}-break-glass": ["fleet:sre:break-glass"]}


def test_people_come_in_when_a_namespace_is_bounded_and_closed(aws: Recording) -> None:
    bounds = {aws.one(QUOTA, f"{EKS}-checkout").urn, aws.one(POLICY, f"{EKS}-checkout-default-deny").urn}
    assert bounds <= aws.one(BINDING, f"{EKS}-checkout-viewer").depends_on


def test_what_limits_a_team_cannot_be_changed_by_it(aws: Recording) -> None:
    (changes, *others) = admission(aws)["matchConstraints"]["resourceRules"]
    assert changes["resources"] == ["limitranges", "resourcequotas"]
    assert [other["resources"] for other in others] == [["networkpolicies"], ["rolebindings"]]
    assert all(set(rule["operations"]) == {"UPDATE", "DELETE"} for rule in (changes, *others))


def test_a_forbidden_change_is_refused_and_not_just_noted(aws: Recording) -> None:
    assert aws.one(ADMISSION_BINDING).inputs["spec"] == {"policyName": "baseline.fleet", "validationActions": ["Deny"]}


def test_what_cannot_be_checked_is_refused(aws: Recording) -> None:
    assert admission(aws)["failurePolicy"] == "Fail"


def test_a_namespace_that_goes_can_be_emptied(aws: Recording) -> None:
    (check,) = admission(aws)["validations"]
    assert check["expression"].startswith("has(namespaceObject.metadata.deletionTimestamp) || ")


def test_what_is_ours_is_known_by_its_label(aws: Recording) -> None:
    limiting = [*aws.of(QUOTA), *aws.of(LIMITS), *aws.of(POLICY), *aws.of(BINDING)]
    assert {labels(thing).get("app.kubernetes.io/managed-by") for thing in limiting} == {"fleet"}
    assert "'app.kubernetes.io/managed-by'" in admission(aws)["matchConditions"][0]["expression"]


# --- priorities and charts ------------------------------------------------------------------------------------------------------------


def test_priority_classes_have_the_values_of_the_blueprint(aws: Recording) -> None:
    assert {priority.inputs["metadata"]["name"]: priority.inputs["value"] for priority in aws.of(PRIORITY)} == {
        "critical": 1_000_000,
        "low": -100,
    }


def test_no_priority_class_is_the_default(aws: Recording) -> None:
    assert {priority.inputs["globalDefault"] for priority in aws.of(PRIORITY)} == {False}


def test_charts_have_pinned_versions(aws: Recording) -> None:
    assert {release.inputs["name"]: release.inputs["version"] for release in aws.of(RELEASE)} == {
        "metrics": "3.14.0",
        "certificates": "v1.21.2",
    }


def test_a_chart_comes_from_its_repository(aws: Recording) -> None:
    metrics, certificates = (aws.one(RELEASE, f"{EKS}-chart-{name}") for name in ("metrics", "certificates"))
    assert (metrics.inputs["chart"], metrics.inputs["repositoryOpts"]["repo"]) == (
        "metrics-server",
        "https://charts.example/metrics-server",
    )
    assert certificates.inputs["chart"] == "oci://charts.example/cert-manager"
    assert "repositoryOpts" not in certificates.inputs


def test_charts_are_installed_one_after_the_other(aws: Recording) -> None:
    metrics, certificates = (aws.one(RELEASE, f"{EKS}-chart-{name}") for name in ("metrics", "certificates"))
    assert metrics.urn in aws.awaited(certificates)


def test_a_chart_is_waited_for(aws: Recording) -> None:
    assert {(release.inputs["skipAwait"], release.inputs["waitForJobs"]) for release in aws.of(RELEASE)} == {(False, True)}


def test_a_chart_that_does_not_become_ready_is_taken_back(aws: Recording) -> None:
    assert {release.inputs["atomic"] for release in aws.of(RELEASE)} == {True}


def test_a_chart_has_ten_minutes(aws: Recording) -> None:
    assert {release.inputs["timeout"] for release in aws.of(RELEASE)} == {600}


def test_helm_makes_no_namespace_without_a_pod_security_level(aws: Recording) -> None:
    assert {release.inputs["createNamespace"] for release in aws.of(RELEASE)} == {False}


def test_a_charts_namespace_is_there_before_it_and_kube_system_is_not_ours(aws: Recording) -> None:
    assert aws.one(NAMESPACE, f"{EKS}-cert-manager").urn in release(aws, EKS).depends_on
    assert {namespace.inputs["metadata"]["name"] for namespace in aws.of(NAMESPACE)} == {"cert-manager", "checkout", "search"}


def test_a_chart_waits_for_its_right_in_the_cloud(aws: Recording) -> None:
    right = aws.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", f"{EKS}-chart-certificates")
    assert right.urn in aws.awaited(release(aws, EKS))


def test_who_scales_a_charts_deployment_is_found(aws: Recording) -> None:
    kept = aws.one(PATCH, f"{EKS}-chart-certificates-certificates-controller")
    assert (kept.inputs["metadata"], kept.inputs["spec"]) == (
        {"name": "certificates-controller", "namespace": "cert-manager"},
        {"replicas": 2},
    )
    assert release(aws, EKS).urn in kept.depends_on


def test_what_others_changed_in_fleets_objects_is_taken_back(aws: Recording) -> None:
    assert aws.one(PROVIDER, EKS).inputs["enablePatchForce"] == "true"


def test_an_object_that_is_not_fleets_is_never_taken_over(aws: Recording) -> None:
    assert aws.one(PROVIDER, EKS).inputs["upsertExistingObjects"] == "false"


def test_a_chart_is_told_its_account_beside_its_own_values(gcp: Recording) -> None:
    account = gcp.one("gcp:serviceaccount/account:Account", f"{GKE}-chart-certificates").inputs["accountId"]
    annotations = {"iam.gke.io/gcp-service-account": f"{account}@mock.iam.gserviceaccount.com"}
    assert release(gcp, GKE).inputs["values"]["serviceAccount"]["annotations"] == annotations


def test_the_users_values_of_a_chart_stay(gcp: Recording) -> None:
    values = release(gcp, GKE).inputs["values"]
    assert values["crds"] == {"enabled": True}
    assert values["serviceAccount"]["automount"] is True


# --- order, and the end ---------------------------------------------------------------------------------------------------------------


def test_every_object_goes_into_its_own_cluster(aws: Recording) -> None:
    assert {resource.provider.split("::")[-2] for resource in objects(aws)} == {EKS}


def test_every_object_is_marked(aws: Recording) -> None:
    marked = [resource for resource in objects(aws) if resource.type not in (RELEASE, PATCH)]
    marks = [resource.inputs["metadata"]["annotations"]["fleet/resource"] for resource in marked]
    assert marks == [f"prod/{resource.name}/{resource.type}" for resource in marked]


def test_only_another_cluster_replaces_what_is_in_it(aws: Recording) -> None:
    provider = aws.one(PROVIDER)
    assert provider.inputs["clusterIdentifier"] == f"eks/111111111111/eu-west-1/acme-{EKS}"
    assert not provider.by_property["clusterIdentifier"], "known whatever becomes of the cluster: the engine closes a provider that asks"


def test_only_another_gke_cluster_replaces_what_is_in_it(gcp: Recording) -> None:
    assert gcp.one(PROVIDER).inputs["clusterIdentifier"] == f"gke/acme-prod/europe-west4/acme-{GKE}"


def test_the_deployers_access_outlives_the_platform(aws: Recording) -> None:
    access = aws.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", f"{EKS}-access-deployer")
    assert access.urn in aws.awaited(aws.one(PROVIDER))


def test_nodes_and_add_ons_are_there_before_the_platform(aws: Recording) -> None:
    needed = {group.urn for group in aws.of("aws:eks/nodeGroup:NodeGroup")}
    needed.add(aws.one("aws:eks/addon:Addon", f"{EKS}-addon-coredns").urn)
    assert needed <= aws.awaited(aws.one(PROVIDER))


def test_gke_nodes_are_there_before_the_platform(gcp: Recording) -> None:
    assert gcp.one("gcp:container/nodePool:NodePool").urn in gcp.awaited(gcp.one(PROVIDER))


def test_people_can_look_at_a_chart_that_does_not_become_ready(aws: Recording) -> None:
    assert all(aws.one(CLUSTER_BINDING, f"{EKS}-break-glass").urn in aws.awaited(release) for release in aws.of(RELEASE))


def test_teams_namespaces_go_while_the_charts_controllers_live(aws: Recording) -> None:
    for namespace in ("checkout", "search"):
        assert {release.urn for release in aws.of(RELEASE)} <= aws.awaited(aws.one(NAMESPACE, f"{EKS}-{namespace}"))


def test_what_may_have_effects_outside_the_cluster_is_deleted_for_itself(aws: Recording) -> None:
    assert {resource.deleted_with for resource in objects(aws) if resource.type in OUTSIDE_EFFECTS} == {""}


def test_all_else_goes_with_its_namespace_or_cluster(aws: Recording) -> None:
    holders = {namespace.inputs["metadata"]["name"]: namespace.urn for namespace in aws.of(NAMESPACE)}
    cluster = aws.one("aws:eks/cluster:Cluster").urn
    within = [resource for resource in objects(aws) if resource.type not in (*OUTSIDE_EFFECTS, PATCH)]
    assert len(within) > 20
    for resource in within:
        assert resource.deleted_with == holders.get(resource.inputs["metadata"].get("namespace", ""), cluster), resource.name
    assert {release.urn for release in aws.of(RELEASE)} == {patch.deleted_with for patch in aws.of(PATCH)}


def test_what_goes_with_a_namespace_comes_again_with_it(aws: Recording) -> None:
    namespace = aws.one(NAMESPACE, f"{EKS}-checkout").urn
    assert all(namespace in resource.replace_with for resource in objects(aws) if resource.deleted_with == namespace)


def test_everything_inside_goes_and_comes_again_with_the_cluster(aws: Recording) -> None:
    """By its provider, and by nothing else: what the engine replaces with another resource, it deletes in random order."""
    provider, cluster = aws.one(PROVIDER), aws.one("aws:eks/cluster:Cluster").urn
    assert provider.replace_on_changes == ("context",) and cluster in provider.by_property["context"]
    assert provider.inputs["context"] == EKS
    assert [resource.name for resource in [*objects(aws), provider] if cluster in resource.replace_with] == []


def test_the_platform_of_a_protected_cluster_changes_without_ceremony(aws: Recording) -> None:
    assert [resource.name for resource in [*objects(aws), aws.one(PROVIDER)] if resource.protect] == []


# --- a cluster that exists already ----------------------------------------------------------------------------------------------------


def test_a_registered_cluster_is_of_no_cloud(registered: Recording) -> None:
    kinds = {resource.type.split(":")[0] for resource in registered.resources}
    assert kinds == {"fleet", "kubernetes", "pulumi"}


def test_a_network_of_no_known_cloud_lets_no_credentials_through(registered: Recording) -> None:
    assert {policy.inputs["metadata"]["name"] for policy in registered.of(POLICY)} == {"fleet-default-deny", "fleet-allow-dns"}


def test_a_registered_cluster_loses_each_thing_it_was_given(registered: Recording) -> None:
    namespaces = {namespace.urn for namespace in registered.of(NAMESPACE)}
    given = [resource for resource in objects(registered) if resource.type != PATCH]
    assert {resource.deleted_with for resource in given} == {"", *namespaces} - {namespace_of_charts(registered)}


def test_the_kubeconfig_of_a_registered_cluster_is_a_secret_in_the_state(registered: Recording) -> None:
    provider = registered.one(PROVIDER)
    assert "not-to-be-seen" in provider.inputs["kubeconfig"]
    assert "kubeconfig" in provider.secret


def test_the_kubeconfig_of_a_registered_cluster_is_not_exported(registered: Recording) -> None:
    assert registered.outputs["legacy"] == {
        "kind": "registered",
        "physicalName": "legacy",
        "region": "eu-west-1",
        "endpoint": "https://192.0.2.10:6443",
        "certificateAuthority": "Q0E=",
    }


def test_only_another_registered_cluster_replaces_what_is_in_it(registered: Recording) -> None:
    assert registered.one(PROVIDER).inputs["clusterIdentifier"] == "registered/legacy"


# --- looking things up ----------------------------------------------------------------------------------------------------------------


def objects(recording: Recording) -> list[Registration]:
    return [resource for resource in recording.resources if resource.type.startswith("kubernetes:")]


def labels(resource: Registration) -> dict[str, str]:
    found: dict[str, str] = resource.inputs["metadata"]["labels"]
    return found


def security(recording: Recording, namespace: str) -> dict[str, str]:
    return labels(recording.one(NAMESPACE, f"{EKS}-{namespace}"))


def quota(recording: Recording, namespace: str) -> Any:
    return recording.one(QUOTA, f"{EKS}-{namespace}").inputs


def container_limits(recording: Recording) -> list[Any]:
    return [limits for found in recording.of(LIMITS) for limits in found.inputs["spec"]["limits"] if limits["type"] == "Container"]


def rules(recording: Recording, cluster: str, namespace: str, what: str) -> Any:
    return recording.one(POLICY, f"{cluster}-{namespace}-{what}").inputs["spec"]


def reachable(recording: Recording, cluster: str) -> set[tuple[str, int]]:
    """CIDR and TCP port of what the identity policy lets through."""
    egress = rules(recording, cluster, "checkout", "allow-pod-identity")["egress"]
    return {(peer["ipBlock"]["cidr"], port["port"]) for rule in egress for peer in rule["to"] for port in rule["ports"]}


def admission(recording: Recording) -> Any:
    return recording.one(ADMISSION).inputs["spec"]


def release(recording: Recording, cluster: str) -> Registration:
    return recording.one(RELEASE, f"{cluster}-chart-certificates")


def namespace_of_charts(recording: Recording) -> str:
    return recording.one(NAMESPACE, "legacy-cert-manager").urn
