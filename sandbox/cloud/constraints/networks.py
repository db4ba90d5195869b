"""IPv4 ranges: parsing, overlaps, and the blocks that no cloud network may use."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network
from typing import Final

PRIVATE: Final = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918."""

NEVER: Final = tuple(IPv4Network(block) for block in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))
"""This network, loopback, link local, multicast: refused by both clouds (VPC user guide 2023-06; Compute Engine subnets documentation)."""


@lru_cache(maxsize=4096)
def network(cidr: str) -> IPv4Network | None:
    """The range of a canonical CIDR string; None for anything else."""
    try:
        return IPv4Network(cidr)
    except ValueError:
        return None


def known(cidrs: Iterable[str]) -> tuple[IPv4Network, ...]:
    """The ranges of those that are canonical."""
    return tuple(found for found in map(network, cidrs) if found)


def clash(wanted: IPv4Network, others: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first of the others that overlaps the wanted range."""
    return next((other for other in others if wanted.overlaps(other)), None)


def inside(wanted: IPv4Network, blocks: Iterable[IPv4Network]) -> bool:
    """Whether one of the blocks contains the whole range."""
    return any(wanted.subnet_of(block) for block in blocks)
