"""The simulated clouds' answer to each call of a provider, on plain values: check, diff, create, read, update, delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sandbox.cloud import judges, lifetimes, sdk
from sandbox.cloud.clusters import Clusters
from sandbox.cloud.database import AlreadyThere, NotThere, Store
from sandbox.cloud.differences import Difference, differences
from sandbox.cloud.identity import generate, identity, is_called, is_generated, lookup_in, place, render
from sandbox.cloud.naming import DEFAULTS, NameTooLong, generated, name_property, was_generated
from sandbox.cloud.outputs import Making, outputs
from sandbox.cloud.replacement import Change, counts, delete_first, replaces
from sandbox.cloud.request import UNKNOWN, Caller, Phase, Refusal, Request, Stored, Unknown
from sandbox.cloud.view import View
from sandbox.cloud.wording import Refused, refused

Values = Mapping[str, object]


@dataclass(frozen=True)
class Setting:
    """What one provider instance was configured with."""

    caller: Caller
    default_tags: Values = field(default_factory=dict)
    default_labels: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One resource as the engine names it in one call."""

    setting: Setting
    type: str
    urn: str
    id: str = ""

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True)
class Comparison:
    """What changes, each with whether it replaces; delete_first: the old one must go before the new one comes."""

    changes: Sequence[tuple[Difference, bool]]
    delete_first: bool


@dataclass(frozen=True)
class Clouds:
    """The simulated clouds over one store. Every method raises sdk.UnknownType for a type that the SDKs do not declare.

    clusters: who runs real API servers behind the clusters, None where nobody does.
    """

    store: Store
    clusters: Clusters | None = None

    def check(
        self, call: Call, olds: Values, news: Values, seed: bytes, proposed: str | None = ""
    ) -> tuple[dict[str, object], Sequence[Refusal]]:
        """The inputs completed (generated name, default tags) and what is wrong with them.

        proposed: the engine's own idea of a generated name, empty when it has none, None when the user turned auto-naming off.
        """
        inputs: dict[str, object] = {key: value for key, value in news.items() if key != DEFAULTS}
        tags = inputs.get("tags", {})
        if call.setting.default_tags and "tags" in sdk.declaration(call.type).inputs and isinstance(tags, Mapping):
            inputs["tags"] = {**call.setting.default_tags, **tags}
        name, refusals = self._named(call, olds, inputs, seed, proposed)
        request = Request(call.type, call.urn, "check", call.setting.caller, {**inputs, **name}, old_inputs=olds or None)
        refusals += judges.refusals(request, self._view(call, inputs))
        return {**inputs, **name, DEFAULTS: list(name)}, refusals

    def _named(self, call: Call, olds: Values, inputs: Values, seed: bytes, proposed: str | None) -> tuple[dict[str, str], list[Refusal]]:
        """The generated name, where the type has one and the program gives none."""
        key = name_property(call.type)
        if not key or key in inputs or f"{key}Prefix" in inputs:
            return {}, []
        kept = _old_name(olds, key)
        if proposed is None and not kept:
            return {}, [Refusal(key, "NoName", 400, "automatic naming is disabled but the program gives no name")]
        try:
            return {key: kept or proposed or generated(call.type, call.name, seed)}, []
        except NameTooLong as error:
            return {}, [Refusal(key, "InvalidName", 400, str(error))]

    def diff(self, call: Call, old_inputs: Values, olds: Values, news: Values) -> Comparison:
        """What an update would change."""
        found = [item for item in differences(old_inputs, news) if counts(call.type, item)]
        changes = [(item, replaces(call.type, Change(item, old_inputs, news, call.setting.caller))) for item in found]
        changes += [(item, False) for item in self._labels_moved(call, olds, news)]
        return Comparison(changes, any(replacing for _, replacing in changes) and delete_first(call.type, news))

    def _labels_moved(self, call: Call, olds: Values, news: Values) -> Iterator[Difference]:
        """A change of the GCP provider's default labels changes every resource that has labels."""
        old = olds.get("effectiveLabels")
        if call.setting.caller.cloud != "gcp" or not isinstance(old, Mapping) or isinstance(news.get("labels"), Unknown):
            return
        new = outputs(self._making(call, news, preview=True, old=olds)).get("effectiveLabels")
        own = news.get("labels", {})
        for key in sorted(old.keys() ^ (new.keys() if isinstance(new, Mapping) else set())):
            if isinstance(own, Mapping) and key not in own and not key.startswith("goog-"):
                yield Difference(("effectiveLabels", key), "update", old.get(key), new.get(key) if isinstance(new, Mapping) else None)

    def preview_create(self, call: Call, inputs: Values) -> dict[str, object]:
        """The outputs as far as they are known before the resource is made."""
        return outputs(self._making(call, inputs, preview=True))

    def create(self, call: Call, inputs: Values) -> Stored:
        """Make a resource: every call makes one more. Raises wording.Refused."""
        with self.store.transaction():
            view = self._view(call, inputs)
            self._judge(Request(call.type, call.urn, "create", call.setting.caller, _own(inputs)), view, _label(inputs, call))
            making = self._making(call, inputs, serial=self.store.next_serial())
            owner = replace(call.setting.caller, **self._place(call, inputs))
            made = Stored(call.type, str(making.id), owner, dict(inputs), outputs(making))
            try:
                return self.store.insert(made)
            except AlreadyThere as error:
                if not making.identity.again:
                    raise refused(call.type, "create", _label(inputs, call), [_conflict(call.type, made)]) from error
            return self._made_again(made)

    def _made_again(self, made: Stored) -> Stored:
        there = self.store.at(made.type, made.caller.account, made.caller.region, made.id)
        if there is None:
            raise NotThere(f"{made.type} {made.id} does not exist")
        same = replace(there, inputs=made.inputs, outputs=made.outputs, kept="")
        self.store.update(same)
        return same

    def read(self, call: Call, inputs: Values) -> Stored | None:
        """The resource as it is now, None when there is none. The id may be any of the type's import ids."""
        view = self._view(call, inputs)
        found = view.get(call.type, call.id) or next(self._imported(call, view), None)
        return None if found is None or lifetimes.is_gone(found) else found

    def _imported(self, call: Call, view: View) -> Iterator[Stored]:
        known = identity(call.type)
        for template in (known.id, *known.imports):
            for stored in view.all(call.type):
                if is_called(stored.id, template, stored.outputs, stored.caller, call.id):
                    yield stored

    def preview_update(self, call: Call, old_inputs: Values, olds: Values, news: Values) -> dict[str, object]:
        """The outputs after an update; what stays the same is known."""
        stored = self.store.all(call.type)
        serial = next((item.serial for item in stored if item.id == call.id), 0)
        return outputs(self._making(call, news, serial=serial, preview=True, old=olds, old_inputs=old_inputs))

    def update(self, call: Call, news: Values) -> Stored:
        """Change a resource in place. Raises wording.Refused."""
        with self.store.transaction():
            stored = self._existing(call, "update", news)
            view = self._view(call, news)
            request = Request(call.type, call.urn, "update", call.setting.caller, _own(news), call.id, stored.inputs, stored.outputs)
            self._judge(request, view, _label(news, call))
            making = self._making(call, news, serial=stored.serial, old=stored.outputs, old_inputs=stored.inputs)
            changed = replace(stored, inputs=dict(news), outputs=outputs(making), ailing="")
            self.store.update(changed)
            return changed

    def ail(self, stored: Stored, reason: str) -> Stored:
        """The resource stops working until it is updated."""
        ailing = replace(stored, ailing=reason)
        self.store.update(ailing)
        return ailing

    def delete(self, call: Call, inputs: Values) -> Stored | None:
        """Delete a resource and return it; one that is gone already is no error, as the providers have it. Raises wording.Refused."""
        with self.store.transaction():
            stored = self._view(call, inputs).get(call.type, call.id)
            if stored is None or lifetimes.is_gone(stored):
                return None
            request = Request(call.type, call.urn, "delete", call.setting.caller, stored.inputs, call.id, stored.inputs, stored.outputs)
            self._judge(request, self._view(call, inputs), _label(stored.outputs, call))
            lifetimes.delete(self.store, stored)
            return stored

    def settle(self, changed: Stored) -> str:
        """Bring a change that is done into the cluster it touches; why it is not healthy, empty if it is."""
        return self.clusters.settle(changed) if self.clusters is not None else ""

    def _judge(self, request: Request, view: View, name: str) -> None:
        found = judges.refusals(request, view)
        if found:
            raise refused(request.type, request.phase, name, found)

    def _existing(self, call: Call, phase: Phase, inputs: Values) -> Stored:
        stored = self._view(call, inputs).get(call.type, call.id)
        if stored is None or lifetimes.is_gone(stored):
            raise refused(call.type, phase, _label(inputs, call), [_missing(call)])
        return stored

    def _view(self, call: Call, inputs: Values) -> View:
        return View(self.store, replace(call.setting.caller, **self._place(call, inputs)))

    def _place(self, call: Call, inputs: Values) -> dict[str, str]:
        """The account and region of a resource; AWS types without a `region` input are global."""
        caller = call.setting.caller
        account = place("project", inputs, caller)
        regional = caller.cloud == "gcp" or "region" in sdk.declaration(call.type).inputs
        region = place("region", inputs, caller) if regional else ""
        return {"account": str(account), "region": "" if isinstance(region, Unknown) else str(region or "")}

    def _making(
        self,
        call: Call,
        inputs: Values,
        *,
        serial: int = 0,
        preview: bool = False,
        old: Values | None = None,
        old_inputs: Values | None = None,
    ) -> Making:
        setting = call.setting
        id: str | Unknown = call.id or self._new_id(call, inputs, serial)
        return Making(
            type=call.type,
            id=id,
            identity=identity(call.type),
            inputs=inputs,
            caller=setting.caller,
            view=self._view(call, inputs),
            serial=serial,
            preview=preview,
            old=old or {},
            old_inputs=old_inputs or {},
            default_labels=setting.default_labels,
            clusters=self.clusters,
        )

    def _new_id(self, call: Call, inputs: Values, serial: int) -> str | Unknown:
        known = identity(call.type)
        if is_generated(known.id):
            return generate(known.id, call.type, serial) if serial else UNKNOWN
        lookup = lookup_in(inputs, call.setting.caller)

        def value(name: str) -> object:
            if name == "arn":
                return render(known.arn, lookup)
            if name.startswith("vpc."):
                return self._of_vpc(call, inputs, name.removeprefix("vpc."))
            found = lookup(name)
            return found if found is not None or name in sdk.declaration(call.type).inputs else str(serial) if serial else UNKNOWN

        return render(known.id, value)

    def _of_vpc(self, call: Call, inputs: Values, name: str) -> object:
        id = inputs.get("vpcId")
        vpc = self._view(call, inputs).get("aws:ec2/vpc:Vpc", id) if isinstance(id, str) else None
        return vpc.outputs.get(name) if vpc else UNKNOWN


def _own(inputs: Values) -> dict[str, object]:
    return {key: value for key, value in inputs.items() if key != DEFAULTS}


def _old_name(olds: Values, key: str) -> str:
    """The name once generated stays: the program has none to say."""
    value = olds.get(key)
    return value if isinstance(value, str) and (was_generated(olds, key) or DEFAULTS not in olds) else ""


def _label(values: Values, call: Call) -> str:
    """What the providers' errors call a resource: its name in the cloud where it has one, else its id or its name in the program."""
    known = identity(call.type).id
    text = render(known, lookup_in(values, call.setting.caller)) if "{name}" in known or "Name}" in known else ""
    return text if isinstance(text, str) and text else call.id or call.name


def _conflict(type: str, made: Stored) -> Refusal:
    """The cloud has this name already, and no constraint said so in the cloud's own words."""
    if type.startswith("aws:"):
        return Refusal("", "ResourceAlreadyExistsException", 409, f"{made.id} already exists")
    return Refusal("", "alreadyExists", 409, f"The resource '{made.id}' already exists")


def _missing(call: Call) -> Refusal:
    if call.type.startswith("aws:"):
        return Refusal("", "ResourceNotFoundException", 404, f"{call.id} does not exist")
    return Refusal("", "notFound", 404, f"The resource '{call.id}' was not found")


__all__ = ["AlreadyThere", "Call", "Clouds", "Comparison", "NotThere", "Refused", "Setting"]
