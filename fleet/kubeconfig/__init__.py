"""Kubeconfigs for people: one file with a context per cluster of a stack, for the principal that they are."""
