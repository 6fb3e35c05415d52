"""One crash and return, over the real ``reference``: whom everybody hears in each round.

The last replica crashes once, in one of the early rounds, and returns with a new enclave from any
backup. What it had sent, and nobody else has forwarded, may be lost from any place in its stream
on; what is on its way to it is lost. Everything else arrives some time.

A replica hears any set of others' vertices of its round, each with its history, and advances when
that completes the round. Together with these, or not, it hears of a REQUEST, alone or with all that
has come late from the replica that crashed. In the last round everybody hears all the rest.

Why one order is enough: who is behind moves first. That others are ahead of it changes nothing,
since what it does not use may as well not have arrived; and who is ahead could only have used
vertices of the one behind, which exist then too. Only who returns may also wait, because what it
can hear depends on who has heard of its REQUEST.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from tee_rider.model_check.exploration.model import Always, Model, Property, Sometimes
from tee_rider.model_check.returning.contradictions import contradictions, violation
from tee_rider.model_check.returning.lives import Life, Lives, Sent
from tee_rider.model_check.returning.moments import NOBODY, Action, Flights, Returning, State
from tee_rider.reference.replica import initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.identifiers import members, replica_name
from tee_rider.spec.judgement import Violation
from tee_rider.spec.vertex import Vertex


class OneReturn(Model[State, Action]):
    """One crash and return, whatever everybody hears in each round."""

    name = "one return"

    def __init__(self, scope: Returning) -> None:
        """Nobody has begun."""
        self.scope, self.bound = scope, scope.describe()
        self.last = scope.n - 1
        self.lives = Lives(scope.leaders)
        self._choices: dict[tuple[int, frozenset[int], int], tuple[Action, ...]] = {}
        self._judged: dict[tuple[int, int], tuple[Violation, ...]] = {}

    def initial_states(self) -> Sequence[State]:
        """Everybody has entered round 1; the oldest backup is of the time before."""
        fresh = [
            self.lives.number(Life(initial_state(self.scope.setting, IdealUsig(i))))
            for i in range(self.scope.n)
        ]
        nothing: Flights = (frozenset(),) * self.scope.n
        begun = self._all_advance(State(tuple(fresh), nothing, ()))
        return [begun._replace(backups=(fresh[self.last], begun.replicas[self.last]))]

    def actions(self, state: State) -> Sequence[tuple[Action, State]]:
        """Who is behind hears something; before it moves, the last replica may crash instead."""
        rounds = [self.lives.all[number].state.round for number in state.replicas]
        found: list[tuple[Action, State]] = []
        for i in sorted(range(self.scope.n), key=lambda i: (rounds[i], i)):
            number, limit = state.replicas[i], self._rounds(state)
            hearings = self._hearings(number, state.flights[i], limit)
            found += [(action, self._heard(state, action)) for action in hearings]
            if hearings and not (i == self.last and self._may_wait(state)):
                break
        if state.lost == NOBODY:
            found += self._crashes(state)
        return found

    # What happens

    def _rounds(self, state: State) -> int:
        return self.scope.early if state.lost == NOBODY else self.scope.rounds

    def _may_wait(self, state: State) -> bool:
        """Whether more of what was said may reach the replica that returned."""
        asked = [
            bool(self.lives.all[number].state.broadcast.stream(self.last, 2).accepted)
            for number in state.replicas
        ]
        return state.lost != NOBODY and not all(asked)

    def _hearings(self, number: int, arriving: frozenset[int], limit: int) -> tuple[Action, ...]:
        """What a replica may hear with which it advances; in the last round, all the rest."""
        key = (number, arriving, limit)
        if key not in self._choices:
            state = self.lives.all[number].state
            if state.round == self.scope.rounds:
                heard = [arriving] if arriving else []
            else:
                heard = [
                    messages
                    for messages in dict.fromkeys(self._possible(number, arriving))
                    if self._advances(number, messages, limit)
                ]
            self._choices[key] = tuple(Action("hears", state.replica, each) for each in heard)
        return self._choices[key]

    def _possible(self, number: int, arriving: frozenset[int]) -> Iterator[frozenset[int]]:
        round_ = self.lives.all[number].state.round
        targets: dict[int, list[frozenset[int]]] = {}
        late: list[frozenset[int]] = []
        for message in sorted(arriving):
            content = self.lives.messages[message].content
            is_target = isinstance(content, Vertex) and content.round == round_
            from_last = self.lives.messages[message].ui.replica == self.last
            if not is_target and not from_last:
                continue
            needed = self.lives.with_history(number, message, arriving)
            if needed is None:
                continue
            if is_target:
                origin = self.lives.messages[message].ui.replica
                targets.setdefault(origin, []).append(needed)
            elif not (isinstance(content, Vertex) and content.round > round_):
                late.append(needed)
        for count in range(1, len(targets) + 1):
            for sources in combinations(sorted(targets), count):
                for chosen in product(*(targets[source] for source in sources)):
                    for others in ((), late[-1:], late):
                        yield frozenset[int]().union(*chosen, *others)

    def _advances(self, number: int, messages: frozenset[int], limit: int) -> bool:
        before, after = (
            self.lives.all[life].state
            for life in (number, self.lives.receive(number, messages, limit)[0])
        )
        return after.round > before.round

    def _heard(self, state: State, action: Action) -> State:
        before = state.replicas[action.replica]
        number, sent = self.lives.receive(before, action.heard, self._rounds(state))
        if action.replica == self.last and state.lost == NOBODY:
            state = state._replace(backups=(*state.backups, number))
        return self._put(state, action.replica, number, sent)

    def _all_advance(self, state: State) -> State:
        """Who may advance does so, for instance because the early rounds are over."""
        for i, before in enumerate(state.replicas):
            if before != NOBODY:
                number, sent = self.lives.receive(before, frozenset(), self._rounds(state))
                state = self._put(state, i, number, sent)
        return state

    def _crashes(self, state: State) -> Iterator[tuple[Action, State]]:
        """It crashes and asks: for each other, what only it sent is lost from some place on."""
        others = range(self.last)
        losable = [
            sorted(
                (m for m in state.flights[i] if self._only_its_origin_sent(m, state)),
                key=lambda message: self.lives.messages[message].ui.counter,
            )
            for i in others
        ]
        replicas, lost = (*state.replicas[: self.last], NOBODY), state.replicas[self.last]
        for kept in product(*(range(len(messages) + 1) for messages in losable)):
            flights = [state.flights[i] - {*losable[i][kept[i] :]} for i in others]
            down = State(replicas, (*flights, frozenset()), (), lost)
            for backup in state.backups:
                action = Action("crashes and returns", self.last, backup=backup, kept=kept)
                yield action, self._returned(down, backup)

    def _only_its_origin_sent(self, message: int, state: State) -> bool:
        own = self.lives.messages[message].ui.replica == self.last
        others = state.replicas[: self.last]
        return own and all(self.lives.missing(number, message) > 0 for number in others)

    def _returned(self, state: State, backup: int) -> State:
        number, sent = self.lives.back(backup, IdealUsig(self.last, self.scope.new_epoch))
        return self._all_advance(self._put(state, self.last, number, sent))

    def _put(self, state: State, replica: int, number: int, sent: Sent) -> State:
        """The state with a replica's new life, and its messages on their way."""
        replicas = (*state.replicas[:replica], number, *state.replicas[replica + 1 :])
        flights = list(state.flights)
        for message, to in sent:
            for i in members(to):
                if replicas[i] != NOBODY and self.lives.missing(replicas[i], message) > 0:
                    flights[i] |= {message}
        flights[replica] = frozenset(
            message for message in flights[replica] if self.lives.missing(number, message) > 0
        )
        return state._replace(replicas=replicas, flights=tuple(flights))

    # What is asked

    def properties(self) -> Sequence[Property[State]]:
        """Nothing contradicts, nobody is left behind; and recovery comes to its end."""
        return [
            Always("recovery", self._violations),
            Always("progress", self._left_behind),
            Sometimes("the new epoch is open everywhere", self._open_everywhere),
            Sometimes("others hold a vertex of the new epoch", self._fills_again),
            Sometimes("a vertex of the old epoch is lost for ever", self._lost_for_ever),
        ]

    def _violations(self, state: State) -> tuple[Violation, ...]:
        lives = {number for number in (*state.replicas, state.lost) if number != NOBODY}
        found: tuple[Violation, ...] = ()
        for pair in combinations(sorted(lives), 2):
            if pair not in self._judged:
                one, other = (self.lives.all[number] for number in pair)
                self._judged[pair] = tuple(contradictions(one, other))
            found += self._judged[pair]
        return found

    def _left_behind(self, state: State) -> tuple[Violation, ...]:
        if state.lost == NOBODY or self.actions(state):
            return ()
        rounds = [self.lives.all[number].state.round for number in state.replicas]
        if min(rounds) == self.scope.rounds:
            return ()
        who = replica_name(rounds.index(min(rounds)))
        told = f"Nothing more can happen, and {who} stays in round {min(rounds)}."
        return (violation("progress", told),)

    def _open_everywhere(self, state: State) -> bool:
        up = [self.lives.all[number].state for number in state.replicas]
        return all(replica.recovery.openings[self.last][-1].epoch > 1 for replica in up)

    def _fills_again(self, state: State) -> bool:
        others = [self.lives.all[number].state for number in state.replicas[: self.last]]
        return any(other.broadcast.stream(self.last, 2).last_round for other in others)

    def _lost_for_ever(self, state: State) -> bool:
        if state.lost == NOBODY or any(state.flights):
            return False
        made = self.lives.all[state.lost].state.broadcast.own_stream.accepted
        streams = [self.lives.all[i].state.broadcast.stream(self.last, 1) for i in state.replicas]
        return all(stream.accepted < made for stream in streams)

    # For a person

    def facts(self) -> Mapping[str, int]:
        """How much there was of what global states are made of."""
        return {"local states": len(self.lives.all), "messages": len(self.lives.messages)}

    def format_state(self, state: State) -> Sequence[str]:
        """Where each replica is."""
        return [
            f"{replica_name(i)} in round {self.lives.all[number].state.round}"
            for i, number in enumerate(state.replicas)
        ]

    def format_action(self, before: State, action: Action, after: State) -> Sequence[str]:
        """Who does what, and where everybody is then."""
        what = f"{replica_name(action.replica)} {action.kind}"
        if action.heard:
            what += " " + ", ".join(self._described(m) for m in sorted(action.heard))
        if action.kind != "hears":
            round_ = self.lives.all[action.backup].state.round
            what += f" from a backup of round {round_}"
            kept = ", ".join(f"{replica_name(i)} {count}" for i, count in enumerate(action.kept))
            what += f"; of what it alone sent, so many messages still arrive: {kept}"
        return [what, "; ".join(self.format_state(after))]

    def _described(self, message: int) -> str:
        ui, content = self.lives.messages[message].ui, self.lives.messages[message].content
        name = content.name if isinstance(content, Vertex) else type(content).__name__
        return f"{name} of {replica_name(ui.replica)}'s epoch {ui.epoch}"
