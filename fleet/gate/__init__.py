"""The replacement firewall: which changes are stopped, and what lets them through."""
