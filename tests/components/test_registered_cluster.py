"""A registered cluster: it gets the same platform, by a kubeconfig that is found and of use, or else refused with what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.cluster.registered import UnreadableKubeconfig, read
from components.rehearsal import Recording, rehearse
from fleet.blueprint.model import RegisteredCluster, Stack
from tests.components import samples


def test_a_kubeconfig_is_read_from_its_environment_variable() -> None:
    assert read(cluster(samples.registered())) == samples.kubeconfig()


def test_a_kubeconfig_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "legacy.yaml").write_text(samples.kubeconfig())
    assert read(cluster(from_file(tmp_path / "legacy.yaml"))) == samples.kubeconfig()


def test_a_relative_file_is_looked_for_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "legacy.yaml").write_text(samples.kubeconfig())
    monkeypatch.chdir(tmp_path)
    assert read(cluster(from_file(Path("legacy.yaml")))) == samples.kubeconfig()


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(samples.KUBECONFIG_VARIABLE)
    with pytest.raises(UnreadableKubeconfig, match="registered cluster legacy: .*environment variable LEGACY_KUBECONFIG, is not set"):
        rehearse(samples.registered())


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        UnreadableKubeconfig, match=r"registered cluster legacy: .*missing\.yaml, cannot be read: .*Put the kubeconfig there"
    ):
        rehearse(from_file(tmp_path / "missing.yaml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("just words", "holds no kubeconfig"),
        ("a: [", "holds no kubeconfig"),
        ("apiVersion: v1\nkind: Config\n", "missing required field"),
        (samples.kubeconfig().replace("current-context: legacy", "current-context: other"), 'no cluster for its current context "other"'),
        (samples.kubeconfig().replace("cluster: old", "cluster: gone"), 'no cluster for its current context "legacy"'),
        (samples.kubeconfig().replace("certificate-authority-data: Q0E=", "certificate-authority: ca.crt"), r"files beside it \(ca.crt\)"),
        (samples.kubeconfig().replace("token: not-to-be-seen", "tokenFile: token"), r"files beside it \(token\)"),
        (samples.kubeconfig().replace("token: not-to-be-seen", "client-key: a.key"), r"files beside it \(a.key\)"),
    ],
)
def test_a_kubeconfig_of_no_use_is_refused_and_its_secrets_are_not_shown(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "legacy.yaml").write_text(text)
    with pytest.raises(UnreadableKubeconfig, match=said) as refused:
        rehearse(from_file(tmp_path / "legacy.yaml"))
    assert "not-to-be-seen" not in str(refused.value)
    assert "kubectl config view --minify --flatten" in str(refused.value)


def test_a_kubeconfig_with_an_authority_of_the_systems_exports_none(tmp_path: Path) -> None:
    (tmp_path / "legacy.yaml").write_text(samples.kubeconfig().replace(", certificate-authority-data: Q0E=", ""))
    assert "certificateAuthority" not in rehearse(from_file(tmp_path / "legacy.yaml")).outputs["legacy"]


def test_a_registered_cluster_gets_the_same_platform(registered: Recording, aws: Recording) -> None:
    ours, theirs = (
        {
            (resource.type, resource.name.removeprefix(f"{cluster}-"))
            for resource in recording.resources
            if resource.type.startswith("kubernetes:")
        }
        for cluster, recording in (("legacy", registered), ("core-prod-eu-west-1", aws))
    )
    policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
    assert theirs - ours == {(policy, "checkout-allow-pod-identity"), (policy, "search-allow-pod-identity")}
    assert not ours - theirs


def from_file(path: Path) -> Stack:
    return samples.registered(None, str(path))


def cluster(stack: Stack) -> RegisteredCluster:
    (found,) = stack.clusters
    assert isinstance(found, RegisteredCluster)
    return found
