"""The Kubernetes API server."""

from toolchain.kubernetes import component

TOOL = component("kube-apiserver", "is the API server of each simulated cluster", minutes_cold=4)
