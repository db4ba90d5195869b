"""Runs the real helm against a cluster: its kubeconfig and values in files that are gone afterwards, its words passed on meanwhile."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from pathlib import Path

import toolchain
from sandbox.kubernetes.provider.cluster import Cluster
from sandbox.kubernetes.provider.helm.charts import Chart
from sandbox.kubernetes.provider.problem import Interrupted, Problem, Values

WAITS = "not ready"
"""What helm's debugging lines say of objects that it waits for (pkg/kube/wait.go)."""
LOOK_SECONDS = 0.5
GRACE_SECONDS = 120.0
"""What a run may take beyond its own time limits."""
KEPT_LINES = 400


class HelmFailed(Problem):
    """Helm ended with an error, which is the text. waited: what it said last that it waits for."""

    def __init__(self, text: str, waited: str) -> None:
        super().__init__(text)
        self.waited = waited


@dataclass
class Heard:
    """Helm's lines so far; waited: what is not ready, empty where nothing was. It looks at one object after the other."""

    lines: list[str] = field(default_factory=list)
    waited: str = ""


@dataclass(frozen=True)
class Helm:
    """Helm for one call of the engine. say: a progress line; alive: whether the engine still waits."""

    cluster: Cluster
    say: Callable[[str], None]
    alive: Callable[[], bool]

    def run(self, *arguments: str, seconds: float, chart: Chart | None = None, values: Values | None = None) -> str:
        """Helm's output. seconds: its own limit of time. Raises HelmFailed, Interrupted, KubeconfigProblem."""
        with tempfile.TemporaryDirectory(prefix="helm-") as name:
            home = Path(name)
            files = self._files(home, chart, values)
            command = [str(executable()), *arguments, *files, "--debug"]
            return self._watch(command, self._environment(home), seconds + GRACE_SECONDS, arguments)

    def _files(self, home: Path, chart: Chart | None, values: Values | None) -> list[str]:
        """The folder is the owner's alone. A kubeconfig with relative paths stays where it is."""
        given = self.cluster.settings.kubeconfig
        kubeconfig = home / "kubeconfig"
        if "\n" in given or given.lstrip().startswith("{"):
            kubeconfig.write_text(given)
        elif given:
            kubeconfig = self.cluster.surroundings.directory / Path(given).expanduser()
        made = ["--kubeconfig", str(kubeconfig)] if given else []
        made += ["--kube-context", self.cluster.settings.context] if self.cluster.settings.context else []
        if values is not None:
            (home / "values.json").write_text(json.dumps(values))
            made += ["--values", str(home / "values.json")]
        return [*([str(chart.put(home / "charts"))] if chart is not None else []), *made]

    def _environment(self, home: Path) -> Mapping[str, str]:
        """Nothing of the user's helm: no repositories, plugins or caches."""
        kept = {name: value for name, value in self.cluster.surroundings.environment.items() if not name.startswith("HELM_")}
        own = {f"HELM_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        return {**kept, **own, "TMPDIR": str(home)}

    def _watch(self, command: Sequence[str], environment: Mapping[str, str], seconds: float, arguments: Sequence[str]) -> str:
        directory = self.cluster.surroundings.directory
        process = subprocess.Popen(
            command, env=environment, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        heard, output = Heard(), bytearray()
        reader = threading.Thread(target=self._read, args=(process, output, heard), daemon=True)
        reader.start()
        end = time.monotonic() + seconds
        try:
            while reader.is_alive():
                reader.join(LOOK_SECONDS)
                if not self.alive() or self.cluster.ending.is_set():
                    raise Interrupted(f"cluster {self.cluster.connection.cluster}: helm {arguments[0]} was broken off")
                if time.monotonic() > end:
                    raise HelmFailed(f"helm {arguments[0]} did not end within {seconds:.0f} s", heard.waited)
        finally:
            if process.poll() is None and reader.is_alive():
                process.kill()
            reader.join(LOOK_SECONDS)
            code = process.wait()
            self.say("")
        if code != 0:
            raise HelmFailed(_error(heard.lines), heard.waited)
        return output.decode(errors="replace")

    def _read(self, process: subprocess.Popen[bytes], output: bytearray, heard: Heard) -> None:
        """Both pipes until both are closed."""
        assert process.stdout is not None
        assert process.stderr is not None
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stderr, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    chunk = os.read(key.fd, 65536)
                    if not chunk:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is process.stdout:
                        output += chunk
                    else:
                        *lines, rest = (rest + chunk).split(b"\n")
                        self._hear([line.decode(errors="replace") for line in lines], heard)
        if rest:
            self._hear([rest.decode(errors="replace")], heard)

    def _hear(self, lines: Sequence[str], heard: Heard) -> None:
        heard.lines = [*heard.lines, *lines][-KEPT_LINES:]
        for line in lines:
            if WAITS in line:
                text = line.split("[debug] ", 1)[-1].strip()
                if heard.waited != text:
                    self.say(f"helm in cluster {self.cluster.connection.cluster}: {text}")
                heard.waited = text


@cache
def executable() -> Path:
    """The pinned helm. Raises Problem where there is none."""
    try:
        return toolchain.resolve(["helm"])["helm"].path
    except toolchain.ToolchainError as error:
        raise Problem(f"helm is not to be had: {error}") from error


def _error(lines: Sequence[str]) -> str:
    """`Error: ...` of helm, without the trace of calls that --debug adds; its last lines where there is none."""
    for position in range(len(lines) - 1, -1, -1):
        if lines[position].startswith("Error: "):
            following = takewhile(lambda line: not line or line[0].isspace(), lines[position + 1 :])
            return " ".join([lines[position].removeprefix("Error: "), *(line.strip() for line in following)]).strip()
    with suppress(IndexError):
        return lines[-1]
    return "helm ended with an error and no word"
