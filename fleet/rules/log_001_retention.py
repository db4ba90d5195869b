"""F-LOG-001: a log retention that CloudWatch does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster, on_spec

_ALLOWED = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        if cluster.log_retention_days not in _ALLOWED:
            yield on_cluster(cluster, ("logRetentionDays",), _message(cluster.log_retention_days))
    for network in context.aws_networks:
        if network.flow_log_retention_days not in _ALLOWED:
            yield on_spec(
                ("environments", network.environment, "network", "flowLogRetentionDays"),
                _message(network.flow_log_retention_days),
                ("networks", network.name, "flowLogRetentionDays"),
            )


def _message(days: int) -> str:
    near = next((allowed for allowed in _ALLOWED if allowed >= days), _ALLOWED[-1])
    return f"CloudWatch does not keep logs for {days} days; it takes {', '.join(map(str, _ALLOWED))}. The next longer one is {near}."


RULE = Rule(
    id="F-LOG-001",
    severity="error",
    title="A log retention that CloudWatch does not take",
    rationale="Retention is one of a list of days: InvalidParameterException for any other.",
    source="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
    check=_check,
)
