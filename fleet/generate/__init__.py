"""Render the blueprint into stacks/, and tell when stacks/ is stale."""

from fleet.generate.fresh import StaleStack, require_fresh

__all__ = ["StaleStack", "require_fresh"]
