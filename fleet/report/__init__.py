"""Renderers: they take values and return text."""
