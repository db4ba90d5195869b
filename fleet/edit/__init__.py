"""Edits of fleet.yaml by command: what to change, where it stands in the text, and how all of it is written or none."""
