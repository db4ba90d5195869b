"""What can be wrong with the policies themselves, as opposed to a fleet that breaks one."""


class PolicyProblem(Exception):
    """A policy folder, its settings or OPA cannot be used; the message names the file and the way out."""
