"""The shadow project: the repository's program under configuration, backend and secrets of the sandbox's own.

Pulumi writes into the project it runs in (`encryptionsalt` at the first preview, stack files at `stack init`), so it never runs in the
tracked tree: the shadow's Pulumi.yaml points `main` at the repository and its stacks/ holds copies made anew before every operation.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.shell.layout import Layout
from sandbox.shell.problem import ShellProblem, disk_problems

# What binds a stack file to its production secrets provider (Pulumi docs, "Stack settings file").
PRODUCTION_SECRETS: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
PLACEHOLDER: Final = "sandbox"
POLICIES: Final = "policies"
"""The policy pack, so that `--policy-pack policies` means the same here as in the repository."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Shadow:
    """A written shadow project. notes: what differs from production, one sentence each."""

    project_name: str
    stacks: tuple[str, ...]
    notes: tuple[str, ...]


def write(layout: Layout) -> Shadow:
    """Write or renew the shadow project; keeps the secrets a user set in it. Raises ShellProblem on unreadable files or a full disk."""
    project = _read(layout.repository / "Pulumi.yaml")
    if not isinstance(project.get("name"), str):
        raise ShellProblem(f"{layout.repository / 'Pulumi.yaml'} has no `name`.")
    stacks = stack_names(layout)
    notes: list[str] = []
    with disk_problems(layout.state):
        _make_folders(layout)
        _write(layout.project / "Pulumi.yaml", project_file(project, layout.repository))
        _link(layout.project / POLICIES, layout.repository / POLICIES)
        for stack in stacks:
            own = layout.stack_file(stack)
            merged, replaced = stack_file(_read(layout.tracked_stack_file(stack)), _read(own) if own.exists() else {})
            notes += [f"{stack}: {key} is encrypted for production; the sandbox uses {PLACEHOLDER!r}" for key in replaced]
            _write(own, merged)
    return Shadow(project_name=project["name"], stacks=stacks, notes=tuple(notes))


def stack_names(layout: Layout) -> tuple[str, ...]:
    """The stacks of the repository, by name."""
    files = (layout.repository / "stacks").glob("Pulumi.*.yaml")
    return tuple(sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files))


def project_file(tracked: Document, repository: Path) -> Document:
    """The shadow's Pulumi.yaml: the tracked one, its program the repository's, run by this interpreter."""
    runtime = tracked.get("runtime", "python")
    name = runtime["name"] if isinstance(runtime, Mapping) else runtime
    options = dict(runtime.get("options", {})) if isinstance(runtime, Mapping) else {}
    if name == "python":
        options = {**options, "virtualenv": sys.prefix}
    kept = {key: value for key, value in tracked.items() if key not in ("backend", "plugins")}
    return {**kept, "runtime": {"name": name, "options": options}, "main": str(repository), "stackConfigDir": "stacks"}


def stack_file(tracked: Document, own: Document) -> tuple[Document, tuple[str, ...]]:
    """The shadow's stack file and the keys whose production secret was replaced by a placeholder.

    Values encrypted for production cannot be read here: a value that was set in the sandbox stands, else the placeholder.
    """
    kept = {key: value for key, value in tracked.items() if key not in PRODUCTION_SECRETS}
    salt = {key: own[key] for key in ("encryptionsalt",) if key in own}
    config = dict(kept.get("config") or {})
    set_here = own.get("config") or {}
    encrypted = [key for key, value in config.items() if _encrypted(value)]
    config |= {key: set_here.get(key, PLACEHOLDER) for key in encrypted}
    return {**salt, **kept, "config": config}, tuple(key for key in encrypted if config[key] == PLACEHOLDER)


def _encrypted(value: object) -> bool:
    """Whether a configuration value holds a `secure:` ciphertext at any depth."""
    if isinstance(value, Mapping):
        return "secure" in value or any(_encrypted(item) for item in value.values())
    return isinstance(value, list) and any(_encrypted(item) for item in value)


def _make_folders(layout: Layout) -> None:
    folders = (layout.backend, layout.pulumi_home, layout.unfinished, layout.logs, layout.project / "stacks", layout.state / "no-gcloud")
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    if not layout.passphrase.exists():
        _replace(layout.passphrase, secrets.token_urlsafe(24), 0o600)


def _read(path: Path) -> Document:
    try:
        document = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ShellProblem(f"cannot read {path}: {error}") from error
    if document is not None and not isinstance(document, dict):
        raise ShellProblem(f"{path} is not a mapping.")
    return document or {}


def _write(path: Path, document: Document) -> None:
    """Replace a file only when its bytes change."""
    text = yaml.safe_dump(document, sort_keys=False)
    if not path.exists() or path.read_text() != text:
        _replace(path, text, 0o644)


def _link(path: Path, target: Path) -> None:
    """A link to the repository's folder where it has one."""
    if target.is_dir() and not path.is_symlink():
        path.symlink_to(target)


def _replace(path: Path, text: str, mode: int) -> None:
    """Replace a file in one step, so that a kill leaves the old one or the new one."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
    fresh.replace(path)
