"""What belongs to an account or a parent, listed: IAM roles and their inline policies, the keys of a ring.

Sources: pulumi-aws 7.51.1 and pulumi-gcp 10.2.0, function documentation.
"""

from __future__ import annotations

import re

from sandbox.cloud.invokes.asking import Asking, answers_to

ROLE, ROLE_POLICY, CRYPTO_KEY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "gcp:kms/cryptoKey:CryptoKey"


@answers_to("aws:iam/getRoles:getRoles")
def roles(asking: Asking) -> dict[str, object]:
    """The account's roles, by a regular expression on their names and a prefix of their paths."""
    pattern, prefix = str(asking.arguments.get("nameRegex") or ""), str(asking.arguments.get("pathPrefix") or "")
    found = [item for item in asking.living(ROLE) if re.search(pattern, item.id) and str(item.outputs.get("path", "/")).startswith(prefix)]
    names, arns = [item.id for item in found], [str(item.outputs["arn"]) for item in found]
    return {**asking.arguments, "id": asking.caller.account, "names": names, "arns": arns}


@answers_to("aws:iam/getRolePolicies:getRolePolicies")
def role_policies(asking: Asking) -> dict[str, object]:
    """The names of a role's inline policies."""
    role = asking.arguments.get("roleName")
    names = [item.outputs["name"] for item in asking.view.find(ROLE_POLICY, role=role)]
    return {**asking.arguments, "policyNames": names}


@answers_to("gcp:kms/getCryptoKeys:getCryptoKeys")
def crypto_keys(asking: Asking) -> dict[str, object]:
    """All keys of a ring, those whose versions are destroyed included: a key never goes."""
    ring = asking.arguments.get("keyRing")
    keys = [{**item.outputs, "id": item.id} for item in asking.view.find(CRYPTO_KEY, keyRing=ring)]
    return {**asking.arguments, "id": ring, "keys": keys}
