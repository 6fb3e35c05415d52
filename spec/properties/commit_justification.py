"""Commit justification: why a leader may be committed, and what is delivered with it."""

from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave, wave_of
from tee_rider.spec.events import ADeliver, AnyEvent, CommitLeader, InsertVertex, ReleaseCoin
from tee_rider.spec.judgement import Premises, Violation
from tee_rider.spec.properties.commit_log import CommitLog, place_of
from tee_rider.spec.properties.watcher import Watcher
from tee_rider.spec.properties.wording import at, counted, listed, named, placed, who

MOST_NAMED = 3


class CommitJustification(Watcher):
    """A committed leader is its wave's, in the order of waves, and vouched for.

    Directly: by a quorum of supporters in this replica's DAG at this moment. By walking back: by a
    strong path from the leader that is committed next. No leader is passed over to which the next
    committed one has a strong path. Then the leaders' undelivered histories are delivered, each
    whole before the next one's.

    Source: DAG-Rider, wave_ready and order_vertices; TEE-Rider, its commit rule.
    """

    name = "commit justification"
    source = "DAG-Rider, wave_ready and order_vertices; TEE-Rider, its commit rule"
    rule = "a leader needs a quorum or a path to it, and its whole history is delivered with it"
    needs = (InsertVertex, ReleaseCoin, CommitLeader)
    also = ((ADeliver, "what is delivered with a leader"),)

    def __init__(self, premises: Premises) -> None:
        """Nothing is committed."""
        super().__init__(premises)
        self.listen(InsertVertex, self._inserts)
        self.listen(ReleaseCoin, self._releases)
        self.listen(CommitLeader, self._commits)
        self.listen(ADeliver, self._delivers)

    def fresh(self) -> CommitLog:
        """What the replica has committed and has to deliver."""
        return CommitLog()

    def _inserts(self, event: InsertVertex) -> None:
        self.views[event.replica].insert(event)

    def _releases(self, event: ReleaseCoin) -> None:
        self.views[event.replica].release(event)

    def _commits(self, event: CommitLeader) -> Violation | None:
        self.judged += 1
        log: CommitLog = self.views[event.replica]
        if log.unfounded is not None:
            return self._not_due(log, log.unfounded)
        found = self._misplaced(log, event) or self._unsupported(log, event)
        if found is None:
            found = self._not_walked_back(log, event)
        log.commit(event)
        return found

    def _misplaced(self, log: CommitLog, event: CommitLeader) -> Violation | None:
        """Whether this is the leader of the wave, and its turn."""
        leader, wave, last = event.leader, event.wave, log.last
        if last is not None and wave <= last.wave:
            return self._wrong((last, event), f"after the leader of wave {last.wave}")
        if leader.round != round_in_wave(wave, 1):
            return self._wrong(
                (event,), f"but that wave begins with round {round_in_wave(wave, 1)}"
            )
        coin = log.coins.get(wave)
        if coin is None and log.has_coins:
            return self._wrong((event,), "before its coin showed")
        if coin is not None and coin.leader != leader.source:
            shown = placed(leader.round, coin.leader)
            return self._wrong((coin, event), f"but its coin showed {shown} {at(coin)}")
        held = log.view.undelivered(place_of(event))
        if held is None:
            return self._wrong((event,), "without holding it undelivered")
        if held.digest != leader.digest and None not in (held.digest, leader.digest):
            return self._wrong((event,), f"but inserted {named(held)}")
        return None

    def _unsupported(self, log: CommitLog, event: CommitLeader) -> Violation | None:
        """Whether a direct commit has its quorum now."""
        if not event.direct:
            return None
        last_round = round_in_wave(event.wave, WAVE_LENGTH)
        supporters = log.view.supporters(place_of(event), last_round).bit_count()
        if supporters >= self.quorum_size:
            return None
        fault = f"with {counted(supporters, 'supporter')} in round {last_round}, where"
        return self._wrong((event,), f"{fault} {self.quorum_size} are a quorum")

    def _not_walked_back(self, log: CommitLog, event: CommitLeader) -> Violation | None:
        """Whether the commit before was vouched for by this one, and nothing between was skipped.

        A path to an earlier leader lies in this leader's history, so it does not matter when the
        replica looked for it.
        """
        last = log.last
        vouched = last is None or last.direct
        for round_, sources in log.view.strongly_reached(place_of(event)):
            wave = wave_of(round_)
            if round_ != round_in_wave(wave, 1):
                continue
            if last is not None and wave == last.wave:
                vouched = vouched or bool(sources >> last.leader.source & 1)
                break
            coin = log.coins.get(wave)
            if coin is not None and sources >> coin.leader & 1:
                skipped = placed(round_, coin.leader)
                fault = f"and passed over {skipped}, the leader of wave {wave}, which it reaches"
                return self._wrong((coin, event), fault)
        if vouched or last is None:
            return None
        fault = f"from which no strong path leads to {named(last.leader)}, committed {at(last)}"
        return self._wrong((last, event), f"{fault} by walking back")

    def _delivers(self, event: ADeliver) -> Violation | None:
        log: CommitLog = self.views[event.replica]
        if log.last is None:
            log.deliver_unfounded(event)
            return None
        self.judged += 1
        return None if log.deliver(event) else self._not_due(log, event)

    def _not_due(self, log: CommitLog, event: ADeliver) -> Violation:
        observed = f"{who(event)} delivered {named(event.vertex)} for wave {event.wave} {at(event)}"
        if log.delivering is None or not log.due:
            return self.violation((event,), f"{observed}, which no committed leader brings")
        due = [placed(*address) for address in sorted(log.due)]
        if len(due) > MOST_NAMED:
            due[MOST_NAMED:] = [f"{len(due) - MOST_NAMED} more"]
        leader, wave = log.delivering.leader, log.delivering.wave
        observed += f"; due was the rest of {named(leader)}'s history, of wave {wave}"
        return self.violation((log.delivering, event), f"{observed}: {listed(due)}")

    def _wrong(self, witness: tuple[AnyEvent, ...], fault: str) -> Violation:
        event = witness[-1]
        assert isinstance(event, CommitLeader)
        observed = f"{who(event)} committed {named(event.leader)} for wave {event.wave} {at(event)}"
        return self.violation(witness, f"{observed}, {fault}")
