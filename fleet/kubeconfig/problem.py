"""Why no kubeconfig can be written: one message for the reader."""


class KubeconfigProblem(Exception):
    """The message says what, where, why and what to do. Nothing was written."""
