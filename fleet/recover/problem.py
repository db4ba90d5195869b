"""Why a recovery cannot go on: one message for the reader."""

from __future__ import annotations


class RecoverProblem(Exception):
    """The message says what, where, why and what to do. Nothing was changed when it is raised before the first line of the report."""
