"""Constraints of AWS."""
