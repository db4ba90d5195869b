"""Registers the resources of a plan: a JSON list of {name, type, inputs, outputs}, with `${name.output}` for what others put out."""

import json
import os
from pathlib import Path
from typing import Any

import pulumi

PROVIDERS = {
    "aws": {"region": "eu-west-1", "allowedAccountIds": '["111111111111"]'},
    "gcp": {"project": "acme-test", "region": "europe-west4"},
}


def main() -> None:
    providers = {cloud: pulumi.ProviderResource(cloud, cloud, inputs) for cloud, inputs in PROVIDERS.items()}
    made: dict[str, pulumi.CustomResource] = {}
    for each in json.loads(Path(os.environ["REFUSALS_PLAN"]).read_text()):
        inputs = {**dict.fromkeys(each["outputs"]), **_resolved(each["inputs"], made)}
        options = pulumi.ResourceOptions(provider=providers[each["type"].split(":")[0]])
        made[each["name"]] = pulumi.CustomResource(each["type"], each["name"], inputs, options)


def _resolved(value: Any, made: dict[str, pulumi.CustomResource]) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(each, made) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, made) for each in value]
    if isinstance(value, str) and value.startswith("${"):
        name, output = value[2:-1].split(".", 1)
        return made[name].id if output == "id" else made[name].__dict__[output]
    return value


main()
