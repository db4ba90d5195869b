"""The providers of one recovery: each started once, when first needed, configured as the stack configures it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from fleet.recover import checkpoint
from fleet.recover.checkpoint import Document, Resource
from fleet.recover.cloud import Provider, started
from fleet.recover.problem import RecoverProblem
from fleet.recover.pulumi import Pulumi
from fleet.recover.search import Tagged, tagged
from fleet.recover.wanted import Wanted, hidden


class Providers:
    """Providers by URN, with what each lists under our tag."""

    def __init__(self, pulumi: Pulumi, declared: Mapping[str, Resource], open: ExitStack) -> None:
        self._pulumi = pulumi
        self._declared = declared
        self._open = open
        self._started: dict[str, Provider] = {}
        self._tagged: dict[str, tuple[Tagged, ...]] = {}

    def of(self, resource: Mapping[str, Any]) -> Provider:
        """The provider of a resource in a state. Raises RecoverProblem where it is not declared or cannot be started."""
        urn = checkpoint.provider_of(resource)
        if urn not in self._started:
            declared = self._declared.get(urn)
            if declared is None:
                raise RecoverProblem(f"{resource['urn']} names the provider {urn!r}, which is neither in the state nor in the program.")
            provider = started(urn, declared["type"], declared.get("inputs") or {}, self._pulumi.environment, self._pulumi.project)
            self._started[urn] = self._open.enter_context(provider)
        return self._started[urn]

    def is_known(self, resource: Mapping[str, Any]) -> bool:
        """Whether the provider of a resource can be asked: a cluster that is still to be made has no address yet."""
        declared = self._declared.get(checkpoint.provider_of(resource))
        return declared is None or not hidden(declared.get("inputs") or {})

    def tagged(self, provider: Provider) -> tuple[Tagged, ...]:
        """What a provider lists under our tag, asked once; nothing for a cloud without tags."""
        if provider.cloud != "aws":
            return ()
        if provider.urn not in self._tagged:
            self._tagged[provider.urn] = tagged(provider)
        return self._tagged[provider.urn]

    def forget_tagged(self) -> None:
        """Ask again at the next call."""
        self._tagged.clear()

    def all_tagged(self) -> Iterator[tuple[Provider, tuple[Tagged, ...]]]:
        """Every AWS provider of the stack with what it lists under our tag."""
        for urn, declared in self._declared.items():
            if declared["type"] == "pulumi:providers:aws":
                provider = self.of({"urn": urn, "provider": f"{urn}::"})
                yield provider, self.tagged(provider)


@contextmanager
def providers(pulumi: Pulumi, plain: Document, wanted: tuple[Wanted, ...]) -> Iterator[Providers]:
    """The providers that the state or the program declares; the state's inputs count. plain: the state, decrypted."""
    from_program = {item.urn: item.resource for item in wanted if item.type.startswith("pulumi:providers:")}
    from_state = checkpoint.current(plain)
    with ExitStack() as open:
        yield Providers(pulumi, {**from_program, **from_state}, open)
