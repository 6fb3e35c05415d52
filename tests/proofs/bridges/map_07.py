"""Lemma 07's words for a run: who completes, signs, and is shown a leader; twice, in lockstep."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from tee_rider.spec.coin import leader_of
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex
from tests.proofs.bridges.bridge import Action
from tests.proofs.bridges.finite import Row, World
from tests.proofs.bridges.map_02 import is_valid
from tests.proofs.bridges.reading import inserted
from tests.proofs.bridges.runs import Step
from tests.proofs.bridges.tosses import SECRET, Toss, Tossed, other_leader_of


class CoinMap:
    """An enclave is called by a small letter. It *releases* when it is asked and shows a leader."""

    def __init__(self, tossed: Tossed, seed: bytes) -> None:
        """The coins of both runs are those of setup's seed."""
        self.tossed, self.run = tossed, tossed.run
        configuration = self.run.setting.configuration
        self.n, self.quorum_size = configuration.n, configuration.quorum_size
        self.names = list(map(replica_name, range(self.n)))
        rounds = [step.after.round for step in self.run.steps]
        self.waves = range(1, max(rounds) // WAVE_LENGTH + 2)
        quorums = list(combinations(self.names, self.quorum_size))
        self.rigid: World = {
            "Replica": tuple(self.names),
            "Enclave": tuple(name.lower() for name in self.names),
            "Quorum": tuple(map("".join, quorums)),
            "Wave": tuple(self.waves),
            "SECRET": SECRET,
            "member": {(p, "".join(quorum)) for quorum in quorums for p in quorum},
            "correct": {(replica_name(i),) for i in self.run.correct},
            "coin_1": {(w,): replica_name(leader_of(seed, w, self.n)) for w in self.waves},
            "coin_2": {(w,): replica_name(other_leader_of(seed, w, self.n)) for w in self.waves},
        }

    def start(self) -> World:
        """Nothing has happened."""
        self.steps = 0
        self.completed: set[Row] = set()
        self.signed: set[tuple[str, int]] = set()
        self.released: list[set[Row]] = [set(), set()]
        return self._state()

    def actions(self, step: Step) -> list[Action]:
        """First what is complete now, then what was signed, then what enclaves were asked."""
        self.steps += 1
        actions: list[Action] = []
        for row in sorted(self._complete(step) - self.completed):
            self.completed = self.completed | {row}
            actions.append({"p": row[0], "w": row[1]})
        for row in sorted(self._signed_in(step) - self.signed):
            self.signed = self.signed | {row}
            actions.append({"signer": row[0], "w": row[1]})
        for toss in self.tossed.after(self.steps):
            if toss.leader is not None:
                q = self._quorum(p for p, w in self.signed if w == toss.wave)
                actions.append({"e": replica_name(toss.enclave).lower(), "w": toss.wave, "Q": q})
            self._release(0, toss, toss.leader)
            self._release(1, toss, toss.other_leader)
        return actions

    def after(self, step: Step) -> World:
        """What the replicas' DAGs and signatures say, and what the enclaves said."""
        return self._state()

    def _state(self) -> World:
        return {
            "completed": self.completed,
            "signed": self.signed,
            "released_1": self.released[0],
            "released_2": self.released[1],
        }

    def _release(self, number: int, toss: Toss, leader: int | None) -> None:
        """An enclave showed a leader, in the first or the second run."""
        if leader is not None:
            row = (replica_name(toss.enclave).lower(), toss.wave, replica_name(leader))
            self.released[number] = self.released[number] | {row}

    def _complete(self, step: Step) -> set[Row]:
        """The waves of whose last round a correct replica holds q vertices."""
        if step.replica not in self.run.correct:
            return set()
        last = {round_in_wave(w, WAVE_LENGTH): w for w in self.waves}
        held = Counter(last[v.round] for v in inserted(step.after) if v.round in last)
        p = replica_name(step.replica)
        return {(p, w) for w, count in held.items() if count >= self.quorum_size}

    def _signed_in(self, step: Step) -> set[tuple[str, int]]:
        """The waves for the round after which the step's enclave signed a valid vertex."""
        after = {round_in_wave(w, WAVE_LENGTH) + 1: w for w in self.waves}
        p, configuration = replica_name(step.replica), self.run.setting.configuration
        return {
            (p, after[content.round])
            for _, content in step.own_messages
            if isinstance(content, Vertex) and content.round in after
            if is_valid(configuration, step.replica, content)
        }

    def _quorum(self, wanted: Iterable[str]) -> str:
        """A quorum of the wanted replicas; if they are too few, others fill it up."""
        chosen = dict.fromkeys([*sorted(wanted), *self.names])
        return "".join(sorted([*chosen][: self.quorum_size]))
