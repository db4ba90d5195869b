"""The clusters of a stack's outputs as one kubeconfig, with the reason for every cluster that is not in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.kubeconfig.identity import logged_in_as, program_of
from fleet.kubeconfig.problem import KubeconfigProblem

Document = dict[str, Any]


@dataclass(frozen=True)
class Merged:
    """document: a kubeconfig, a context per cluster, each of the cluster's name; left_out: cluster -> why."""

    document: Document
    left_out: Mapping[str, str]

    @property
    def contexts(self) -> tuple[str, ...]:
        return tuple(context["name"] for context in self.document["contexts"])


def merge(clusters: Mapping[str, Mapping[str, Any]], principals: Sequence[str], proxy: str | None) -> Merged:
    """One kubeconfig. clusters: the stack's output of that name.

    principals: whom to log in as, the stack's deployer if empty; clusters of a cloud of which none is named are left out. proxy: URL to
    use in the place of the proxies that the clusters declare. There is a current context only where there is no choice.
    Raises KubeconfigProblem for a principal that is none, and for two of one cloud.
    """
    by_program = {program_of(principal): principal for principal in principals}
    if len(by_program) < len(principals):
        raise KubeconfigProblem(f"{', '.join(principals)}: a cluster's context is of one principal; give one of each cloud at most.")
    document: Document = {"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": [], "current-context": ""}
    left_out: dict[str, str] = {}
    for name, outputs in sorted(clusters.items()):
        if "kubeconfig" not in outputs:
            left_out[name] = "it was registered with a kubeconfig of yours, use that"
            continue
        one = json.loads(outputs["kubeconfig"])
        program = one["users"][0]["user"]["exec"]
        if by_program and program["command"] not in by_program:
            left_out[name] = f"no --as that `{program['command']}` can log in"
            continue
        if by_program:
            one["users"][0]["user"]["exec"] = logged_in_as(program, by_program[program["command"]])
        _reroute(one, proxy)
        for part in ("clusters", "users", "contexts"):
            document[part] += one[part]
    if len(document["contexts"]) == 1:
        document["current-context"] = document["contexts"][0]["name"]
    return Merged(document, left_out)


def _reroute(kubeconfig: Document, proxy: str | None) -> None:
    for named in kubeconfig["clusters"]:
        if proxy and "proxy-url" in named["cluster"]:
            named["cluster"]["proxy-url"] = proxy
