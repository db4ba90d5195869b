"""A stack's clusters as Pulumi has them, and the kubeconfig's file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fleet.files import write_atomically
from fleet.kubeconfig.merge import Document
from fleet.kubeconfig.problem import KubeconfigProblem
from fleet.recover.problem import RecoverProblem
from fleet.recover.pulumi import Pulumi

OWNER_ONLY: Final = 0o600
OUTPUT: Final = "clusters"


def clusters(pulumi: Pulumi, stack: str) -> Mapping[str, Mapping[str, Any]]:
    """The stack's output `clusters`. Raises KubeconfigProblem: no such stack, no pulumi, or nothing was made yet."""
    try:
        outputs = json.loads(pulumi.run("stack", "output", "--json", "--stack", stack))
    except RecoverProblem as problem:
        raise KubeconfigProblem(str(problem)) from problem
    found: Mapping[str, Mapping[str, Any]] = outputs.get(OUTPUT) or {}
    if not found:
        raise KubeconfigProblem(f"stack {stack} has no clusters yet. Bring it up first: `pulumi up -s {stack}`.")
    return found


def default_path(stack: str, principals: Sequence[str], environment: Mapping[str, str]) -> Path:
    """Beside the kubeconfig that kubectl reads, as `fleet-dev.kubeconfig`, or `fleet-dev-payments.kubeconfig` for a principal."""
    read = next(filter(None, environment.get("KUBECONFIG", "").split(":")), "")
    folder = Path(read).parent if read else Path(environment.get("HOME", "~")).expanduser() / ".kube"
    whom = [re.sub(r"[^\w.-]", "-", principal.rpartition("/")[2].partition("@")[0]) for principal in principals]
    return folder / f"{'-'.join(['fleet', stack, *whom])}.kubeconfig"


def write(document: Document, path: Path) -> None:
    """Write a kubeconfig, whole or not at all, for its owner alone. Raises OSError."""
    if path.is_file():
        path.chmod(OWNER_ONLY)
    write_atomically(path, (json.dumps(document, indent=2) + "\n").encode(), OWNER_ONLY)
