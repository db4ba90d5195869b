"""Kubernetes' controllers."""

from toolchain.kubernetes import component

TOOL = component("kube-controller-manager", "runs the controllers of each simulated cluster", minutes_cold=1)
