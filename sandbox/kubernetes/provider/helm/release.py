"""Helm releases as resources of Pulumi, by the real helm (pulumi-kubernetes documentation, helm.v3.Release; helm_release.go, 2026-07).

One thing is kinder than the official provider. A release that a killed run left pending is cleared away (rolled back, or uninstalled
where nothing was deployed) before the next install or upgrade, where helm alone says "another operation is in progress" for ever. As the
official one, it compares values and version alone: what somebody changed in a release's objects it does not see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.cloud.request import UNKNOWN, Refusal
from sandbox.cloud.values import has_unknown
from sandbox.kubernetes.provider import planning
from sandbox.kubernetes.provider.checking import SUFFIX_DIGITS
from sandbox.kubernetes.provider.helm import charts
from sandbox.kubernetes.provider.helm.charts import Chart, ChartNotFound
from sandbox.kubernetes.provider.helm.command import Helm, HelmFailed
from sandbox.kubernetes.provider.helm.records import PENDING, Record, records
from sandbox.kubernetes.provider.kinds import Call, Made
from sandbox.kubernetes.provider.objects import at, split_id
from sandbox.kubernetes.provider.planning import Plan
from sandbox.kubernetes.provider.problem import NotReady, Problem, Values

TIMEOUT_SECONDS = 300
NO_DIFFERENCE = frozenset({"compat", "checksum", "resourceNames", "status", "manifest", "allowNullValues"})
UNSUPPORTED = ("postrender", "verify", "keyring", "dependencyUpdate", "valueYamlFiles", "devel")
"""Inputs that the sandbox's helm runs cannot honour; they are refused, not ignored."""
REPLACING = frozenset({"name", "namespace"})
EVENTS = 4


@dataclass(frozen=True)
class Release:
    """The kind of helm releases."""

    def check(
        self, call: Call, olds: Values, news: Values, seed: bytes, proposed: str, reachable: bool
    ) -> tuple[dict[str, object], Sequence[Refusal]]:
        """Name, namespace and time limit completed, and the chart's exact version, for which it has to be there."""
        made = f"{call.name}-{hashlib.sha256(seed).hexdigest()[:SUFFIX_DIGITS]}"
        inputs: dict[str, object] = {"namespace": call.cluster.namespace, **news}
        inputs["name"] = news.get("name") or olds.get("name") or proposed or made
        if news.get("skipAwait") is not True:
            inputs.setdefault("timeout", TIMEOUT_SECONDS)
        refusals = [_unsupported(key) for key in UNSUPPORTED if news.get(key) not in (None, False, "", [], {})]
        if not refusals and not any(has_unknown(inputs.get(key)) for key in ("chart", "version", "repositoryOpts")):
            try:
                inputs["version"] = _chart(call, inputs).version
            except ChartNotFound as missing:
                refusals.append(Refusal("chart", "NotFound", 404, f"{missing}; check the chart name and repository configuration."))
        return inputs, refusals

    def diff(self, call: Call, olds: Values, news: Values) -> Plan:
        old, new = ({key: value for key, value in side.items() if key not in NO_DIFFERENCE} for side in (olds, news))
        return Plan([(item, item.path[0] in REPLACING) for item in planning.differences(old, new)], delete_first=False)

    def preview_create(self, call: Call, inputs: Values) -> Values | None:
        return {**inputs, "status": UNKNOWN, "resourceNames": UNKNOWN}

    def preview_update(self, call: Call, outputs: Values, news: Values, ignored: tuple[str, ...]) -> Values | None:
        return {**news, "status": UNKNOWN, "resourceNames": UNKNOWN}

    def create(self, call: Call, inputs: Values) -> Made:
        """Install. A release of that name that works is somebody's; one that failed, or was left by a killed run, is taken over."""
        found = self._records(call, inputs)
        if found and found[0].status == "deployed":
            raise Problem(
                f"{_label(call, inputs)}: cannot re-use a name that is still in use (revision {found[0].revision}, chart {found[0].chart} "
                f"{found[0].version}). Import it with `pulumi import`, uninstall it, or give another name"
            )
        return self._install(call, inputs, found)

    def update(self, call: Call, olds: Values, outputs: Values, news: Values, ignored: tuple[str, ...]) -> Made:
        return self._install(call, news, self._records(call, news))

    def read(self, call: Call, inputs: Values, outputs: Values) -> Made | None:
        """Values and version as they are now; at an import all that the release says of itself."""
        namespace, name = split_id(call.id)
        found = records(call.cluster.api(), namespace or call.cluster.namespace, name)
        if not found:
            return None
        newest = found[0]
        base = inputs or {"name": name, "namespace": newest.namespace, "chart": newest.chart, "timeout": TIMEOUT_SECONDS}
        now = {**base, "version": newest.version}
        if newest.values or "values" in base:
            now["values"] = newest.values
        return Made(call.id, _outputs(now, newest), now, self._unready(call, now, newest) if inputs else ())

    def delete(self, call: Call, inputs: Values, outputs: Values) -> None:
        """Uninstall; nothing there is fine."""
        release = {**outputs, **inputs}
        if not self._records(call, release):
            return
        arguments = ["uninstall", _text(release, "name"), "--namespace", _text(release, "namespace")]
        seconds = _seconds(call, release)
        if release.get("atomic") is True or release.get("skipAwait") is not True:
            arguments += ["--wait", "--timeout", f"{seconds}s"]
        try:
            self._helm(call).run(*arguments, seconds=seconds)
        except HelmFailed as failed:
            raise Problem(self._explained(call, release, "was not uninstalled", failed, seconds)) from failed

    def partly(self, call: Call, inputs: Values, outputs: Values, unready: NotReady) -> Made:
        return Made(call.id or _id(inputs), unready.live, inputs)

    # --- inside -----------------------------------------------------------------------------------------------------------------------

    def _install(self, call: Call, inputs: Values, found: Sequence[Record]) -> Made:
        """Install or upgrade. What is there and failed is kept with the reasons; what atomic took back has not happened."""
        chart, seconds = _chart(call, inputs), _seconds(call, inputs)
        values = inputs.get("values")
        self._clear(call, inputs, found, seconds)
        try:
            self._helm(call).run(
                "upgrade",
                "--install",
                _text(inputs, "name"),
                *_flags(inputs, seconds),
                seconds=seconds * (2 if inputs.get("atomic") is True else 1),
                chart=chart,
                values=values if isinstance(values, Mapping) else {},
            )
        except HelmFailed as failed:
            text = self._explained(call, inputs, f"(chart {chart.name} {chart.version}) was not installed", failed, seconds)
            left = self._records(call, inputs)
            if not left or inputs.get("atomic") is True:
                raise Problem(text) from failed
            raise NotReady(_outputs(inputs, left[0]), [text, _LOOK]) from failed
        newest = self._records(call, inputs)[0]
        return Made(_id(inputs), _outputs(inputs, newest), inputs)

    def _unready(self, call: Call, inputs: Values, newest: Record) -> Sequence[str]:
        """Why a release is not what it is to become; the next update installs it anew."""
        return () if newest.status == "deployed" else (f"{_label(call, inputs)} is {newest.status}: {newest.description}", _LOOK)

    def _clear(self, call: Call, inputs: Values, found: Sequence[Record], seconds: int) -> None:
        """Take away what a killed run left pending."""
        if not found or found[0].status not in PENDING:
            return
        deployed = [record for record in found if record.status in ("deployed", "superseded")]
        name, namespace = _text(inputs, "name"), _text(inputs, "namespace")
        where = ("--namespace", namespace, "--wait", "--timeout", f"{seconds}s")
        undone = "rolled back" if deployed else "uninstalled"
        call.warn(f"{_label(call, inputs)} is {found[0].status} since a run that was killed: it is {undone} first")
        try:
            if deployed:
                self._helm(call).run("rollback", name, str(deployed[0].revision), *where, seconds=seconds)
            else:
                self._helm(call).run("uninstall", name, *where, seconds=seconds)
        except HelmFailed as failed:
            raise Problem(self._explained(call, inputs, f"is {found[0].status} and was not cleared away", failed, seconds)) from failed

    def _explained(self, call: Call, inputs: Values, outcome: str, failed: HelmFailed, seconds: int) -> str:
        waited = f" Helm waited up to {seconds} s for: {failed.waited}." if failed.waited else ""
        return f"{_label(call, inputs)} {outcome}: {failed}.{waited}{self._events(call, inputs)} {_LOOK}"

    def _events(self, call: Call, inputs: Values) -> str:
        """The newest warnings in the release's namespace: what keeps its pods from running."""
        api = call.cluster.api()
        try:
            resource = api.resource("v1", "Event")
            found = api.search(resource, _text(inputs, "namespace"), fields="type=Warning") if resource is not None else []
        except Problem as problem:
            return f" Its events cannot be asked for: {problem}."
        newest = sorted(found, key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""), reverse=True)
        said = dict.fromkeys(
            f"{at(event, 'involvedObject', 'kind')} {at(event, 'involvedObject', 'name')}: {event.get('message')}" for event in newest
        )
        return f" Events: {'; '.join(list(said)[:EVENTS])}." if said else ""

    def _helm(self, call: Call) -> Helm:
        return Helm(call.cluster, call.say, call.alive)

    def _records(self, call: Call, inputs: Values) -> list[Record]:
        return records(call.cluster.api(), _text(inputs, "namespace"), _text(inputs, "name"))


_LOOK = "See `helm status`, `kubectl get pods` and `kubectl get events` in its namespace; the next run tries again"


def _unsupported(key: str) -> Refusal:
    return Refusal(
        key, "Unsupported", 400, f"{key} cannot be rehearsed: the sandbox has no charts to verify, update or render by other programs"
    )


def _chart(call: Call, inputs: Values) -> Chart:
    repository = at(inputs, "repositoryOpts", "repo")
    directory = call.cluster.surroundings.directory
    return charts.find(str(repository or ""), _text(inputs, "chart"), _text(inputs, "version"), directory)


def _flags(inputs: Values, seconds: int) -> list[str]:
    """Helm's flags of the inputs that have one (helm documentation, `helm upgrade`)."""
    waits = inputs.get("skipAwait") is not True
    switches = {
        "--atomic": inputs.get("atomic"),
        "--cleanup-on-fail": inputs.get("cleanupOnFail"),
        "--create-namespace": inputs.get("createNamespace"),
        "--disable-openapi-validation": inputs.get("disableOpenapiValidation"),
        "--force": inputs.get("forceUpdate"),
        "--no-hooks": inputs.get("disableWebhooks") or inputs.get("disableCRDHooks"),
        "--render-subchart-notes": inputs.get("renderSubchartNotes"),
        "--reset-values": inputs.get("resetValues"),
        "--reuse-values": inputs.get("reuseValues"),
        "--skip-crds": inputs.get("skipCrds"),
        "--wait": waits,
        "--wait-for-jobs": waits and inputs.get("waitForJobs"),
    }
    flags = ["--namespace", _text(inputs, "namespace"), "--timeout", f"{seconds}s", *(flag for flag, on in switches.items() if on is True)]
    if isinstance(inputs.get("maxHistory"), int):
        flags += ["--history-max", str(inputs["maxHistory"])]
    return [*flags, "--description", _text(inputs, "description")] if inputs.get("description") else flags


def _seconds(call: Call, inputs: Values) -> int:
    timeout = inputs.get("timeout")
    return int(call.seconds) or (timeout if isinstance(timeout, int) and timeout > 0 else TIMEOUT_SECONDS)


def _outputs(inputs: Values, record: Record) -> dict[str, object]:
    status = {
        "appVersion": record.app_version,
        "chart": record.chart,
        "name": record.name,
        "namespace": record.namespace,
        "revision": record.revision,
        "status": record.status,
        "version": record.version,
    }
    return {**inputs, "version": record.version, "status": status, "resourceNames": record.resource_names()}


def _label(call: Call, inputs: Values) -> str:
    return f"cluster {call.cluster.connection.cluster}: Helm release {_id(inputs)}"


def _id(inputs: Values) -> str:
    return f"{_text(inputs, 'namespace')}/{_text(inputs, 'name')}"


def _text(inputs: Values, key: str) -> str:
    value = inputs.get(key)
    return value if isinstance(value, str) else ""
