"""Register the resources of resources.json: type, name and inputs, one provider a cloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp


class Plain(pulumi.CustomResource):
    def __init__(self, token: str, name: str, inputs: dict[str, Any], provider: pulumi.ProviderResource) -> None:
        super().__init__(token, name, inputs, pulumi.ResourceOptions(provider=provider))


providers = {
    "aws": aws.Provider("aws", region="eu-west-1", allowed_account_ids=["111111111111"]),
    "gcp": gcp.Provider("gcp", project="acme-prod", region="europe-west4"),
}
for item in json.loads((Path(__file__).parent / "resources.json").read_text()):
    Plain(item["type"], item["name"], item["inputs"], providers[item["type"].split(":")[0]])
