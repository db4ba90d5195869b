"""The shadow project: production's configuration without its secrets, the repository's program, nothing written in the tracked tree."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sandbox.shell import shadow
from sandbox.shell.environment import environment
from sandbox.shell.layout import Layout, find
from sandbox.shell.problem import ShellProblem

TRACKED = {
    "secretsprovider": "awskms://alias/x",
    "encryptedkey": "abc",
    "encryptionsalt": "v1:prod",
    "config": {"pulumi:disable-default-providers": ["*"], "fleet:token": {"secure": "AAAB"}},
}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    repository = tmp_path / "repository"
    (repository / "stacks").mkdir(parents=True)
    (repository / "Pulumi.yaml").write_text("name: fleet\nruntime: python\nstackConfigDir: stacks\nbackend: {url: 's3://prod'}\n")
    (repository / "stacks" / "Pulumi.dev.yaml").write_text(yaml.safe_dump(TRACKED))
    return Layout(repository, tmp_path / "state")


def read(path: Path) -> dict[str, object]:
    document = yaml.safe_load(path.read_text())
    assert isinstance(document, dict)
    return document


def test_a_production_secrets_provider_is_dropped_and_the_rest_kept(layout: Layout) -> None:
    shadow.write(layout)
    merged = read(layout.stack_file("dev"))
    assert not merged.keys() & {"secretsprovider", "encryptedkey", "encryptionsalt"}
    assert merged["config"] == {"pulumi:disable-default-providers": ["*"], "fleet:token": "sandbox"}


def test_a_value_encrypted_for_production_is_named(layout: Layout) -> None:
    assert [note for note in shadow.write(layout).notes if "fleet:token" in note and "dev" in note]


def test_a_secret_set_in_the_sandbox_stands_with_its_salt() -> None:
    own = {"encryptionsalt": "v1:own", "config": {"fleet:token": {"secure": "v1:mine"}, "fleet:old": "x"}}
    merged, replaced = shadow.stack_file(TRACKED, own)
    assert merged["encryptionsalt"] == "v1:own"
    assert merged["config"]["fleet:token"] == {"secure": "v1:mine"}
    assert "fleet:old" not in merged["config"]
    assert replaced == ()


def test_the_program_is_the_repositorys_and_the_backend_is_not(layout: Layout) -> None:
    shadow.write(layout)
    project = read(layout.project / "Pulumi.yaml")
    assert project["main"] == str(layout.repository)
    assert "backend" not in project


def test_writing_leaves_the_repository_as_it_was_and_twice_changes_nothing(layout: Layout) -> None:
    before = {path: path.read_bytes() for path in layout.repository.rglob("*") if path.is_file()}
    shadow.write(layout)
    written = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in layout.state.rglob("*") if path.is_file()}
    shadow.write(layout)
    assert {path: path.read_bytes() for path in layout.repository.rglob("*") if path.is_file()} == before
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in layout.state.rglob("*") if path.is_file()} == written


def test_the_passphrase_is_readable_by_its_owner_only(layout: Layout) -> None:
    shadow.write(layout)
    assert layout.passphrase.stat().st_mode & 0o777 == 0o600
    assert len(layout.passphrase.read_text()) >= 20


def test_a_broken_stack_file_is_one_message_that_names_it(layout: Layout) -> None:
    (layout.repository / "stacks" / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(ShellProblem, match="Pulumi.dev.yaml"):
        shadow.write(layout)


def test_no_credential_and_no_foreign_backend_reaches_the_sandbox(layout: Layout) -> None:
    outside = {
        "PATH": "/usr/bin",
        "HOME": "/home/me",
        "AWS_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "GOOGLE_APPLICATION_CREDENTIALS": "/home/me/key.json",
        "GOOGLE_OAUTH_ACCESS_TOKEN": "ya29",
        "GCLOUD_PROJECT": "prod",
        "CLOUDSDK_CORE_PROJECT": "prod",
        "KUBECONFIG": "/home/me/.kube/config",
        "PULUMI_ACCESS_TOKEN": "pul-",
        "PULUMI_BACKEND_URL": "s3://prod",
        "PULUMI_STACK": "prod",
    }
    inside = environment(layout, Path("/tools"), outside)
    kept = {name for name, value in outside.items() if inside.get(name) == value}
    assert kept == {"HOME"}
    assert inside["PATH"].startswith("/tools:")
    assert inside["PULUMI_BACKEND_URL"] == f"file://{layout.backend}"
    assert inside["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def test_a_full_disk_is_one_message(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device", str(layout.state))

    monkeypatch.setattr("os.open", full)
    with pytest.raises(ShellProblem, match="No space left on device.*--state"):
        shadow.write(layout)


def test_from_inside_the_shadow_it_is_the_repositorys_own_sandbox(layout: Layout) -> None:
    shadow.write(layout)
    assert find(str(layout.state), layout.project) == layout


@pytest.mark.parametrize("state", [".", ".."])
def test_a_state_directory_that_holds_the_repository_is_refused(layout: Layout, state: str) -> None:
    with pytest.raises(ShellProblem, match="holds the repository"):
        find(state, layout.repository)


def test_outside_a_repository_the_message_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ShellProblem, match=r"no Pulumi.yaml"):
        find(None, tmp_path)
