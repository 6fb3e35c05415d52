"""Crash recovery: a replica returns as a new epoch, and the total order decides since when.

Who lost its enclave comes back with a new one, in a new stream, and asks for it (REQUEST). Each
replica that hears of it says so in its next vertex (FREEZE). When r freezes of the old epoch by
different replicas are delivered, the new one is open (RESUME). The cut is the round of the leader
whose delivery opens it: the old epoch fills rounds up to it, the new one rounds above it.

So no round is filled twice: r freezers meet the q sources that a vertex builds on, so above the cut
every vertex has seen a freeze, and those of the old epoch are refused.

Source: ours (spec/README.md, "Recovery").
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tee_rider.reference.dag import Dag
from tee_rider.reference.profile import Setting
from tee_rider.spec.events import ADeliver, CommitLeader, Resume
from tee_rider.spec.opening import Opening
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.vertex import FreezeStatement, Vertex, VertexId


@dataclass(frozen=True, slots=True)
class Recovery:
    """What one replica knows of everybody's epochs."""

    openings: tuple[tuple[Opening, ...], ...]
    """For each replica the epochs that were opened, oldest first; the last one is open."""
    requests: tuple[UniqueIdentifier, ...] = ()
    """Who asked for which epoch: the first message of each epoch heard of, in order of arrival."""
    said: frozenset[tuple[int, int]] = frozenset()
    """(target, epoch) of the freezes that this enclave has said."""
    counted: tuple[tuple[int, FreezeStatement], ...] = ()
    """The delivered freezes that count and who said them, in the total order."""

    def opening(self, replica: int, epoch: int) -> Opening | None:
        """Since when an epoch counts; None while it is not opened."""
        return next((o for o in self.openings[replica] if o.epoch == epoch), None)


def freezes_to_say(recovery: Recovery) -> tuple[Recovery, tuple[FreezeStatement, ...]]:
    """Freeze, once, each open epoch that its replica asked to replace, for the latest one."""
    freezes: dict[int, FreezeStatement] = {}
    for ui in sorted(recovery.requests, key=lambda ui: (ui.replica, ui.epoch)):
        epoch = recovery.openings[ui.replica][-1].epoch
        if epoch < ui.epoch and (ui.replica, epoch) not in recovery.said:
            certificate = ui.certificate.hex()
            freezes[ui.replica] = FreezeStatement(ui.replica, epoch, ui.epoch, certificate)
    said = recovery.said | {(freeze.target, freeze.epoch) for freeze in freezes.values()}
    return replace(recovery, said=said), tuple(freezes.values())


def epoch_rejection(
    setting: Setting, dag: Dag, vertex: Vertex, opening: Opening
) -> RejectionReason | None:
    """Why a vertex may not stand in its round for its epoch: a function of its history alone."""
    if not setting.profile.knows_opening(dag, vertex, opening):
        return RejectionReason.NOT_AFTER_CUT
    if setting.profile.has_seen_freeze(dag, vertex, opening.epoch):
        return RejectionReason.EPOCH_FROZEN
    return None


def follow_order(
    setting: Setting, recovery: Recovery, dag: Dag, ordered: Iterable[CommitLeader | ADeliver]
) -> tuple[Recovery, tuple[CommitLeader | ADeliver | Resume, ...]]:
    """Count the freezes as they are delivered, and open an epoch with the r-th."""
    outputs: list[CommitLeader | ADeliver | Resume] = []
    for output in ordered:
        outputs.append(output)
        if isinstance(output, CommitLeader):
            leader = output.leader
            continue
        vertex = dag.get(output.vertex.round, output.vertex.source)
        for freeze in vertex.freezes if vertex else ():
            recovery, resumed = _count(setting, recovery, output.vertex, freeze, leader)
            outputs += resumed
    return recovery, tuple(outputs)


def _count(
    setting: Setting,
    recovery: Recovery,
    said_in: VertexId,
    freeze: FreezeStatement,
    leader: VertexId,
) -> tuple[Recovery, tuple[Resume, ...]]:
    profile, target = setting.profile, recovery.openings[freeze.target][-1]
    freezer = recovery.openings[said_in.source][-1]
    if not profile.freeze_counts(freeze, target, said_in, freezer):
        return recovery, ()
    counted = (*recovery.counted, (said_in.source, freeze))
    recovery = replace(recovery, counted=counted)
    closed = (freeze.target, freeze.epoch)
    together = [(source, f) for source, f in counted if (f.target, f.epoch) == closed]
    freezers = tuple(sorted({source for source, _ in together}))
    if len(freezers) < profile.freezes_needed(setting.configuration):
        return recovery, ()
    opening = Opening(max(f.successor for _, f in together), leader)
    openings = list(recovery.openings)
    openings[freeze.target] = (*openings[freeze.target], opening)
    resume = Resume(target=freeze.target, epoch=opening.epoch, cut=opening.cut, freezers=freezers)
    return replace(recovery, openings=tuple(openings)), (resume,)
