"""F-ACC-001: an account or project id that cannot be one."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.forms import AWS_ACCOUNT, GCP_PROJECT
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    for name, environment in context.spec.environments.items():
        aws, gcp = environment.accounts.aws, environment.accounts.gcp
        at = ("environments", name, "accounts")
        if aws is not None and not AWS_ACCOUNT.fullmatch(aws):
            yield on_spec((*at, "aws"), f"{aws!r} is no AWS account id: these have 12 digits. Keep leading zeros, in quotes.")
        if gcp is not None and not GCP_PROJECT.fullmatch(gcp):
            yield on_spec(
                (*at, "gcp"),
                f"{gcp!r} is no project id: these have 6 to 30 lower-case letters, digits and `-`, a letter first and no `-` at the end. "
                "Use the id, not the display name or number.",
            )


RULE = Rule(
    id="F-ACC-001",
    severity="error",
    title="An account or project id of the wrong form",
    rationale="The provider is told to work in this account only; a wrong one fails at the first call.",
    source=(
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html, "
        "https://cloud.google.com/resource-manager/docs/creating-managing-projects"
    ),
    check=_check,
)
