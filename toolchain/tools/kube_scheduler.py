"""Kubernetes' scheduler."""

from toolchain.kubernetes import component

TOOL = component("kube-scheduler", "places the pods of each simulated cluster", minutes_cold=1)
