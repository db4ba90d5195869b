"""Formats that the providers check before they call the cloud, beyond what the API models state: networks, ARNs, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Final

_ARN: Final = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+")


def problem(format: str, value: str, masks: tuple[int, int] | None) -> str:
    """What is wrong with a value of this format, as the provider words it; empty where it is right.

    masks: least and greatest prefix length of a network. Raises KeyError for a format that is not in NAMES.
    """
    return _FORMATS[format](value, masks)


def _network(value: str, masks: tuple[int, int] | None) -> str:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return f"{value!r} is not a valid CIDR block"
    if not isinstance(network, IPv4Network):
        return f"{value!r} is not an IPv4 CIDR block"
    if str(network) != value:
        return f'"{value}" is not a valid IPv4 CIDR block; did you mean "{network}"?'
    if masks and not masks[0] <= network.prefixlen <= masks[1]:
        least, most = masks
        return f"expected to contain a network Value with between {least} and {most} significant bits, got: {network.prefixlen}"
    return ""


def _range(value: str, masks: tuple[int, int] | None) -> str:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return f'"{value}" is not a valid IP CIDR range'
    return ""


def _arn(value: str, masks: tuple[int, int] | None) -> str:
    return "" if _ARN.fullmatch(value) else f"({value}) is an invalid ARN: it has the form arn:partition:service:region:account:resource"


def _json(value: str, masks: tuple[int, int] | None) -> str:
    try:
        json.loads(value)
    except json.JSONDecodeError as error:
        return f"contains an invalid JSON: {error}"
    return ""


_Check = Callable[[str, tuple[int, int] | None], str]

_FORMATS: Final[Mapping[str, _Check]] = {
    "ipv4-network": _network,
    "cidr": _range,
    "arn": _arn,
    "json": _json,
}
NAMES: Final = frozenset(_FORMATS)
