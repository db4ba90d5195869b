"""What a policy may call of OPA: all but what leaves the process, for a policy may be a stranger's (`fleet pr --head`)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from fleet.policies.problem import PolicyProblem

LEAVING = frozenset({"http.send", "net.lookup_ip_addr", "opa.runtime"})
"""They speak to the network, or tell the environment variables (OPA documentation, "Policy Reference", 2026-06)."""
LIMIT_SECONDS = 60


@contextmanager
def capabilities(opa: Path) -> Iterator[Path]:
    """The file that `opa eval --capabilities` takes. Raises PolicyProblem where OPA does not tell what it has."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "capabilities.json")
        path.write_bytes(_kept(opa))
        yield path


@cache
def _kept(opa: Path) -> bytes:
    try:
        ended = subprocess.run([str(opa), "capabilities", "--current"], capture_output=True, timeout=LIMIT_SECONDS, check=True)
        document = msgspec.json.decode(ended.stdout)
        kept = [builtin for builtin in document["builtins"] if builtin["name"] not in LEAVING]
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError, KeyError) as error:
        raise PolicyProblem(f"{opa} does not tell what policies may call: {error}") from error
    return msgspec.json.encode({**document, "builtins": kept, "allow_net": []})
