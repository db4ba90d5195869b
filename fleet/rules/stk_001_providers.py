"""F-STK-001: a stack that starts too many provider processes."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import Stack
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec

_MOST = 40


def _check(context: Context) -> Iterator[Violation]:
    for stack in context.blueprint.stacks:
        count = _providers(stack)
        if count > _MOST:
            yield on_spec(
                ("environments", stack.environment),
                f"stack {stack.name} needs {count} providers (one per account and region, one per cluster), each a process of its own at "
                "every operation (about 60 MB and half a second). Split the environment with `split: region`, before its clusters exist.",
                ("stacks", stack.name),
            )


def _providers(stack: Stack) -> int:
    """One per account and region, one per GCP project, one per cluster for what runs in it."""
    places = {(network.deployer.account, network.region) for network in stack.networks}
    return len(places) + len(stack.accounts) + len(stack.clusters)


RULE = Rule(
    id="F-STK-001",
    severity="warning",
    title="More than 40 providers in one stack",
    rationale="The engine starts one process per explicit provider, twice in an update with a preview: 21 cost 13 s and more than 1 GB.",
    source="https://www.pulumi.com/docs/iac/concepts/providers/",
    check=_check,
)
