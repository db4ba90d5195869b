"""Tokens of the form that `aws eks get-token` gives: a presigned STS request, bound to one cluster, by a role's short-lived credentials.

Source: aws-iam-authenticator, README "API Authorization from Outside a Cluster" and pkg/token (2026); AWS General Reference, "Create a
signed AWS API request" (Signature Version 4, query string); AWS CLI, customizations/eks/get_token.py.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from sandbox.kubernetes.access import secret

PREFIX: Final = "k8s-aws-v1."
LIFETIME: Final = timedelta(minutes=15)
TOLD_LIFETIME: Final = timedelta(minutes=14)
"""What the AWS CLI says of the token, so that it is renewed in time."""
SESSION: Final = "EKSGetTokenAuth"
"""The name of the session in which the AWS CLI assumes `--role-arn`."""
CLUSTER_HEADER: Final = "x-k8s-aws-id"
STAMP: Final = "%Y%m%dT%H%M%SZ"
EMPTY_BODY: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Identity:
    """Whom STS names: the principal's ARN as an access entry has it, its unique id, and the access key that signed."""

    principal: str
    unique_id: str
    access_key: str


def make(state: Path, principal: str, cluster: str, region: str, now: datetime) -> tuple[str, datetime]:
    """A token of a principal for the cluster of this name, and when it ends as the AWS CLI says it."""
    session = secret.seal(secret.key(state), json.dumps({"arn": principal, "at": now.timestamp()}).encode())
    query = {
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{_access_key(session)}/{now.astimezone(UTC):%Y%m%d}/{region}/sts/aws4_request",
        "X-Amz-Date": now.astimezone(UTC).strftime(STAMP),
        "X-Amz-Expires": "60",
        "X-Amz-SignedHeaders": f"host;{CLUSTER_HEADER}",
        "X-Amz-Security-Token": session,
    }
    host = f"sts.{region}.amazonaws.com"
    signed = {**query, "X-Amz-Signature": _signature(secret.key(state), host, query, cluster)}
    url = f"https://{host}/?{urlencode(signed, quote_via=quote)}"
    return PREFIX + secret.encode(url.encode()), now + TOLD_LIFETIME


def read(state: Path, token: str, cluster: str, now: datetime) -> Identity | None:
    """Who a token is of, None where it is none for this cluster now."""
    try:
        url = urlsplit(secret.decode(token.removeprefix(PREFIX)).decode())
        query = dict(parse_qsl(url.query, strict_parsing=True))
        signature, session, stamp = query.pop("X-Amz-Signature"), query["X-Amz-Security-Token"], query["X-Amz-Date"]
        signed_at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        expected = _signature(secret.key(state), url.netloc, query, cluster)
    except (ValueError, KeyError):
        return None
    content = secret.unseal(secret.key(state), session)
    if not token.startswith(PREFIX) or content is None or not hmac.compare_digest(signature, expected):
        return None
    if not now - LIFETIME <= signed_at <= now + timedelta(minutes=1):
        return None
    principal = json.loads(content)["arn"]
    return Identity(principal, "AROA" + _drawn(principal, 17), _access_key(session))


def _access_key(session: str) -> str:
    """A temporary access key id of AWS's form."""
    return "ASIA" + _drawn(session, 16)


def _drawn(text: str, length: int) -> str:
    """Letters and digits as in AWS's own ids, always the same for a text."""
    return b32encode(hashlib.sha256(text.encode()).digest()).decode()[:length]


def _signature(key: bytes, host: str, query: Mapping[str, str], cluster: str) -> str:
    """Signature Version 4 of the presigned request, by the secret access key that belongs to its session token."""
    _, day, region, service, end = query["X-Amz-Credential"].split("/")
    canonical = "\n".join(
        (
            "GET",
            "/",
            urlencode(sorted(query.items()), quote_via=quote, safe="-_.~"),
            f"host:{host}",
            f"{CLUSTER_HEADER}:{cluster}",
            "",
            query["X-Amz-SignedHeaders"],
            EMPTY_BODY,
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join((query["X-Amz-Algorithm"], query["X-Amz-Date"], f"{day}/{region}/{service}/{end}", digest))
    signing = b"AWS4" + secret.sign(key, query["X-Amz-Security-Token"].encode()).hex().encode()
    for part in (day, region, service, end):
        signing = secret.sign(signing, part.encode())
    return secret.sign(signing, text.encode()).hex()
