"""Stands for the AWS CLI where kubeconfigs call it: `aws eks get-token`, as its reference has it, for a principal of the sandbox."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sandbox.kubernetes.access import exec_credential, tokens_eks

CLIENT_ERROR: Final = 254
"""The AWS CLI's exit code where the service refuses (AWS CLI user guide, "return codes")."""
WRONG_USAGE: Final = 252


def main(state: Path, words: Sequence[str]) -> int:
    """The exit code, as of the AWS CLI."""
    if list(words[:2]) != ["eks", "get-token"]:
        print("aws: the sandbox's AWS CLI knows `aws eks get-token` alone; its clouds answer Pulumi only", file=sys.stderr)
        return WRONG_USAGE
    wanted = _parser().parse_args(words[2:])
    try:
        principal = exec_credential.principal(
            state,
            wanted.role_arn,
            lambda one: one.cloud == "aws" and (one.name, one.region) == (wanted.cluster_name, wanted.region),
        )
    except exec_credential.Denied as denied:
        print(f"\nAn error occurred (AccessDenied) when calling the AssumeRole operation: {denied}", file=sys.stderr)
        return CLIENT_ERROR
    token, end = tokens_eks.make(state, principal, wanted.cluster_name, wanted.region, datetime.now(UTC))
    print(exec_credential.render(token, end))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aws eks get-token", allow_abbrev=False)
    parser.add_argument("--cluster-name", "--cluster-id", dest="cluster_name", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--role-arn", default="")
    parser.add_argument("--output", choices=["json"], default="json")
    return parser


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
