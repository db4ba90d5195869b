"""A bit of everything that a platform puts into a cluster, for as many clusters as the configuration names kubeconfigs of."""

import json

import pulumi
import pulumi_kubernetes as k8s

config = pulumi.Config()
RESTRICTED = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
SMALL = {"requests": {"cpu": "0.1", "memory": "16Mi"}, "limits": {"memory": "32Mi"}}
AT_ONCE = {"pulumi.com/deletionPropagationPolicy": "background"}
"""The garbage collector takes up to 30 s to learn of a new kind, and a foreground deletion waits for it."""
CERT_MANAGER = {
    "crds": {"enabled": True, "keep": False},
    "replicaCount": 2,
    "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
    "webhook": {"replicaCount": 3},
}


def inside(cluster: str, kubeconfig: str) -> None:
    provider = k8s.Provider(cluster, kubeconfig=kubeconfig, cluster_identifier=cluster, enable_patch_force=True)
    options = pulumi.ResourceOptions(provider=provider)

    def named(name: str) -> str:
        return f"{cluster}-{name}"

    def marked(logical: str, kind: object, annotations: dict[str, str] = {}, **more: object) -> dict:  # noqa: B006 (never changed)
        """Metadata with the mark by which what a killed update made is known again."""
        token = kind if isinstance(kind, str) else getattr(kind, "pulumi_type")  # noqa: B009 (set by the SDK's decorator)
        return {**more, "annotations": {"fleet/resource": f"{pulumi.get_stack()}/{named(logical)}/{token}", **annotations}}

    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    shop = k8s.core.v1.Namespace(named("shop"), metadata=marked("shop", k8s.core.v1.Namespace, name="shop", labels=levels), opts=options)
    within = {"namespace": shop.metadata.name}
    slow = {"annotations": {"sandbox.fleet/ready": "false"}} if config.get_bool("slow") else {}
    fixed = {"name": "settings"} if config.get_bool("fixed") else {}
    k8s.core.v1.ResourceQuota(
        named("quota"),
        metadata=marked("quota", k8s.core.v1.ResourceQuota, name="fleet", **within),
        spec={"hard": {"requests.cpu": "40", "requests.memory": "160Gi", "pods": config.get("pods") or "200"}},
        opts=options,
    )
    k8s.core.v1.LimitRange(
        named("limits"),
        metadata=marked("limits", k8s.core.v1.LimitRange, name="fleet", **within),
        spec={"limits": [{"type": "Container", "default": {"memory": "512Mi"}, "default_request": {"cpu": "100m", "memory": "128Mi"}}]},
        opts=options,
    )
    policy = k8s.networking.v1.NetworkPolicy(
        named("closed"),
        metadata=marked("closed", k8s.networking.v1.NetworkPolicy, name="closed", **within),
        spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
        opts=options,
    )
    k8s.core.v1.ConfigMap(
        named("settings"),
        metadata=marked("settings", k8s.core.v1.ConfigMap, **within, **fixed),
        data={"mode": config.get("mode") or "calm"},
        opts=options,
    )
    k8s.core.v1.Secret(
        named("password"),
        metadata=marked("password", k8s.core.v1.Secret, name="password", **within),
        string_data={"password": config.require_secret("password")},
        opts=options,
    )
    role = k8s.rbac.v1.Role(
        named("reader"),
        metadata=marked("reader", k8s.rbac.v1.Role, name="reader", **within),
        rules=[{"api_groups": [""], "resources": ["pods"], "verbs": ["get", "list"]}],
        opts=options,
    )
    k8s.rbac.v1.RoleBinding(
        named("readers"),
        metadata=marked("readers", k8s.rbac.v1.RoleBinding, name="readers", **within),
        role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
        subjects=[{"api_group": "rbac.authorization.k8s.io", "kind": "Group", "name": "readers"}],
        opts=options,
    )
    k8s.scheduling.v1.PriorityClass(
        named("high"), metadata=marked("high", k8s.scheduling.v1.PriorityClass, name="high"), value=1000, opts=options
    )
    k8s.apps.v1.Deployment(
        named("web"),
        metadata=marked("web", k8s.apps.v1.Deployment, name="web", **within),
        spec={
            "replicas": 2,
            "selector": {"match_labels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}, **slow},
                "spec": {
                    "security_context": RESTRICTED,
                    "containers": [{"name": "web", "image": "stand-in/web:1", "security_context": CONTAINED, "resources": SMALL}],
                },
            },
        },
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[policy]),
    )
    definition = k8s.apiextensions.v1.CustomResourceDefinition(
        named("widgets"),
        metadata=marked("widgets", k8s.apiextensions.v1.CustomResourceDefinition, name="widgets.example.com"),
        spec={
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "list_kind": "WidgetList"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "open_apiv3_schema": {
                            "type": "object",
                            "properties": {
                                "spec": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 5}}},
                                "free": {"type": "object", "x_kubernetes_preserve_unknown_fields": True},
                            },
                        }
                    },
                }
            ],
        },
        opts=options,
    )
    k8s.apiextensions.CustomResource(
        named("widget"),
        api_version="example.com/v1",
        kind="Widget",
        metadata=marked("widget", "kubernetes:example.com/v1:Widget", AT_ONCE, name="widget", **within),
        spec={"size": config.get_int("size") or 3},
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[definition]),
    )
    certificates = k8s.core.v1.Namespace(
        named("cert-manager"), metadata=marked("cert-manager", k8s.core.v1.Namespace, name="cert-manager", labels=levels), opts=options
    )
    release = k8s.helm.v3.Release(
        named("certificates"),
        name="cert-manager",
        namespace=certificates.metadata.name,
        chart="oci://quay.io/jetstack/charts/cert-manager",
        version="v1.21.2",
        values=CERT_MANAGER,
        atomic=True,
        timeout=120,
        opts=options,
    )
    k8s.yaml.ConfigGroup(
        named("issuer"),
        yaml=[
            json.dumps(
                {
                    "apiVersion": "cert-manager.io/v1",
                    "kind": "ClusterIssuer",
                    "metadata": {"name": "selfsigned", "annotations": AT_ONCE},
                    "spec": {"selfSigned": {}},
                }
            )
        ],
        resource_prefix=cluster,
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[release]),
    )


for name, text in json.loads(config.require("kubeconfigs")).items():
    inside(name, text)
