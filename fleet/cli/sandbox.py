"""`fleet sandbox`: rehearse on simulated clouds with the real Pulumi engine."""

from sandbox.shell.commands import command

__all__ = ["command"]
