"""Compute networks, IAM and KMS of GCP. Source: terraform-provider-google-beta services/{compute,kms,resourcemanager}/*."""

from __future__ import annotations

import hashlib
import ipaddress

from sandbox.cloud.outputs.making import Making, makes


def _number(making: Making, name: str) -> str:
    """A numeric id of 19 digits, as Google's APIs draw them."""
    digits = int(hashlib.sha256(f"{making.type}/{name}/{making.serial}".encode()).hexdigest()[:15], 16)
    return str(10**18 + digits % (9 * 10**18))


@makes("gcp:compute/network:Network")
def network(making: Making) -> dict[str, object]:
    return {
        **making.defaults(
            autoCreateSubnetworks=True, routingMode="REGIONAL", mtu=0, networkFirewallPolicyEnforcementOrder="AFTER_CLASSIC_FIREWALL"
        ),
        "numericId": making.once("numericId", lambda: _number(making, "numericId")),
        "networkId": making.once("networkId", lambda: _number(making, "numericId")),
    }


@makes("gcp:compute/subnetwork:Subnetwork")
def subnetwork(making: Making) -> dict[str, object]:
    block = making.get("ipCidrRange")
    gateway = str(ipaddress.ip_network(block, strict=False)[1]) if isinstance(block, str) else block
    return {
        **making.defaults(privateIpGoogleAccess=False, purpose="PRIVATE", stackType="IPV4_ONLY", secondaryIpRanges=[]),
        "gatewayAddress": gateway,
        "creationTimestamp": making.created("creationTimestamp"),
        "fingerprint": making.once("fingerprint", lambda: _number(making, "fingerprint")[:12]),
        "subnetworkId": making.once("subnetworkId", lambda: int(_number(making, "id")[:15])),
    }


@makes("gcp:compute/router:Router")
def router(making: Making) -> dict[str, object]:
    return {"creationTimestamp": making.created("creationTimestamp")}


@makes("gcp:compute/firewall:Firewall")
def firewall(making: Making) -> dict[str, object]:
    return {
        **making.defaults(direction="INGRESS", priority=1000, destinationRanges=[]),
        "creationTimestamp": making.created("creationTimestamp"),
    }


@makes("gcp:compute/routerNat:RouterNat")
def nat(making: Making) -> dict[str, object]:
    return making.defaults(
        type="PUBLIC", enableDynamicPortAllocation=False, enableEndpointIndependentMapping=False, autoNetworkTier="PREMIUM"
    )


@makes("gcp:serviceaccount/account:Account")
def service_account(making: Making) -> dict[str, object]:
    email = making.text("{accountId}@{project}.iam.gserviceaccount.com")
    return {
        "email": email,
        "member": making.text("serviceAccount:{accountId}@{project}.iam.gserviceaccount.com"),
        "name": making.text("projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com"),
        "uniqueId": making.once("uniqueId", lambda: _number(making, "uniqueId") + "00"),
    }


@makes(
    "gcp:projects/iAMMember:IAMMember",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:serviceaccount/iAMMember:IAMMember",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
)
def membership(making: Making) -> dict[str, object]:
    return {"etag": making.once("etag", lambda: f"Bw{_number(making, 'etag')[:8]}=")}


@makes("gcp:kms/cryptoKey:CryptoKey")
def crypto_key(making: Making) -> dict[str, object]:
    version = making.text("{keyRing}/cryptoKeys/{name}/cryptoKeyVersions/1")
    return {
        **making.defaults(purpose="ENCRYPT_DECRYPT", destroyScheduledDuration="2592000s", importOnly=False),
        "primaries": making.once("primaries", lambda: [{"name": version, "state": "ENABLED"}]),
        "versionTemplate": making.merged("versionTemplate", algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel="SOFTWARE"),
    }


@makes("gcp:logging/projectSink:ProjectSink")
def sink(making: Making) -> dict[str, object]:
    """A sink writes as an identity of its own unless told otherwise (logging.v2 sinks.create, uniqueWriterIdentity)."""
    number = making.once(
        "writerIdentity", lambda: f"serviceAccount:service-{_number(making, 'writer')[:12]}@gcp-sa-logging.iam.gserviceaccount.com"
    )
    return {"writerIdentity": number}


@makes("gcp:logging/projectBucketConfig:ProjectBucketConfig")
def log_bucket(making: Making) -> dict[str, object]:
    name = making.text("projects/{project}/locations/{location}/buckets/{bucketId}")
    return {**making.defaults(retentionDays=30, locked=False), "name": name, "lifecycleState": "ACTIVE"}
