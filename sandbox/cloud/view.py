"""The store as one caller's API calls see it (store.StoreView)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.cloud.database import Store
from sandbox.cloud.request import Caller, Stored
from sandbox.cloud.store import StoreView


@dataclass(frozen=True)
class View:
    """What an account (AWS: in one region) or a project holds; `caller` None: everything."""

    store: Store
    caller: Caller | None

    def get(self, type: str, id: str) -> Stored | None:
        if self.caller is not None:
            regions = (self.caller.region, "") if self.caller.region else ("",)
            near = (self.store.at(type, self.caller.account, region, id) for region in regions)
            found = next((stored for stored in near if stored is not None), None)
            if found is not None or self.caller.cloud == "aws":
                return found
        return next((stored for stored in self.all(type) if stored.id == id), None)

    def find(self, type: str, **inputs: object) -> Sequence[Stored]:
        return [stored for stored in self.all(type) if all(stored.outputs.get(key) == value for key, value in inputs.items())]

    def all(self, type: str) -> Sequence[Stored]:
        return [stored for stored in self.store.all(type) if self._sees(stored.caller)]

    def types(self) -> Sequence[str]:
        return sorted({stored.type for stored in self.store.everything()})

    @property
    def everywhere(self) -> StoreView:
        return View(self.store, None)

    def _sees(self, owner: Caller) -> bool:
        if self.caller is None:
            return True
        if owner.account != self.caller.account:
            return False
        return owner.cloud != "aws" or owner.region in ("", self.caller.region)
