"""The message level by its ends: of all executions that end alike, one is explored to its end.

An end is what all correct replicas have made, committed and delivered when no more can come of what
was sent. What is violated stays violated, so ends are what is judged, and there is one way to each.
Three reductions do that, on top of those of ``message_level``:

- R9: while all that can come next to a replica is on its way, this replica alone moves.
- R10: a replica that has made its last vertex waits until nobody can make another. Nobody depends
  on it any more, so its own ways to complete the last round are looked for apart: by which last
  vertices it does so. After that it receives nothing.
- R11: of the last vertices that a faulty replica can sign, there is one of each sort.

Source: ours (proofs_notes/reductions.md); R9: persistent sets (Godefroid, LNCS 1032).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, permutations, product, takewhile
from typing import TypeAlias

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.local_states import Sent
from tee_rider.model_check.exploration.message_level import Action, MessageLevel, Moves, State
from tee_rider.model_check.exploration.message_properties import MessageProperties
from tee_rider.model_check.exploration.model import Property
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.exploration.signing import FaultyStates
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Violation
from tee_rider.spec.vertex import Vertex

Streams: TypeAlias = tuple[int, ...]
"""The number of each other replica's stream."""


class EveryEnd(MessageLevel):
    """TEE-Rider message by message, one way to each end."""

    name = "message level, every end"
    judges_ends = True

    def __init__(self, scope: Scope) -> None:
        """Nothing is found yet.

        Raises:
            UsageError: this bound has to be explored state by state.
        """
        if not scope.ends_suffice:
            raise UsageError("one way to each end: this can only be explored state by state")
        super().__init__(scope)
        self.bound += ", one way to each end"
        self.faulty = FaultyStates(self.locals, sorts=not scope.batches)
        self._streams: dict[tuple[int, int], int] = {}
        """By outbox and signer."""
        self._completed: dict[tuple[int, Streams], tuple[int, ...]] = {}
        self._newest: tuple[State, tuple[State, ...]] = (), ()

    def actions(self, state: State) -> Sequence[tuple[Action, State]]:
        """What those do who have not made their last vertex; then what faulty ones may sign."""
        moving = self._moving(state)
        found: list[tuple[Action, State]] = []
        for replica in moving:
            moves = self._receptions(state, replica)
            steps = [
                (action, after)
                for action, outcomes in moves
                for after in self._moved(state, replica, outcomes)
            ]
            if moves and self._knows_what_comes(state, replica, moves):
                return steps
            found += steps
        for signer in self._faulty:
            found += self._signings(state, signer, moving)
        return found

    def properties(self) -> Sequence[Property[State]]:
        """The same as on the message level, asked where executions end."""
        return EndProperties(self).all()

    def ends(self, state: State) -> tuple[State, ...]:
        """How executions may end that come to a state; none if they go on from there."""
        if self._newest[0] != state:
            self._newest = state, () if self._goes_on(state) else tuple(self._ends(state))
        return self._newest[1]

    def _goes_on(self, state: State) -> bool:
        moving = self._moving(state)
        return any(self._receptions(state, replica) for replica in moving) or any(
            True for signer in self._faulty for _ in self._signings(state, signer, moving)
        )

    def _moving(self, state: State) -> list[int]:
        return [i for i in self._correct if not self._made_its_last(state[i])]

    def _made_its_last(self, number: int) -> bool:
        return self.locals.all[number].state.round >= self.scope.rounds

    def _knows_what_comes(self, state: State, replica: int, moves: Moves) -> bool:
        """Whether nobody can change what a replica may receive next, or what comes of that."""
        all_, accepted = self.locals.all, self.locals.all[state[replica]].accepted
        if any(len(outcomes) > 1 for _, outcomes in moves):
            return False
        for other in self._correct:
            local = all_[state[other]]
            has_more = local.accepted[other] > accepted[other]
            if other != replica and not has_more and not self._made_its_last(state[other]):
                return False
        return not any(
            self.faulty.all[state[signer]].counter <= accepted[signer]
            and self.faulty.may_sign(state[signer])
            for signer in self._faulty
        )

    def _ends(self, state: State) -> Iterator[State]:
        correct = len(self._correct)
        completed = [self._complete(state, replica) for replica in self._correct]
        for last in product(*completed):
            end = (*last, *state[correct:])
            if all(self._coin_fits(end, replica, end[replica]) for replica in self._correct):
                yield end

    def _complete(self, state: State, replica: int) -> tuple[int, ...]:
        """How a replica may complete the last round; itself if it does not come to it."""
        number = state[replica]
        if not self._made_its_last(number):
            return (number,)
        streams = tuple(
            self._stream(self._outbox(state, signer), signer)
            for signer in range(self.scope.n)
            if signer != replica
        )
        known = self._completed.get((number, streams))
        if known is None:
            known = tuple(dict.fromkeys(self._completions(number, streams)))
            self._completed[number, streams] = known
        return known

    def _completions(self, number: int, streams: Streams) -> Iterator[int]:
        """Some streams first, whole; then the others, one by one, without their last vertices."""
        completed = False
        for size in range(1, len(streams)):
            for first in combinations(streams, size):
                whole = [self.locals.outboxes[one] for one in first]
                others = [self._without_last(one) for one in streams if one not in first]
                for order in permutations(others):
                    for after in self._receive(number, chain(*whole, *order)):
                        if after in self.locals.finished:
                            completed = True
                            yield after
        if not completed:
            yield from self._receive(number, chain(*(self.locals.outboxes[k] for k in streams)))

    def _receive(self, number: int, messages: Iterable[Sent]) -> tuple[int, ...]:
        """Where a replica gets to by some messages, at most into the round after the last."""
        for sent in messages:
            origin, counter = sent.slot
            if counter <= self.locals.all[number].accepted[origin]:
                continue
            outcomes = self.locals.after(number, sent.input)
            if not self.locals.finished.isdisjoint(outcomes):
                return outcomes
            (number,) = outcomes
        return (number,)

    def _outbox(self, state: State, replica: int) -> int:
        if replica in self._correct:
            return self.locals.outbox_of[state[replica]]
        return self.faulty.all[state[replica]].outbox

    def _stream(self, outbox: int, signer: int) -> int:
        """What a replica has signed itself, of all that is in its outbox: an outbox, too."""
        known = self._streams.get((outbox, signer))
        if known is None:
            own = (one for one in self.locals.outboxes[outbox] if one.slot[0] == signer)
            known = self._streams[outbox, signer] = self.locals.number_outbox(tuple(own))
        return known

    def _without_last(self, stream: int) -> tuple[Sent, ...]:
        """A stream as far as there is no vertex of the last round in it."""
        return tuple(takewhile(self._is_not_of_last_round, self.locals.outboxes[stream]))

    def _is_not_of_last_round(self, sent: Sent) -> bool:
        content = self._message(sent.input).content
        return not isinstance(content, Vertex) or content.round < self.scope.rounds


class EndProperties(MessageProperties):
    """The same as of every state, asked of every end."""

    def __init__(self, model: EveryEnd) -> None:
        """Nothing is judged yet."""
        super().__init__(model.scope, model.locals, model.quiescent)
        self._ends = model.ends

    def violations(self, state: State) -> tuple[Violation, ...]:
        """What the logs of replicas violate, alone or in pairs, in some end."""
        for end in self._ends(state):
            if found := super().violations(end):
                return found
        return ()

    def totality(self, state: State) -> tuple[Violation, ...]:
        """What one correct replica has read of any stream, all have, or it is on its way to them.

        Source: TEE-Rider, broadcast on the USIG: if one correct replica delivers, all do.
        """
        for end in self._ends(state):
            self.saw_quiescence = True
            if found := self._not_on_its_way(end):
                return found
        return ()

    def all_delivered(self, state: State) -> bool:
        """Whether every correct replica has delivered something in some end."""
        return any(map(super().all_delivered, self._ends(state)))

    def _not_on_its_way(self, end: State) -> tuple[Violation, ...]:
        correct, locals_ = self.scope.correct, self.locals
        accepted = [locals_.all[end[i]].accepted for i in correct]
        for origin, read in enumerate(map(max, zip(*accepted, strict=True))):
            for replica in correct:
                if replica == origin or accepted[replica][origin] == read:
                    continue
                coming = {
                    one.slot
                    for other in correct
                    for one in locals_.outboxes[locals_.outbox_of[end[other]]]
                    if other != replica and one.to >> replica & 1
                }
                for counter in range(accepted[replica][origin] + 1, read + 1):
                    if (origin, counter) not in coming:
                        what = f"read {replica_name(origin)}#{counter}"
                        return (self.not_total(replica, what),)
        return ()
