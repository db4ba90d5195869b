"""Register the resources that resources.json lists (a stack's exported deployment), as plainly as the SDK can.

The SDK's class of each is imported, as any program must; its constructor is left out, so this is the least that a program can cost.
Inputs that equal an output of an earlier resource become that output, so ids that only the cloud knows are passed on as they were.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pulumi

EXPORTED = json.loads((Path(__file__).parent / "resources.json").read_text())["deployment"]["resources"]
made: dict[str, pulumi.CustomResource] = {}
outputs: dict[str, pulumi.Output[Any]] = {}


class Bare(pulumi.CustomResource):
    """A resource with the inputs of another one, whose outputs are `names`."""

    def __init__(self, token: str, name: str, inputs: dict[str, Any], names: list[str], options: pulumi.ResourceOptions) -> None:
        super().__init__(token, name, {**dict.fromkeys(names), **inputs}, options)


class Provider(pulumi.ProviderResource):
    """A provider with the configuration of another one."""


def load_class(token: str) -> None:
    """Import what a program that makes a `aws:eks/cluster:Cluster` imports."""
    package, module, kind = token.split(":")
    sdk = importlib.import_module(f"pulumi_{package}")
    getattr(getattr(sdk, module.split("/")[0]), kind)


def linked(value: Any) -> Any:
    if isinstance(value, str):
        return outputs.get(value, value)
    if isinstance(value, dict):
        return {key: linked(item) for key, item in value.items() if key != "__defaults"}
    return [linked(item) for item in value] if isinstance(value, list) else value


for resource in EXPORTED:
    urn, token = resource["urn"], resource["type"]
    if not resource["custom"]:
        continue
    name = urn.rsplit("::", 1)[-1]
    inputs = linked(resource.get("inputs", {}))
    if token.startswith("pulumi:providers:"):
        version = inputs.pop("version", None)
        made[urn] = Provider(token.rsplit(":", 1)[-1], name, inputs, pulumi.ResourceOptions(version=version))
        continue
    load_class(token)
    provider = made[resource["provider"].rsplit("::", 1)[0]]
    depends = [made[each] for each in resource.get("dependencies") or () if each in made]
    options = pulumi.ResourceOptions(provider=provider, depends_on=depends, protect=False)
    known = {key: value for key, value in resource.get("outputs", {}).items() if isinstance(value, str) and len(value) > 8}
    own = set(json.dumps(resource.get("inputs", {})).split('"'))
    bare = Bare(token, name, inputs, [key for key in known if key not in inputs], options)
    made[urn] = bare
    outputs.setdefault(resource["id"], bare.id)
    for key, value in known.items():
        if value not in own and key not in inputs:
            outputs.setdefault(value, getattr(bare, key, None) or bare.id)
