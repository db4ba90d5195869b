"""The catalogue: what the clouds offer, as tables with their sources and dates. Callers pass dates: nothing here asks for today's."""

from fleet.catalog.addons import AddonSettings, addon_settings, addon_versions, managed_addons
from fleet.catalog.charts import ChartSettings, ChartVersion, chart_versions, charts
from fleet.catalog.instances import Family, InstanceType, families, instance_types, offered_zones, pick_types
from fleet.catalog.regions import Region, regions
from fleet.catalog.replacements import Replacement, replacement
from fleet.catalog.versions import Channel, Minor, eks_minors, gke_minors, known_minors, minor_number

__all__ = [
    "AddonSettings",
    "Channel",
    "ChartSettings",
    "ChartVersion",
    "Family",
    "InstanceType",
    "Minor",
    "Region",
    "Replacement",
    "addon_settings",
    "addon_versions",
    "chart_versions",
    "charts",
    "eks_minors",
    "families",
    "gke_minors",
    "instance_types",
    "known_minors",
    "managed_addons",
    "minor_number",
    "offered_zones",
    "pick_types",
    "regions",
    "replacement",
]
