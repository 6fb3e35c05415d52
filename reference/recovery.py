"""Crash recovery: a replica returns as a new epoch, and the total order decides since when.

Whoever lost its enclave comes back with a new one, in a new stream, and asks for it (REQUEST).
Each replica that hears of it says so in its next vertex (FREEZE). When r freezes of the old epoch
by different replicas are delivered, the epoch is closed (RESUME): the old one fills rounds up to
the cut, the new one only rounds above it. Everybody sees the same total order, so the same cut.

No round is filled twice, although nobody needs to know what was lost: a vertex that has seen a
freeze of its own epoch is refused, and r freezers meet the q sources that a vertex builds on, so
every vertex above the cut has seen one.

Source: ours (spec/README.md, "Recovery").
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from tee_rider.reference.dag import Dag
from tee_rider.reference.epochs import Opening
from tee_rider.reference.profile import Setting
from tee_rider.spec.events import ADeliver, CommitLeader, Resume
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.vertex import FreezeStatement, Vertex, VertexId

SaidFreeze: TypeAlias = tuple[VertexId, FreezeStatement]
"""A freeze, and the vertex that says it."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What one replica knows of everybody's epochs."""

    openings: tuple[tuple[Opening, ...], ...]
    """For each replica its epochs that were opened, oldest first; the last one is open."""
    requests: tuple[UniqueIdentifier, ...] = ()
    """For each replica that asked for a new epoch the latest such request; by replica."""
    said: frozenset[tuple[int, int]] = frozenset()
    """(target, epoch) of the freezes that this enclave has said."""
    seen: tuple[SaidFreeze, ...] = ()
    """Every freeze in a vertex of the DAG."""
    counted: tuple[SaidFreeze, ...] = ()
    """The delivered freezes that count, in the total order."""

    def opening(self, replica: int, epoch: int) -> Opening | None:
        """Since when an epoch counts; None while it is not opened."""
        return next((o for o in self.openings[replica] if o.epoch == epoch), None)


def initial_recovery(n: int) -> Recovery:
    """Everybody is in the epoch of the setup."""
    return Recovery(openings=((Opening(),),) * n)


def note_request(recovery: Recovery, ui: UniqueIdentifier) -> Recovery:
    """Remember who asked for which new epoch; a later one of the same replica replaces it."""
    requests = {request.replica: request for request in recovery.requests}
    if ui.replica in requests and ui.epoch <= requests[ui.replica].epoch:
        return recovery
    requests[ui.replica] = ui
    return replace(recovery, requests=tuple(requests[replica] for replica in sorted(requests)))


def freezes_to_say(recovery: Recovery) -> tuple[Recovery, tuple[FreezeStatement, ...]]:
    """Freeze, once, each open epoch that its replica asked to replace by a later one."""
    freezes = []
    for request in recovery.requests:
        open_epoch = recovery.openings[request.replica][-1].epoch
        if open_epoch < request.epoch and (request.replica, open_epoch) not in recovery.said:
            certificate = request.certificate.hex()
            freezes.append(FreezeStatement(request.replica, open_epoch, request.epoch, certificate))
    said = recovery.said | {(freeze.target, freeze.epoch) for freeze in freezes}
    return replace(recovery, said=said), tuple(freezes)


def note_inserted(recovery: Recovery, vertex: Vertex) -> Recovery:
    """Remember the freezes that a vertex of the DAG says."""
    if not vertex.freezes:
        return recovery
    seen = {*recovery.seen, *((vertex.id, freeze) for freeze in vertex.freezes)}
    return replace(recovery, seen=tuple(sorted(seen)))


def epoch_rejection(
    setting: Setting, recovery: Recovery, dag: Dag, vertex: Vertex, opening: Opening
) -> RejectionReason | None:
    """Why a vertex may not stand in its round for its epoch; None when it may.

    A function of the vertex's history alone, so the same for everybody.
    """
    if not setting.profile.starts_after(dag, vertex, opening):
        return RejectionReason.NOT_AFTER_CUT
    for said_in, freeze in recovery.seen:
        own = (freeze.target, freeze.epoch) == (vertex.source, opening.epoch)
        if own and setting.profile.has_seen(dag, vertex, said_in):
            return RejectionReason.EPOCH_FROZEN
    return None


def follow_order(
    setting: Setting, recovery: Recovery, dag: Dag, ordered: Iterable[CommitLeader | ADeliver]
) -> tuple[Recovery, tuple[CommitLeader | ADeliver | Resume, ...]]:
    """Count the freezes as they are delivered, and open a new epoch with the r-th."""
    outputs: list[CommitLeader | ADeliver | Resume] = []
    leader: VertexId | None = None
    for output in ordered:
        outputs.append(output)
        if isinstance(output, CommitLeader):
            leader = output.leader
            continue
        vertex = dag.get(output.vertex.round, output.vertex.source)
        assert vertex is not None and leader is not None
        for freeze in vertex.freezes:
            recovery, resumed = _count(setting, recovery, dag, (vertex.id, freeze), leader)
            outputs += resumed
    return recovery, tuple(outputs)


def _count(
    setting: Setting, recovery: Recovery, dag: Dag, said_freeze: SaidFreeze, leader: VertexId
) -> tuple[Recovery, tuple[Resume, ...]]:
    said_in, freeze = said_freeze
    target = freeze.target
    before = [
        entry
        for entry in recovery.counted
        if (entry[1].target, entry[1].epoch) == (target, freeze.epoch)
    ]
    open_target, open_freezer = recovery.openings[target][-1], recovery.openings[said_in.source][-1]
    counted = tuple(name.source for name, _ in before)
    if not setting.profile.freeze_counts(freeze, said_in, open_target, open_freezer, counted):
        return recovery, ()
    recovery = replace(recovery, counted=(*recovery.counted, said_freeze))
    together = (*before, said_freeze)
    if len(together) < setting.profile.freezes_needed(setting.configuration):
        return recovery, ()
    cut = setting.profile.cut(dag, target, tuple(name.round for name, _ in together))
    opening = Opening(
        epoch=max(entry.successor for _, entry in together),
        cut=max(open_target.cut, cut),
        leader=leader,
    )
    openings = list(recovery.openings)
    openings[target] = (*openings[target], opening)
    freezers = tuple(sorted(name.source for name, _ in together))
    resume = Resume(target=target, epoch=opening.epoch, cut=opening.cut, freezers=freezers)
    return replace(recovery, openings=tuple(openings)), (resume,)
