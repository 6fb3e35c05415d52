"""Judges events: every property over all of them, and every correct replica replayed.

Source: ours (DESIGN, "Conformance").
"""

from collections.abc import Iterable
from dataclasses import replace

from tee_rider.model_check.conformance.replay import Divergence, Replay
from tee_rider.model_check.conformance.shared_vertices import SharedVertices
from tee_rider.model_check.conformance.verdict import Judgement, Row, verdict_of
from tee_rider.reference.profile import Setting
from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    Crash,
    CreateVertex,
    Event,
    InsertVertex,
    RDeliver,
    Restart,
)
from tee_rider.spec.identifiers import mask_of, replica_name
from tee_rider.spec.judgement import Premises, Status, Violation
from tee_rider.spec.properties.judging import LIFE, Judge, event_name
from tee_rider.spec.properties.validity import Validity
from tee_rider.spec.properties.views import lost_spans
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.trace import Header

REPLAY = "replay"
REPLAY_SOURCE = "ours (DESIGN, Conformance): the rules of reference/"
SHOWS_VERTEX = (RDeliver, InsertVertex, CreateVertex)


class Oracle:
    """Takes in the events of one trace, and says at any time what they show so far."""

    def __init__(
        self, header: Header, setting: Setting, restarts: tuple[Restart, ...] = ()
    ) -> None:
        """Nothing has been seen; the setting has the rules that the header names.

        A restart that is not among the ``restarts`` known beforehand is not followed.
        """
        correct = [i for i in range(header.configuration.n) if i not in header.faulty]
        weak_edges = setting.profile.weak_edges is not None
        self._header = header
        faulty = frozenset(header.faulty)
        self._premises = Premises(header.configuration, faulty, weak_edges, restarts)
        self._backups = self._premises.backups
        self._judge = Judge(self._premises)
        self._shared = SharedVertices(setting, mask_of(tuple(correct)))
        lost = lost_spans(restarts)
        self._replays = {i: Replay(setting, i, self._shared, lost) for i in correct}
        self._active = dict(self._replays)
        self._violations: list[Violation] = []
        self._divergences: list[Divergence] = []
        self._kinds: set[type[Event]] = set()
        self._unknown: Restart | None = None
        """The first restart that was not known beforehand."""
        self._events = 0

    def observe(self, event: AnyEvent) -> None:
        """Take the next event in, whoever's it is."""
        self._events += 1
        if event.replica not in self._replays:
            return
        self._kinds.add(type(event))
        if isinstance(event, SHOWS_VERTEX):
            event = self._shared.share(event)
        violations = self._judge.observe(event)
        if violations:
            self._violations += violations
        if isinstance(event, Crash | Restart):
            self._end_replay(event)
        replay = self._active.get(event.replica)
        if replay is not None:
            divergence = replay.observe(event)
            if divergence is not None:
                self._divergences.append(divergence)
                self._stop_replay(event.replica)
            elif self._backups and (event.replica, event.seq) in self._backups:
                replay.keep(event.seq)

    def judgement(self, file: str) -> Judgement:
        """What the events seen so far show."""
        replay = self._replay_row()
        rows = (*self._property_rows(), replay)
        divergences = self._divergences if replay.status is Status.VIOLATED else ()
        return Judgement(
            file=file,
            verdict=verdict_of(rows),
            header=self._header,
            tier=self._tier,
            events=self._events,
            rows=rows,
            violations=tuple(self._violations),
            divergences=tuple(divergences),
        )

    @property
    def kept(self) -> int:
        """How many vertices are kept with their content: some replica has to deliver them."""
        return len(self._shared)

    @property
    def _tier(self) -> int:
        kinds = self._kinds.intersection(LIFE)
        return 2 if kinds - {ADeliver} else len(kinds)

    def _property_rows(self) -> Iterable[Row]:
        properties = {prop.name: prop for prop in self._judge.properties}
        for said in self._judge.outcomes():
            carried = self._carried(properties[said.property])
            yield Row(said.property, said.source, said.status, said.judged, said.reason, carried)

    def _carried(self, prop: Watcher) -> bool:
        if isinstance(prop, Validity) and not self._premises.weak_edges:
            return False
        return self._tier == 2 or set(prop.needs) <= {ADeliver}

    def _replay_row(self) -> Row:
        inputs = sum(replay.inputs for replay in self._replays.values())
        row = Row(REPLAY, REPLAY_SOURCE, Status.HOLDS, inputs)
        if self._tier == 0:
            return replace(row, status=Status.VACUOUS, reason="nothing happened to replay")
        if self._tier == 1:
            return replace(row, status=Status.NOT_JUDGED, reason="deliveries only", carried=False)
        reason = self._not_replayed()
        if self._divergences and not reason:
            return replace(row, status=Status.VIOLATED)
        reason = reason or self._not_followed()
        return replace(row, status=Status.NOT_JUDGED, reason=reason) if reason else row

    def _not_replayed(self) -> str:
        """What the trace lacks for a replay; empty if nothing."""
        latest = max(LIFE.index(kind) for kind in self._kinds.intersection(LIFE))
        unseen = [event_name(kind) for kind in LIFE[:latest] if kind not in self._kinds]
        if unseen:
            return f"needs {', '.join(unseen)} events"
        without = [i for i, replay in self._replays.items() if replay.outputs_only]
        if without:
            return f"of {', '.join(map(replica_name, without))} the trace shows outputs only"
        return ""

    def _not_followed(self) -> str:
        """Which restart the replay could not go beyond; empty if there is none."""
        if self._unknown is None:
            return ""
        name, seq = replica_name(self._unknown.replica), self._unknown.backup_seq
        return (
            f"{name} returns from a backup of seq {seq}, which was not kept: restarts are looked"
            " for beforehand, in a file that can be read twice"
        )

    def _end_replay(self, event: Crash | Restart) -> None:
        """A crashed replica that returns is replayed from its backup on, if that was kept."""
        replica = event.replica
        if isinstance(event, Crash):
            goes_on = any(
                restart.replica == replica and restart.seq > event.seq
                for restart in self._premises.restarts
            )
        else:
            known = (replica, event.backup_seq) in self._backups
            goes_on = known and event.backup_seq < event.seq
            if not goes_on:
                self._unknown = self._unknown or event
        if not goes_on and replica in self._active:
            self._stop_replay(replica)

    def _stop_replay(self, replica: int) -> None:
        del self._active[replica]
        self._shared.leave(replica)
