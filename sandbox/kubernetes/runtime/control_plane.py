"""How a control plane is run: which programs, flags and certificates. Source of the flags: kubernetes.io reference, 1.35 (2026-06)."""

from __future__ import annotations

import ipaddress
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.kubernetes.facts import ClusterFacts
from sandbox.kubernetes.runtime import certificates, etcd, places
from sandbox.kubernetes.runtime.places import Place
from sandbox.kubernetes.runtime.processes import Program

API_SERVER: Final = "kube-apiserver"
CONTROLLERS: Final = "kube-controller-manager"
SCHEDULER: Final = "kube-scheduler"
NODES: Final = "kwok"
COMPONENTS: Final = (API_SERVER, CONTROLLERS, SCHEDULER, NODES)

LEASE_SECONDS: Final = 40
"""As of a kubelet (KubeletConfiguration, `nodeLeaseDurationSeconds`)."""
STAGES: Final = Path(__file__).with_name("stages.yaml")
MASTERS: Final = "system:masters"

ENABLED_CONTROLLERS: Final = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "node-lifecycle-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "service-cidr-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "statefulset-controller",
    "taint-eviction-controller",
    "ttl-after-finished-controller",
    "validatingadmissionpolicy-status-controller",
)
"""What makes workloads, quotas, namespaces, accounts and roles true. Left out: clouds', storage, certificates, autoscaling by metrics."""

_LEAN: Final = {"GOGC": "20", "GOMAXPROCS": "2"}
"""Collect garbage early: 30 MiB a cluster for a tenth of a second of its start (measured 2026-11-24)."""


@dataclass(frozen=True)
class Access:
    """Flags that decide who gets in and what for, as name -> value; empty: client certificates and RBAC alone."""

    flags: Mapping[str, str]


def prefix(place: Place) -> str:
    """Where the cluster's objects are in etcd."""
    return f"/clusters/{place.key}"


def write_credentials(facts: ClusterFacts, place: Place) -> None:
    """The certificates and kubeconfigs the programs read; what is there already stays."""
    if place.admin_kubeconfig.exists():
        return
    signer = place.signer()
    names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"]
    serving = certificates.server(signer, names, [*{place.address, places.inner(place.address), places.LOOPBACK}, _first_service(facts)])
    places.write_secret(place.folder / "serving.key", serving.key)
    (place.folder / "serving.crt").write_bytes(serving.certificate)
    for file, user, groups in (
        (SCHEDULER, "system:kube-scheduler", ()),
        (CONTROLLERS, "system:kube-controller-manager", (MASTERS,)),
        (NODES, "sandbox:nodes", (MASTERS,)),
        ("admin", "sandbox:admin", (MASTERS,)),
    ):
        made = certificates.client(signer, user, groups)
        if file == "admin":
            places.write_secret(place.folder / "admin.pem", made.certificate + made.key)
        places.write_secret(place.folder / f"{file}.kubeconfig", kubeconfig(place, user, made))


def readdress(place: Place) -> None:
    """Let the sandbox's own kubeconfigs lead where the API server listens now."""
    for path in place.folder.glob("*.kubeconfig"):
        document = json.loads(path.read_text())
        document["clusters"][0]["cluster"]["server"] = place.inner_url
        places.write_secret(path, json.dumps(document).encode())


def _first_service(facts: ClusterFacts) -> str:
    """The address of the `kubernetes` Service."""
    return str(ipaddress.ip_network(facts.services_cidr)[1])


def kubeconfig(place: Place, user: str, pair: certificates.Pair) -> bytes:
    """A kubeconfig with a client certificate, as JSON."""
    credentials = {"client-certificate-data": _base64(pair.certificate), "client-key-data": _base64(pair.key)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "it", "cluster": {"server": place.inner_url, "certificate-authority-data": place.certificate_authority()}}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": user}}],
        "current-context": "it",
    }
    return json.dumps(document).encode()


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


def api_server(state: Path, facts: ClusterFacts, place: Place, executable: Path, access: Access) -> Program:
    """Bound to the cluster's own loopback address; no endpoint reconciler, as a Service may not point to a loopback address."""
    file = place.folder.joinpath
    flags = {
        "bind-address": place.listens,
        "secure-port": str(place.port),
        "permit-port-sharing": "true",
        "advertise-address": _first_service(facts),
        "endpoint-reconciler-type": "none",
        "etcd-servers": etcd.URL,
        "etcd-prefix": prefix(place),
        "etcd-compaction-interval": "0",
        "tls-cert-file": str(file("serving.crt")),
        "tls-private-key-file": str(file("serving.key")),
        "client-ca-file": str(place.ca_file),
        "service-account-key-file": str(place.tokens_file),
        "service-account-signing-key-file": str(place.tokens_file),
        "service-account-issuer": facts.issuer,
        "service-cluster-ip-range": facts.services_cidr,
        "authorization-mode": "Node,RBAC",
        "anonymous-auth": "false",
        "allow-privileged": "true",
        "enable-admission-plugins": "NodeRestriction",
        "enable-priority-and-fairness": "false",
        "profiling": "false",
        "shutdown-delay-duration": "0s",
        **access.flags,
    }
    if "authorization-config" in access.flags:
        del flags["authorization-mode"]
    return _program(state, place, API_SERVER, executable, flags)


def controllers(state: Path, place: Place, executable: Path) -> Program:
    """One client for all controllers: their own accounts would cost a client each."""
    flags = {
        "kubeconfig": _config(place, CONTROLLERS),
        "controllers": ",".join(ENABLED_CONTROLLERS),
        "use-service-account-credentials": "false",
        "service-account-private-key-file": str(place.tokens_file),
        "root-ca-file": str(place.ca_file),
        "leader-elect": "false",
        "secure-port": "0",
        "profiling": "false",
        "concurrent-namespace-syncs": "4",
    }
    return _program(state, place, CONTROLLERS, executable, flags)


def scheduler(state: Path, place: Place, executable: Path) -> Program:
    flags = {"kubeconfig": _config(place, SCHEDULER), "leader-elect": "false", "secure-port": "0", "profiling": "false"}
    return _program(state, place, SCHEDULER, executable, flags)


def nodes(state: Path, place: Place, executable: Path) -> Program:
    """Plays the kubelet of every node."""
    flags = {
        "kubeconfig": _config(place, NODES),
        "config": str(STAGES),
        "manage-all-nodes": "true",
        "node-lease-duration-seconds": str(LEASE_SECONDS),
        "cidr": "100.64.0.1/16",
        "node-port": "0",
    }
    return _program(state, place, NODES, executable, flags)


def _config(place: Place, name: str) -> str:
    return str(place.folder / f"{name}.kubeconfig")


def _program(state: Path, place: Place, name: str, executable: Path, flags: Mapping[str, str]) -> Program:
    command = (str(executable), *(f"--{flag}={value}" for flag, value in flags.items()))
    return Program(name, place.folder, command, places.root(state), _LEAN)
