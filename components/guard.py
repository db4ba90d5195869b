"""What stops the destruction of a protected stack before anything is touched.

The engine deletes in reverse order of dependency and refuses a protected resource only when its turn comes, so with `--skip-preview` it
would delete unprotected leaves first. The guard depends on everything, so its turn is first. Every stack has one, protected or not: one
that came and went with the protection could not go, for being protected in the state.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi


class Guard(pulumi.ComponentResource):
    def __init__(self, stack: str, protect: bool, everything: Sequence[pulumi.Resource]) -> None:
        """Its name is what the engine's error shows, so it says where the protection is decided."""
        options = pulumi.ResourceOptions(protect=protect, depends_on=list(everything))
        super().__init__("fleet:stack:Guard", f"{stack}-protect-is-set-in-fleet.yaml", None, options)
        self.register_outputs({})
