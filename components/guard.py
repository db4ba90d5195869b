"""What stops the destruction of a protected stack before anything is touched.

The engine deletes in reverse order of dependency and refuses a protected resource only when its turn comes, so with `--skip-preview` it
would delete unprotected leaves first. The guard depends on everything, so its turn is first, and it is protected.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi


class Guard(pulumi.ComponentResource):
    def __init__(self, stack: str, everything: Sequence[pulumi.Resource]) -> None:
        """Its name is what the engine's error shows, so it says where the protection is decided."""
        options = pulumi.ResourceOptions(protect=True, depends_on=list(everything))
        super().__init__("fleet:stack:Guard", f"{stack}-is-protected-by-fleet.yaml", None, options)
        self.register_outputs({})
