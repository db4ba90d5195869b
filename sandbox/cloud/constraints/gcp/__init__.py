"""Constraints of Google Cloud."""
