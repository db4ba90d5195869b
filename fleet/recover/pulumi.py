"""The Pulumi CLI as a function: arguments in, its stdout out."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fleet.recover.problem import RecoverProblem


class PulumiFailed(RecoverProblem):
    """A Pulumi command ended with an error. errors: what it wrote to stderr; output: to stdout."""

    def __init__(self, command: str, code: int, output: str, errors: str) -> None:
        said = (errors.strip() or output.strip())[-2000:]
        super().__init__(f"`{command}` failed with exit code {code}:\n{said}")
        self.output = output
        self.errors = errors


@dataclass(frozen=True)
class Pulumi:
    """Pulumi in one project folder, with one environment."""

    project: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """Run `pulumi ARGUMENTS` to its end and return stdout. Raises PulumiFailed, and RecoverProblem where there is no pulumi."""
        binary = shutil.which("pulumi", path=self.environment.get("PATH"))
        if binary is None:
            raise RecoverProblem("there is no `pulumi` on PATH. Install it (https://www.pulumi.com/docs/install) or run `fleet doctor`.")
        command = [binary, "--non-interactive", "--color", "never", *arguments]
        done = subprocess.run(command, cwd=self.project, env=dict(self.environment), input=stdin, capture_output=True, text=True)
        if done.returncode != 0:
            raise PulumiFailed(f"pulumi {' '.join(arguments)}", done.returncode, done.stdout, done.stderr)
        return done.stdout

    def export(self, stack: str, *, secrets: bool = False) -> dict[str, Any]:
        """The stack's checkpoint as `pulumi stack export` prints it. secrets: decrypted, for use in memory only."""
        shown = ["--show-secrets"] if secrets else []
        checkpoint: dict[str, Any] = json.loads(self.run("stack", "export", "--stack", stack, *shown))
        return checkpoint

    def replace_state(self, stack: str, checkpoint: dict[str, Any]) -> None:
        """Make `checkpoint` the stack's state; Pulumi checks its integrity and encrypts plaintext secrets in it."""
        self.run("stack", "import", "--stack", stack, stdin=json.dumps(checkpoint))

    def preview(self, stack: str) -> dict[str, Any]:
        """What the next `pulumi up` would do, as `preview --json` prints it. Raises RecoverProblem with its errors."""
        try:
            return _document(self.run("preview", "--json", "--stack", stack))
        except PulumiFailed as failure:
            raise RecoverProblem(_preview_errors(stack, failure)) from failure


def project_name(pulumi: Pulumi) -> str:
    """The project's name, from its Pulumi.yaml."""
    name: str = yaml.safe_load((pulumi.project / "Pulumi.yaml").read_text())["name"]
    return name


def _document(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document


def _preview_errors(stack: str, failure: PulumiFailed) -> str:
    try:
        diagnostics = json.loads(failure.output).get("diagnostics", [])
    except json.JSONDecodeError:
        diagnostics = []
    errors = [f"{item.get('urn', '')} {item['message']}".strip() for item in diagnostics if item.get("severity") == "error"]
    reason = "\n".join(errors) or str(failure)
    return f"cannot tell what stack {stack} wants, because its preview fails. Mend this first, then recover again:\n{reason}"
