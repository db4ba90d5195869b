"""Stands for `gke-gcloud-auth-plugin`: told of the cluster by kubectl, it gives a token of an account of the sandbox."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sandbox.kubernetes.access import exec_credential, tokens_google
from sandbox.kubernetes.facts import ClusterFacts, text, value

ACCOUNT: Final = "CLOUDSDK_CORE_ACCOUNT"
"""gcloud's own variable for the account that is logged in (gcloud documentation, "Properties", core/account)."""


def main(state: Path, words: Sequence[str]) -> int:
    """0, or 1 where there is no token to be had."""
    wanted = _parser().parse_args(words)
    told = exec_credential.information()
    try:
        account = exec_credential.principal(
            state, wanted.impersonate_service_account or os.environ.get(ACCOUNT, ""), lambda one: _is_told(told, one)
        )
    except exec_credential.Denied as denied:
        print(f"gke-gcloud-auth-plugin: failed to get an access token: {denied}", file=sys.stderr)
        return 1
    print(exec_credential.render(*tokens_google.make(state, account, datetime.now(UTC))))
    return 0


def _is_told(told: Mapping[str, object], cluster: ClusterFacts) -> bool:
    return cluster.cloud == "gcp" and value(told, "spec", "cluster", "server") == f"https://{text(cluster.outputs, 'endpoint')}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gke-gcloud-auth-plugin", allow_abbrev=False)
    parser.add_argument("--impersonate_service_account", default="")
    return parser


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
