"""Keeps teams from changing what limits them: our quotas, network policies and role bindings, beside which they may make their own.

RBAC cannot say "all but these", so the API server checks it by an admission policy (Kubernetes documentation, "Validating Admission
Policy", stable since 1.30).
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.names import MANAGED_BY
from components.platform.inside import MANAGED_BY_LABEL, Inside

NAME = "baseline.fleet"
GUARDED = (
    ("", ("limitranges", "resourcequotas")),
    ("networking.k8s.io", ("networkpolicies",)),
    ("rbac.authorization.k8s.io", ("rolebindings",)),
)
OURS = f"oldObject.metadata.?labels[?'{MANAGED_BY_LABEL}'].orValue('') == '{MANAGED_BY}'"
TERMINATING = "has(namespaceObject.metadata.deletionTimestamp)"
MAY_CHANGE = "authorizer.group('fleet').resource('baselines').namespace(request.namespace).check('update').allowed()"
"""Nothing of that resource exists: it is a right that those have who may change everything, as the deployer."""
REFUSAL = "this object is part of what fleet.yaml says about the namespace: change it there, or add another beside it"


def build(inside: Inside) -> list[pulumi.Resource]:
    policy = k8s.admissionregistration.v1.ValidatingAdmissionPolicy
    binding = k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding
    name = inside.owner.logical("baseline")
    made = policy(name, metadata=inside.metadata(policy, name, NAME), spec=_policy(), opts=inside.options_within(None))
    bound = binding(
        name,
        metadata=inside.metadata(binding, name, NAME),
        spec={"policy_name": NAME, "validation_actions": ["Deny"]},
        opts=inside.options_within(None, [made]),
    )
    return [made, bound]


def _policy() -> Any:
    """The namespace controller empties a namespace that goes, so it may."""
    changes = [
        {"api_groups": [group], "api_versions": ["v1"], "resources": list(resources), "operations": ["UPDATE", "DELETE"]}
        for group, resources in GUARDED
    ]
    return {
        "failure_policy": "Fail",
        "match_constraints": {"resource_rules": changes},
        "match_conditions": [{"name": "ours", "expression": OURS}],
        "validations": [{"expression": f"{TERMINATING} || {MAY_CHANGE}", "message": REFUSAL, "reason": "Forbidden"}],
    }
