"""Constraints that both clouds have, as tables: what must exist, which names are unique, what may not be deleted while in use."""
