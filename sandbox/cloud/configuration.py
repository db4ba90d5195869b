"""What a provider instance's own inputs mean: whose credentials it uses, in which region, and which tags it adds.

Source: pulumi-aws and pulumi-gcp provider inputs; allowed accounts: terraform-provider-aws internal/conns (AWS account ID not allowed).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from sandbox.cloud.request import Caller, Refusal, Unknown
from sandbox.cloud.service import Setting

ROLE = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/.+")
NO_ACCOUNT = "000000000000"
# Inputs whose change is another place, so that everything of the provider is another thing (ForcesProviderReplace in the providers).
REPLACING = {"aws": frozenset({"region"}), "gcp": frozenset({"project"})}


def structured(inputs: Mapping[str, object]) -> dict[str, object]:
    """Provider inputs with the JSON that the engine makes of anything but a string read back.

    A plain dict in a Python program arrives with snake case inside (`role_arn`), which the bridge reads as well.
    """
    return {key: _camel(_parsed(value)) if key.startswith("assumeRole") else _parsed(value) for key, value in inputs.items()}


def _camel(value: object) -> object:
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if isinstance(value, Mapping):
        return {re.sub(r"_(\w)", lambda part: part.group(1).upper(), str(key)): item for key, item in value.items()}
    return value


def _parsed(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def setting(cloud: str, inputs: Mapping[str, object]) -> Setting:
    """The setting of a provider instance. `refusals` says first whether it may be one."""
    values = structured(inputs)
    return _aws(values) if cloud == "aws" else _gcp(values)


def refusals(cloud: str, inputs: Mapping[str, object]) -> list[Refusal]:
    """What is wrong with a provider's inputs, as CheckConfig says it; unknown values are judged at Configure."""
    values = structured(inputs)
    if cloud == "gcp":
        return [_missing("project")] if "project" not in values else []
    found = [] if "region" in values else [_missing("region")]
    allowed = values.get("allowedAccountIds")
    role = _role(values)
    if isinstance(role, str) and not ROLE.fullmatch(role):
        found.append(Refusal("assumeRoles[0].roleArn", "InvalidParameter", 400, f'"assume_role.0.role_arn" ({role}) is an invalid ARN'))
    elif isinstance(allowed, list) and allowed and isinstance(role, str) and _account(role) not in allowed:
        text = f"AWS account ID not allowed: {_account(role)}; allowedAccountIds has {', '.join(map(str, allowed))}"
        found.append(Refusal("allowedAccountIds", "AccountNotAllowed", 403, text))
    return found


def _missing(name: str) -> Refusal:
    return Refusal("", "MissingConfiguration", 400, f"the provider needs `{name}`: set it on the explicit provider")


def _account(role: str) -> str:
    match = ROLE.fullmatch(role)
    return match.group(1) if match else ""


def _role(values: Mapping[str, object]) -> object:
    """The last role of the chain is whose credentials are used."""
    chain = values.get("assumeRoles") or values.get("assumeRole")
    last = chain[-1] if isinstance(chain, list) and chain else chain
    return last.get("roleArn") if isinstance(last, Mapping) else None


def _aws(values: Mapping[str, object]) -> Setting:
    allowed = values.get("allowedAccountIds")
    first = str(allowed[0]) if isinstance(allowed, list) and allowed else NO_ACCOUNT
    role = _role(values)
    account = _account(role) if isinstance(role, str) else first
    principal = role if isinstance(role, str) else f"arn:aws:iam::{account}:root"
    tags = values.get("defaultTags")
    own = tags.get("tags") if isinstance(tags, Mapping) else None
    return Setting(Caller("aws", account, _text(values.get("region")), principal), default_tags=own if isinstance(own, Mapping) else {})


def _gcp(values: Mapping[str, object]) -> Setting:
    labels = values.get("defaultLabels")
    caller = Caller("gcp", _text(values.get("project")), _text(values.get("region")), _text(values.get("impersonateServiceAccount")))
    return Setting(caller, default_labels=labels if isinstance(labels, Mapping) else {})


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, Unknown) else str(value)
