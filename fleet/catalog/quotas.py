"""Quotas: what an account has in a region before anybody asks for more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from fleet.catalog.table import rows


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """One quota of an account in a region. what: in words; code: the cloud's; granted: how many by default."""

    what: str
    code: str
    granted: int
    source: str


@cache
def quotas() -> Mapping[tuple[str, str], Quota]:
    """(cloud, need) -> Quota. Needs: `networks`, `addresses`, `clusters`, `vcpus`, `spot_vcpus`."""
    return {
        (row["cloud"], row["need"]): Quota(what=row["what"], code=row["code"], granted=int(row["granted"]), source=row["source"])
        for row in rows("quotas")
    }
