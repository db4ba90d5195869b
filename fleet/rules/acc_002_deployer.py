"""F-ACC-002: a deployer that cannot be assumed, or that belongs to another account."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.forms import AWS_ACCOUNT, ROLE_ARN, SERVICE_ACCOUNT
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    for name, environment in context.spec.environments.items():
        at = ("environments", name, "deployer")
        if environment.deployer.aws is not None:
            message = _role_problem(environment.deployer.aws, environment.accounts.aws)
            if message:
                yield on_spec((*at, "aws"), message)
        if environment.deployer.gcp is not None and not SERVICE_ACCOUNT.fullmatch(environment.deployer.gcp):
            yield on_spec(
                (*at, "gcp"),
                f"{environment.deployer.gcp!r} is no service account: write its e-mail, as "
                f"fleet-deployer@{environment.accounts.gcp or 'PROJECT'}.iam.gserviceaccount.com.",
            )


def _role_problem(arn: str, account: str | None) -> str:
    role = ROLE_ARN.fullmatch(arn)
    if not role:
        return f"{arn!r} is no IAM role: write its ARN, as arn:aws:iam::{account or 'ACCOUNT'}:role/fleet-deployer."
    if account is not None and AWS_ACCOUNT.fullmatch(account) and role["account"] != account:
        return (
            f"the deployer's role is in account {role['account']}, the environment in {account}: the provider works in {account} only, "
            "and stops at the first call with another account's role. Use a role of the environment's account."
        )
    return ""


RULE = Rule(
    id="F-ACC-002",
    severity="error",
    title="A deployer that cannot deploy there",
    rationale="The deployer is a role of the account, or a service account; a copied environment often keeps the other one's.",
    source=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, "
        "https://cloud.google.com/iam/docs/service-account-overview"
    ),
    check=_check,
)
