"""Whom a kubeconfig's login program asks a token for: the arguments and variables of each cloud's program, for another principal.

Sources: AWS CLI reference, `eks get-token` (--role-arn); GKE documentation, "Install kubectl and configure cluster access"
(gke-gcloud-auth-plugin, --impersonate_service_account); gcloud documentation, "Properties" (CLOUDSDK_CORE_ACCOUNT), all 2026-06.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fleet.kubeconfig.problem import KubeconfigProblem

ROLE: Final = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/\S+")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SERVICE_ACCOUNT: Final = ".gserviceaccount.com"

Program = Mapping[str, Any]
"""The `exec` of a kubeconfig's user."""


def program_of(principal: str) -> str:
    """The login program that a principal has. Raises KubeconfigProblem for what is no principal of any cloud."""
    if ROLE.fullmatch(principal):
        return "aws"
    if EMAIL.fullmatch(principal):
        return "gke-gcloud-auth-plugin"
    raise KubeconfigProblem(
        f"{principal!r} is nobody a cloud knows. Give the ARN of an IAM role (for EKS), or the e-mail of a Google account or service "
        "account (for GKE); a group cannot log in, its members can."
    )


def logged_in_as(program: Program, principal: str) -> dict[str, Any]:
    """A login program's call, changed so that the token is the principal's; program_of(principal) is its command."""
    return {**program, **_CALLS[program["command"]](program, principal)}


def _role(program: Program, principal: str) -> dict[str, Any]:
    return {"args": [*_without(program["args"], "--role-arn"), "--role-arn", principal]}


def _account(program: Program, principal: str) -> dict[str, Any]:
    """Service accounts are impersonated; a person must be logged in to gcloud, and may be logged in as others too."""
    kept = _without(program["args"], "--impersonate_service_account")
    if principal.endswith(SERVICE_ACCOUNT):
        return {"args": [*kept, "--impersonate_service_account", principal]}
    return {"args": kept, "env": [{"name": "CLOUDSDK_CORE_ACCOUNT", "value": principal}]}


_CALLS: Final[Mapping[str, Callable[[Program, str], dict[str, Any]]]] = {"aws": _role, "gke-gcloud-auth-plugin": _account}


def _without(arguments: Sequence[str], option: str) -> list[str]:
    """The arguments but for an option and its value."""
    if option not in arguments:
        return list(arguments)
    at = list(arguments).index(option)
    return [*arguments[:at], *arguments[at + 2 :]]
