"""Signed, expiring exceptions to the gate."""
