"""What is asked of the states of a message-level exploration."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations

from tee_rider.model_check.exploration.local_states import LocalStates
from tee_rider.model_check.exploration.milestones import WORDS, Milestone
from tee_rider.model_check.exploration.model import Always, Property, Sometimes
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.spec.configuration import WAVE_LENGTH
from tee_rider.spec.events import ADeliver, CommitLeader, RDeliver, Reject, ReleaseCoin
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Violation

NEEDS_A_WAVE = {ADeliver, CommitLeader, ReleaseCoin}
DELIVERED = int(Milestone.DELIVERED)
MOST_PAIRS = 1 << 19
"""Pairs found fine that are remembered; then all are forgotten, and looked at again."""
ROUND_OF_WEAK_EDGES = 3
"""No vertex of an earlier round has anything older to name."""
State = tuple[int, ...]


class MessageProperties:
    """The specification's properties, totality, and what must happen within the bound."""

    def __init__(
        self, scope: Scope, locals_: LocalStates, quiescent: Callable[[State], bool]
    ) -> None:
        """Nothing is judged yet; ``quiescent`` tells whether all has arrived."""
        self.scope = scope
        self.locals = locals_
        self.judge = locals_.judge
        self.quiescent = quiescent
        self._correct = scope.correct
        self._links = tuple(combinations(self._correct, 2))
        self._fine: set[int] = set()
        """Pairs of local states that violate nothing together, as one number each."""
        self._guilty: dict[tuple[int, ...], tuple[Violation, ...]] = {}
        """What single states and other pairs violate."""
        self._settled: dict[int, tuple[str, ...]] = {}
        self._words: dict[str, str] = {}
        """Each word that is said of any replica, kept once."""
        self.saw_quiescence = False
        """Whether some state was judged in which all has arrived."""

    def all(self) -> Sequence[Property[State]]:
        """Every one of them."""
        return [
            Always("what the specification says", self.violations),
            Always("totality", self.totality),
            *self._wanted(),
        ]

    def violations(self, state: State) -> tuple[Violation, ...]:
        """What single logs violate, and what pairs of logs do."""
        found: tuple[Violation, ...] = ()
        if self.locals.convicted:
            for replica in self._correct:
                found += self._judge_one(state[replica])
        for one, other in self._links:
            if state[one] << 32 | state[other] not in self._fine:
                pair = state[one], state[other]
                found += self._guilty.get(pair) or self._judge_pair(pair)
        return found

    def totality(self, state: State) -> tuple[Violation, ...]:
        """When all has arrived, what one correct replica has read of any stream, all have.

        Source: TEE-Rider, broadcast on the USIG: if one correct replica delivers, all do.
        """
        if not self.quiescent(state):
            return ()
        self.saw_quiescence = True
        settled = [self._settle(number) for number in state[: len(self._correct)]]
        if settled.count(settled[0]) == len(settled):
            return ()
        everything = set().union(*settled)
        for replica, one in enumerate(settled):
            for missing in sorted(everything.difference(one)):
                return (self.not_total(replica, missing),)
        return ()

    def not_total(self, replica: int, missing: str) -> Violation:
        """A replica lacks what another one has read."""
        return Violation(
            property="totality",
            source="TEE-Rider, broadcast on the USIG: what one delivers, all deliver",
            witness=(),
            explanation=(
                f"Everything that correct replicas sent has arrived, as far as it can; one has"
                f" {missing}, {replica_name(replica)} has not.\n"
                "Totality: what one correct replica reads of a stream, all read in the end."
            ),
        )

    def _judge_one(self, number: int) -> tuple[Violation, ...]:
        found = self._guilty.get((number,))
        if found is None:
            local = self.locals.all[number]
            found = self.judge.violations((local.log,), local.violated)
            self._guilty[(number,)] = found
        return found

    def _judge_pair(self, pair: tuple[int, int]) -> tuple[Violation, ...]:
        one, other = self.locals.all[pair[0]], self.locals.all[pair[1]]
        names = self.judge.pair(one.excerpts, other.excerpts)
        if not names:
            if len(self._fine) >= MOST_PAIRS:
                self._fine.clear()
            self._fine.add(pair[0] << 32 | pair[1])
            return ()
        found = self._guilty[pair] = self.judge.violations((one.log, other.log), names)
        return found

    def _settle(self, number: int) -> tuple[str, ...]:
        """What a replica has read of the streams, in sorted words; within the bound."""
        known = self._settled.get(number)
        if known is None:
            log = self.judge.logs.hear(self.locals.all[number].log)
            words: list[str] = []
            for event in log:
                match event:
                    case RDeliver(vertex=vertex) if vertex.round <= self.scope.rounds:
                        words.append(f"r_delivered {vertex.name} ({vertex.digest})")
                    case Reject(origin=origin, ui=ui) if ui is not None:
                        words.append(f"rejected {replica_name(origin)}#{ui.counter}")
            known = tuple(self._words.setdefault(word, word) for word in sorted(set(words)))
            self._settled[number] = known
        return known

    def _wanted(self) -> list[Sometimes[State]]:
        """What would make the exploration vacuous if it never happened."""
        scope, profile = self.scope, self.scope.setting.profile
        whole_wave = scope.rounds >= WAVE_LENGTH
        wanted: list[Sometimes[State]] = [
            Sometimes("everything has arrived", lambda _: self.saw_quiescence)
        ]
        weak_edges = profile.weak_edges is not None and scope.rounds >= ROUND_OF_WEAK_EDGES
        omits = scope.faulty > 0 and scope.rounds > 1 and not profile.self_edge_required
        milestones = {
            Milestone.COMMITTED_DIRECTLY: whole_wave,
            Milestone.PASSED_BY: whole_wave,
            Milestone.WEAK_EDGE: weak_edges,
            Milestone.NO_OWN_EDGE: omits,
            Milestone.REJECTED: scope.junk > 0,
            Milestone.BEHIND_REJECTED: scope.junk > 0,
        }
        for milestone, expected in milestones.items():
            if expected:
                wanted.append(Sometimes(WORDS[milestone], partial(self._somebody, milestone)))
        if whole_wave:
            wanted.append(Sometimes("every correct replica has delivered", self.all_delivered))
        for kind in self.judge.kinds:
            if whole_wave or not NEEDS_A_WAVE.intersection(kind.needs):
                name = f"{kind.name} was judged"
                wanted.append(Sometimes(name, partial(self._judged, kind.name)))
        return wanted

    def _somebody(self, milestone: Milestone, _: State) -> bool:
        return bool(self.locals.milestones & milestone)

    def _judged(self, name: str, _: State) -> bool:
        return self.judge.judged[name] > 0

    def all_delivered(self, state: State) -> bool:
        """Whether every correct replica has delivered something."""
        found = self.locals.all
        return all(found[number].milestones & DELIVERED for number in state[: len(self._correct)])
