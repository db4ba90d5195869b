"""The first files of a fleet: what `fleet init` writes into an empty folder, with everything that it was not told marked `# CHANGE`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution, version
from pathlib import Path
from string import Template

from fleet.catalog import eks_minors, gke_minors, minor_number, regions
from fleet.edit.written import scalar

_FILES = Path(__file__).parent / "files"
_TARGETS = {
    "fleet.yaml": "fleet.yaml",
    "Pulumi.yaml": "Pulumi.yaml",
    "__main__.py": "main",
    ".gitignore": "gitignore",
    "Makefile": "Makefile",
    "README.md": "README.md",
}
"""File of the project -> its template."""
PINNED = (
    *("pulumi", "pulumi-aws", "pulumi-gcp", "pulumi-kubernetes", "pydantic", "msgspec", "PyYAML", "click", "ruamel-yaml"),
    *("botocore", "google-api-python-client", "filelock", "platformdirs", "psutil", "rich", "cryptography"),
)
"""What fleet, its components and the sandbox import: pinned to the versions that this fleet runs with."""
_CHANGE = "# CHANGE"


@dataclass(frozen=True)
class Start:
    """The answers. environments: the last one is protected; regions: by the clouds' ids; accounts, projects: by environment."""

    name: str
    environments: tuple[str, ...]
    regions: tuple[str, ...]
    accounts: Mapping[str, str]
    projects: Mapping[str, str]
    domain: str

    @property
    def clouds(self) -> Sequence[str]:
        return sorted({regions()[region].cloud for region in self.regions})


def first_files(start: Start) -> dict[str, str]:
    """The files to write: path relative to the project -> text. Raises KeyError for a region that the catalogue lacks."""
    values = {
        "NAME": start.name,
        "KEY": scalar(start.name),
        "FIRST": f"core-{start.environments[0]}-{start.regions[0]}",
        "STACK": start.environments[0],
        "KUBERNETES": _newest_minor(start.clouds),
        "WORKSPACE": f"googleWorkspaceDomain: {start.domain} {_CHANGE}: GKE knows teams as groups of it\n" if "gcp" in start.clouds else "",
        "ENVIRONMENTS": "".join(_environment(start, name) for name in start.environments),
        "REGIONS": "".join(_region(region) for region in start.regions),
        "PLACES": "".join(f"      {scalar(name)}: [{', '.join(start.regions)}]\n" for name in start.environments),
    }
    found = {path: Template((_FILES / name).read_text(encoding="utf-8")) for path, name in _TARGETS.items()}
    texts = {path: template.template if path == "__main__.py" else template.safe_substitute(values) for path, template in found.items()}
    return {**texts, "requirements.txt": requirements()}


def requirements() -> str:
    """What to install: fleet from where this one came from (PEP 610), and its packages as they are here."""
    lines = ["# What `make setup` installs: fleet and the packages that it was proven with.", _fleet()]
    return "".join(f"{line}\n" for line in [*lines, *(f"{name}=={version(name)}" for name in PINNED)])


def _fleet() -> str:
    installed = distribution("fleet")
    recorded = installed.read_text("direct_url.json")
    if recorded is None:
        return f"fleet=={installed.version}"
    origin = json.loads(recorded)
    url, source = origin["url"], origin.get("vcs_info")
    if source:
        return f"fleet @ {source['vcs']}+{url}@{source['commit_id']}"
    return f"fleet @ {url} {_CHANGE}: a folder of this machine; name the package where your organisation keeps it"


def _newest_minor(clouds: Sequence[str]) -> str:
    """The Kubernetes minor before the newest one that all of the clouds offer: add-ons and charts need a while."""
    offered = [{minor.minor for minor in (eks_minors() if cloud == "aws" else gke_minors("REGULAR"))} for cloud in clouds]
    common = sorted(set.intersection(*offered), key=minor_number)
    return common[-2] if len(common) > 1 else common[-1]


def _environment(start: Start, name: str) -> str:
    return "".join(f"{line}\n" for line in _environment_lines(start, name))


def _environment_lines(start: Start, name: str) -> Iterator[str]:
    accounts, deployers = [], []
    if "aws" in start.clouds:
        account = start.accounts.get(name, str(start.environments.index(name) + 1) * 12)
        accounts.append(f'aws: "{account}"')
        deployers.append(f"aws: arn:aws:iam::{account}:role/fleet-deployer")
    if "gcp" in start.clouds:
        project = start.projects.get(name, f"{start.name}-{name}")
        accounts.append(f"gcp: {project}")
        deployers.append(f"gcp: fleet-deployer@{project}.iam.gserviceaccount.com")
    yield f"  {scalar(name)}:"
    yield f"    accounts: {{ {', '.join(accounts)} }} {_CHANGE}: yours"
    yield f"    deployer: {_CHANGE}: who changes it, made by you beforehand"
    yield from (f"      {deployer}" for deployer in deployers)
    yield "      reach: { runner: in-network } # where it runs, for endpoints are private: in the networks, or { proxy: socks5://... }"
    if name == start.environments[-1]:
        yield "    protect: true # deletion protection, and nothing of it can be destroyed or replaced by accident"
    else:
        yield "    network: { natGateways: single } # cheaper; dies with its zone"


def _region(name: str) -> str:
    region = regions()[name]
    return f"  {name}: {{ jurisdiction: {region.jurisdiction} }} # {region.cloud.upper()}, {region.place}\n"
