"""IPv4 ranges as rules ask about them: parsed once and compared."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Network

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
REFUSED = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4")))


@cache
def ipv4(cidr: str) -> IPv4Network:
    """A canonical CIDR as a network. Raises ValueError for anything else (the blueprint's own ranges are canonical)."""
    return IPv4Network(cidr)


@cache
def written(cidr: str) -> IPv4Network | None:
    """A CIDR that a user wrote, None where it is no canonical one."""
    try:
        return IPv4Network(cidr)
    except ValueError:
        return None


def within(cidr: str, ranges: Iterable[IPv4Network]) -> bool:
    """Whether `cidr` lies wholly in one of `ranges`."""
    return any(ipv4(cidr).subnet_of(parent) for parent in ranges)
