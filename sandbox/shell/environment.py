"""The environment of everything that runs in the sandbox: no way out to a real cloud, a real backend or a real provider."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sandbox.shell.layout import STATE_VARIABLE, Layout

# Whatever names credentials, endpoints or accounts of a cloud, a cluster or a Pulumi backend. The sandbox's own values are set after.
STRIPPED: Final = re.compile(
    r"^(AWS|AMAZON|GOOGLE|GCLOUD|GCP|CLOUDSDK|CLOUD_ML|GOOGLE_CLOUD|AZURE|ARM|PULUMI|KUBE|KUBERNETES|BOTO|VAULT)(_|$)|^KUBECONFIG$|^PYTHONDONTWRITEBYTECODE$"
)


def environment(
    layout: Layout, tools: Path, inherited: Mapping[str, str], commands: Sequence[Path] = (), proxy: str = ""
) -> dict[str, str]:
    """The variables of a sandboxed process.

    tools: the folder of `pulumi` and its language host, first on PATH; what stands for the clouds' command lines is next, then the folders
    of `commands`. proxy: where the proxies that `deployer.reach` declares are found here.
    """
    kept = {name: value for name, value in inherited.items() if not STRIPPED.match(name)}
    path = [
        str(tools),
        str(layout.stand_ins),
        *(str(command.parent) for command in commands),
        str(Path(sys.executable).parent),
        *kept.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":"),
    ]
    return {
        **kept,
        "PATH": ":".join(dict.fromkeys(path)),
        STATE_VARIABLE: str(layout.state),
        **_pulumi(layout),
        **_no_cloud(layout),
        **({"FLEET_PROXY": proxy} if proxy else {}),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def _pulumi(layout: Layout) -> dict[str, str]:
    """An update goes on after an error (`pulumi up --help`): one cluster that does not answer must not keep the others as they are."""
    return {
        "PULUMI_CONTINUE_ON_ERROR": "true",
        "PULUMI_HOME": str(layout.pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{layout.backend}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(layout.passphrase),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
    }


def _no_cloud(layout: Layout) -> dict[str, str]:
    """Files that clouds' tools read without being told to: pointed at places of the sandbox that hold nothing."""
    return {
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CLOUDSDK_CONFIG": str(layout.state / "no-gcloud"),
        "GOOGLE_APPLICATION_CREDENTIALS": "/dev/null",
        "NO_GCE_CHECK": "true",
        "KUBECONFIG": ":".join(str(path) for path in layout.kubeconfigs()),
    }
