"""Objects of the Kubernetes API as resources of Pulumi: every typed kind, custom resources, and patches of others' objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.cloud.request import UNKNOWN, Refusal
from sandbox.cloud.values import has_unknown
from sandbox.kubernetes.provider import checking, planning
from sandbox.kubernetes.provider.changing import Change, Changer
from sandbox.kubernetes.provider.kinds import Call, Made
from sandbox.kubernetes.provider.objects import (
    Type,
    id_of,
    manager_of,
    metadata,
    outputs_of,
    pruned,
    split_id,
    with_metadata,
    without_read_only,
)
from sandbox.kubernetes.provider.planning import Plan
from sandbox.kubernetes.provider.problem import NotReady, Values
from sandbox.kubernetes.provider.waiting import Waiter

ONLY_WHEN_MADE = ("uid", "resourceVersion", "creationTimestamp")
OTHERS_ANNOTATIONS = ("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision")


@dataclass(frozen=True)
class KubernetesObject:
    """The kind of all objects of one type."""

    type: Type

    def check(
        self, call: Call, olds: Values, news: Values, seed: bytes, proposed: str, reachable: bool
    ) -> tuple[dict[str, object], Sequence[Refusal]]:
        """Whether a kind lives in namespaces is the server's knowledge; it is asked where it answers."""
        type = self._typed(news)
        resource = call.cluster.api().resource(type.api_version, type.kind) if reachable else None
        namespaced = resource.namespaced if resource is not None else None
        default = call.cluster.namespace
        return checking.check(checking.Asked(type, call.name, olds, news, namespaced, default, seed, proposed))

    def diff(self, call: Call, olds: Values, news: Values) -> Plan:
        return planning.plan(without_read_only(olds), without_read_only(news), call.cluster.settings.mutable, self.type.patch)

    def preview_create(self, call: Call, inputs: Values) -> Values | None:
        change = self._change(call, inputs, {})
        seen = None if has_unknown(inputs) else self._changer(call).preview(change, updating=False)
        if seen is None:
            return None
        drawn = dict.fromkeys(ONLY_WHEN_MADE, UNKNOWN)
        outputs = with_metadata(outputs_of(seen, change.manager), **drawn, managedFields=None)
        return {key: value for key, value in outputs.items() if key != "status"}

    def preview_update(self, call: Call, outputs: Values, news: Values, ignored: tuple[str, ...]) -> Values | None:
        change = self._change(call, news, outputs, ignored)
        seen = None if has_unknown(news) else self._changer(call).preview(change, updating=True)
        return None if seen is None else outputs_of(seen, change.manager)

    def create(self, call: Call, inputs: Values) -> Made:
        change = self._change(call, inputs, {})
        made = self._changer(call).create(change, call.cluster.settings.upsert)
        return Made(id_of(made), outputs_of(made, change.manager), inputs)

    def update(self, call: Call, olds: Values, outputs: Values, news: Values, ignored: tuple[str, ...]) -> Made:
        change = self._change(call, news, outputs, ignored)
        made = self._changer(call).update(change)
        return Made(call.id, outputs_of(made, change.manager), news)

    def read(self, call: Call, inputs: Values, outputs: Values) -> Made | None:
        """Of the inputs only what they speak of, as it is now; at an import all that is no server's own."""
        namespace, name = split_id(call.id)
        changer, type = self._changer(call), self._typed(inputs or outputs)
        live = changer.read(type, namespace, name)
        if live is None:
            return None
        manager = manager_of(call.urn, inputs, outputs)
        unready = changer.standing(type, live) if inputs and not type.patch else None
        now = pruned(live, inputs) if inputs else _imported(live)
        return Made(call.id, outputs_of(live, manager), now, unready.reasons if unready else ())

    def delete(self, call: Call, inputs: Values, outputs: Values) -> None:
        namespace, name = split_id(call.id)
        self._changer(call).delete(self._change(call, inputs or outputs, outputs), namespace, name)

    def partly(self, call: Call, inputs: Values, outputs: Values, unready: NotReady) -> Made:
        manager = manager_of(call.urn, inputs, outputs)
        return Made(call.id or id_of(unready.live), outputs_of(unready.live, manager), inputs)

    # --- inside -----------------------------------------------------------------------------------------------------------------------

    def _typed(self, item: Values) -> Type:
        """The version that the object itself says, which may be another than the token's."""
        said = item.get("apiVersion")
        return Type(said if isinstance(said, str) else self.type.api_version, self.type.kind, self.type.patch)

    def _change(self, call: Call, inputs: Values, outputs: Values, ignored: tuple[str, ...] = ()) -> Change:
        force = call.cluster.settings.patch_force
        return Change(self._typed(inputs), inputs, manager_of(call.urn, inputs, outputs), call.seconds, force, ignored)

    def _changer(self, call: Call) -> Changer:
        api = call.cluster.api()
        return Changer(api, Waiter(api, call.say, call.alive, call.cluster.ending))


def _imported(live: Values) -> dict[str, object]:
    annotations = metadata(live).get("annotations")
    known = annotations if isinstance(annotations, Mapping) else {}
    kept = {key: value for key, value in known.items() if key not in OTHERS_ANNOTATIONS}
    return with_metadata(without_read_only(live), annotations=kept or None)
