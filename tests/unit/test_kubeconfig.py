"""One kubeconfig for a stack: whom its contexts log in as, which clusters are left out, and how the file is written."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from fleet.kubeconfig import stack as stacks
from fleet.kubeconfig.merge import Merged, merge
from fleet.kubeconfig.problem import KubeconfigProblem
from fleet.recover.pulumi import Pulumi

ROLE, PERSON, ACCOUNT = "arn:aws:iam::111111111111:role/payments", "alice@acme.example", "robot@acme-dev.iam.gserviceaccount.com"
DEPLOYER = "arn:aws:iam::111111111111:role/fleet-deployer"


def output(name: str, command: str, *arguments: str, **server: str) -> dict[str, Any]:
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}", **server}}],
        "users": [{"name": name, "user": {"exec": {"command": command, "args": list(arguments), "apiVersion": "v1beta1"}}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return {"endpoint": f"https://{name}", "kubeconfig": json.dumps(document)}


CLUSTERS = {
    "b-gke": output("b-gke", "gke-gcloud-auth-plugin", "--impersonate_service_account", "deployer@acme-dev.iam.gserviceaccount.com"),
    "a-eks": output(
        "a-eks", "aws", "eks", "get-token", "--role-arn", DEPLOYER, "--output", "json", **{"proxy-url": "socks5://bastion:1080"}
    ),
    "c-own": {"endpoint": "https://c-own"},
}


def program(merged: Merged, name: str) -> dict[str, Any]:
    return next(named["user"]["exec"] for named in merged.document["users"] if named["name"] == name)


def test_every_cluster_with_a_kubeconfig_is_a_context_of_its_name_and_the_deployer_logs_in() -> None:
    merged = merge(CLUSTERS, (), None)
    assert merged.contexts == ("a-eks", "b-gke") and merged.document["current-context"] == ""
    assert program(merged, "a-eks")["args"][3] == DEPLOYER
    assert set(merged.left_out) == {"c-own"}
    assert merge({"a-eks": CLUSTERS["a-eks"]}, (), None).document["current-context"] == "a-eks"


def test_a_role_takes_the_deployers_place_and_clusters_of_other_clouds_are_left_out() -> None:
    merged = merge(CLUSTERS, (ROLE,), None)
    assert program(merged, "a-eks")["args"] == ["eks", "get-token", "--output", "json", "--role-arn", ROLE]
    assert merged.contexts == ("a-eks",) and "gke-gcloud-auth-plugin" in merged.left_out["b-gke"]


def test_a_person_is_who_gcloud_has_and_a_service_account_is_impersonated() -> None:
    person, robot = merge(CLUSTERS, (PERSON,), None), merge(CLUSTERS, (ACCOUNT,), None)
    assert program(person, "b-gke")["args"] == []
    assert program(person, "b-gke")["env"] == [{"name": "CLOUDSDK_CORE_ACCOUNT", "value": PERSON}]
    assert program(robot, "b-gke")["args"] == ["--impersonate_service_account", ACCOUNT]


def test_one_principal_per_cloud_makes_a_context_per_cluster() -> None:
    assert merge(CLUSTERS, (ROLE, PERSON), None).contexts == ("a-eks", "b-gke")


def test_two_principals_of_one_cloud_are_refused() -> None:
    with pytest.raises(KubeconfigProblem, match="one of each cloud"):
        merge(CLUSTERS, (ROLE, DEPLOYER), None)


@pytest.mark.parametrize("wrong", ["payments", "", "arn:aws:iam::1:role/x", "arn:aws:iam::111111111111:group/x"])
def test_what_no_cloud_can_log_in_is_refused(wrong: str) -> None:
    with pytest.raises(KubeconfigProblem, match="nobody a cloud knows"):
        merge(CLUSTERS, (wrong,), None)


def test_another_proxy_takes_the_place_of_a_declared_one_and_of_none_else() -> None:
    servers = {named["name"]: named["cluster"] for named in merge(CLUSTERS, (), "http://127.0.0.1:9").document["clusters"]}
    assert servers["a-eks"]["proxy-url"] == "http://127.0.0.1:9"
    assert "proxy-url" not in servers["b-gke"]


def test_it_is_written_beside_kubectls_own_for_its_owner_alone(tmp_path: Path) -> None:
    path = stacks.default_path("dev", (), {"KUBECONFIG": f"{tmp_path}/config:/elsewhere"})
    assert path == tmp_path / "fleet-dev.kubeconfig"
    assert stacks.default_path("dev", (ROLE, PERSON), {"HOME": "/h"}) == Path("/h/.kube/fleet-dev-payments-alice.kubeconfig")
    path.write_text("{}\n")
    stacks.write({}, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    stacks.write({"kind": "Config"}, path)
    assert json.loads(path.read_text()) == {"kind": "Config"} and stat.S_IMODE(path.stat().st_mode) == 0o600


def pulumi(folder: Path, script: str) -> Pulumi:
    (folder / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "pulumi").chmod(0o755)
    return Pulumi(folder, {**os.environ, "PATH": f"{folder}:/usr/bin:/bin"})


def test_a_stack_that_is_not_up_or_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigProblem, match="no clusters yet.*pulumi up -s dev"):
        stacks.clusters(pulumi(tmp_path, "echo '{}'"), "dev")
    with pytest.raises(KubeconfigProblem, match="no stack named"):
        stacks.clusters(pulumi(tmp_path, "echo \"no stack named 'dev' found\" >&2; exit 1"), "dev")
    with pytest.raises(KubeconfigProblem, match="no `pulumi` on PATH"):
        stacks.clusters(Pulumi(tmp_path, {"PATH": "/nowhere"}), "dev")
