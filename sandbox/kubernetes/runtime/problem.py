"""The one error of this package."""


class RuntimeProblem(Exception):
    """A cluster cannot be run as the clouds say. The text says which, why, and what to do."""
