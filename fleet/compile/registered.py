"""Decide a registered cluster: one that exists already and gets the same platform as those we build."""

from __future__ import annotations

from fleet.blueprint.model import RegisteredCluster
from fleet.catalog import charts
from fleet.compile.context import Context, Undecidable
from fleet.compile.platform import compile_platform
from fleet.spec.suggest import did_you_mean


def compile_registered(context: Context) -> RegisteredCluster:
    """Turn one cluster's settings into its blueprint. Raises Undecidable."""
    instance, settings = context.instance, context.instance.settings
    reference = settings.kubeconfig
    if reference is None or (reference.file is None) == (reference.environment_variable is None):
        raise Undecidable(("kubeconfig",), "a registered cluster needs `kubeconfig` with either `file` or `environmentVariable`.")
    for name in settings.addons:
        if name not in charts("registered"):
            known = did_you_mean(name, charts("registered"))
            raise Undecidable(("addons", name), f'"{name}" is not an add-on for registered clusters.{known}')
    subject = instance.subject
    return RegisteredCluster(
        name=instance.name,
        formerly=context.locked.formerly,
        environment=subject.environment,
        class_=subject.class_,
        region=subject.region,
        jurisdiction=subject.jurisdiction,
        protect=context.protect,
        kubernetes=settings.kubernetes,
        cluster_id=f"registered/{context.locked.name}",
        environment_variable=reference.environment_variable,
        file=reference.file,
        platform=compile_platform(context, settings.kubernetes),
    )
