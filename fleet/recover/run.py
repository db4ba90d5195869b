"""Recover one stack: clear a dead lock, adopt what the cloud made and the state lost, settle what hangs, remove second copies.

Every round asks Pulumi what the stack wants and does not have, looks that up, and writes one new state; what a round adopted makes more
inputs known to the next. Nothing but the state is written before the last step, so a killed recovery is simply run again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fleet.recover import checkpoint, duplicates, lock, torn
from fleet.recover.adoption import adopt, support
from fleet.recover.checkpoint import Document, Resource
from fleet.recover.cloud import CloudFailed, Provider
from fleet.recover.identity import findable
from fleet.recover.problem import RecoverProblem
from fleet.recover.providers import Providers, providers
from fleet.recover.pulumi import Pulumi, PulumiFailed
from fleet.recover.report import Line, Report
from fleet.recover.search import CLUSTERS, Sighting, look_for
from fleet.recover.settle import settle
from fleet.recover.wanted import Wanted, wanted

Say = Callable[[Line], None]
MOST_ROUNDS = 30
LOOKUPS_AT_ONCE = 8
PATIENCE_SECONDS = 15.0
SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(frozen=True)
class Options:
    """dry_run: change nothing, say what would be. break_lock: clear a lock of another host. delete_duplicates: protected ones too."""

    dry_run: bool = False
    break_lock: bool = False
    delete_duplicates: bool = False


def recover(pulumi: Pulumi, stack: str, options: Options, say: Say) -> Report:
    """Recover `stack`; `say` gets each line as it is done.

    Raises RecoverProblem where it cannot go on: an engine that is alive, a preview that fails, a provider that does not start.
    """
    lines: list[Line] = []

    def tell(line: Line) -> None:
        lines.append(line)
        say(line)

    _mend_torn_state(pulumi, stack, options, tell)
    _clear_dead_locks(pulumi, stack, options, tell)
    for _ in range(MOST_ROUNDS):
        if not _round(pulumi, stack, options, tell) or options.dry_run:
            break
    else:
        raise RecoverProblem(f"stack {stack} still changes after {MOST_ROUNDS} rounds. What was done stands; recover it again.")
    if not lines:
        tell(Line("clean", "", "", f"nothing of stack {stack} is lost, pending or locked"))
    return Report(stack, options.dry_run, tuple(lines))


def _mend_torn_state(pulumi: Pulumi, stack: str, options: Options, tell: Say) -> None:
    try:
        pulumi.export(stack)
    except PulumiFailed as failure:
        if not torn.TORN.search(failure.errors):
            raise
        if options.dry_run:
            raise RecoverProblem(f"the state of stack {stack} is torn; mending comes first, and a dry run changes nothing.") from failure
        tell(Line("settled", "", "", torn.mend(pulumi, stack)))


def _clear_dead_locks(pulumi: Pulumi, stack: str, options: Options, tell: Say) -> None:
    found = [(item, lock.holder(item)) for item in lock.locks(pulumi, stack)]
    for item, holder in found:
        if holder == "alive":
            raise RecoverProblem(f"stack {stack} is being updated by {item}. Wait for it, or stop it with Ctrl-C; nothing was changed.")
        if holder == "elsewhere" and not options.break_lock:
            raise RecoverProblem(
                f"stack {stack} is locked by {item}, on another host. Make sure there that it is dead, then run again with --break-lock."
            )
    if found and not options.dry_run:
        pulumi.run("cancel", "--yes", "--stack", stack)
    for item, holder in found:
        tell(Line("unlocked", "", "", f"the lock of {item}, {'which is dead' if holder == 'dead' else 'by --break-lock'}"))


def _round(pulumi: Pulumi, stack: str, options: Options, tell: Say) -> bool:
    """One look and one new state; whether the state changed, so that another look is due."""
    state = pulumi.export(stack)
    preview = pulumi.preview(stack)
    missing = wanted(state, preview)
    plain = pulumi.export(stack, secrets=True)
    with providers(pulumi, plain, missing) as clouds:
        sightings = _look_patiently(state, missing, clouds)
        adoptions = [adopt(item) for item in sightings if item.live]
        settled = settle(plain, preview, clouds)
        new = checkpoint.edited(state, support(state, missing, adoptions), settled.refreshed, settled.dropped)
        changed = bool(adoptions or settled.refreshed or settled.dropped or checkpoint.pending(state))
        if changed and not options.dry_run:
            _write(pulumi, stack, state, new)
        for line in [*(item.line for item in adoptions), *settled.lines, *_not_found(sightings, checkpoint.current(state))]:
            tell(line)
        if not changed or options.dry_run:
            for line in duplicates.remove(stack, new, missing, clouds, options.dry_run, options.delete_duplicates):
                tell(line)
    return changed


def _look_patiently(state: Document, missing: tuple[Wanted, ...], clouds: Providers) -> list[Sighting]:
    """Look until every create that was begun is found, or the state has been silent for so long that none can be on its way any more.

    The providers of a killed engine live on, and send what they were told to.
    """
    sightings = _look(state, missing, clouds)
    while any(item.wanted.begun and not item.live for item in sightings) and checkpoint.silent_seconds(state) < PATIENCE_SECONDS:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        clouds.forget_tagged()
        again = {item.wanted.urn: item for item in _look(state, tuple(item.wanted for item in sightings if not item.live), clouds)}
        sightings = [again.get(item.wanted.urn, item) for item in sightings]
    return sightings


def _look(state: Document, missing: tuple[Wanted, ...], clouds: Providers) -> list[Sighting]:
    """Look up all that a provider would have made, several at a time."""
    known = checkpoint.known_to(state)
    worth = [item for item in missing if item.of_cloud and (item.begun or findable(item.type)) and clouds.is_known(item.resource)]
    sought = [(item, clouds.of(item.resource)) for item in worth]
    under_tag = {provider.urn: clouds.tagged(provider) for _, provider in sought}

    def look(pair: tuple[Wanted, Provider]) -> Sighting:
        item, provider = pair
        try:
            return look_for(item, provider, under_tag[provider.urn], lambda id: (provider.urn, item.type, id) in known)
        except CloudFailed as failure:
            if provider.cloud != CLUSTERS:
                raise
            return Sighting(item, None, "", silent=str(failure))

    with ThreadPoolExecutor(LOOKUPS_AT_ONCE) as pool:
        return list(pool.map(look, sought))


def _not_found(sightings: list[Sighting], known: Mapping[str, Resource]) -> list[Line]:
    """What to say of those that were begun and not found, or in whose place something stands that is not ours.

    A cluster whose provider the state does not know was never spoken to: what it does not say, as before the deployer's access is made,
    hides nothing.
    """
    lines: list[Line] = []
    for item in sightings:
        urn = item.wanted.urn
        if item.silent and checkpoint.provider_of(item.wanted.resource) not in known:
            continue
        if item.silent:
            lines.append(Line("refused", urn, "", f"{item.silent}. Recover again when its cluster answers"))
        elif item.foreign:
            why = "stands in its place without our mark, or differs from the program. Import it (`pulumi import`), or remove it"
            lines.append(Line("refused", urn, item.foreign, why))
        elif item.wanted.begun and not findable(item.wanted.type):
            why = f"its create was begun and its type cannot be looked up: {item.how}; import or delete it before the next update"
            lines.append(Line("refused", urn, "", why))
        elif item.wanted.begun and not item.live:
            why = f"its create was begun, and the cloud does not have it (looked {item.how}); the next update makes it"
            lines.append(Line("settled", urn, "", why))
    return lines


def _write(pulumi: Pulumi, stack: str, seen: Document, new: Document) -> None:
    """Write the new state, unless another engine wrote one meanwhile."""
    if pulumi.export(stack) != seen:
        raise RecoverProblem(f"the state of stack {stack} changed while it was recovered: another update runs. Let it end, then try again.")
    pulumi.replace_state(stack, new)
