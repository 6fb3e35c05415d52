"""Random runs with crashes, stale backups, lost messages, and faulty hosts with many enclaves."""

import random
from dataclasses import dataclass, replace
from hashlib import sha256

from tee_rider.reference import reliable_broadcast
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.replica import ReplicaState, initial_state, r_delivered, restart, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import RDeliver
from tee_rider.spec.identifiers import members
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Output, Receive, Send
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex
from tests.recovery.observer import Observer


@dataclass
class Life:
    """A running replica: its state, and how many vertices it has delivered."""

    state: ReplicaState
    delivered: int = 0


class Chaos:
    """One run; everything random comes from the seed."""

    def __init__(
        self, profile: Profile, n: int, faulty: int, seed: int, crashes: int, polite: bool = True
    ) -> None:
        self.random = random.Random(seed)
        self.seed, self.n, self.polite, self.crashes_left = seed, n, polite, crashes
        self.setting = Setting(largest_configuration(n), profile)
        # A faulty host's own view refuses nothing, so that it can build on anything.
        anything = replace(
            profile,
            has_seen_freeze=lambda *_: False,
            knows_opening=lambda *_: True,
            freezes_needed=lambda _: 1,
        )
        self.lax = Setting(self.setting.configuration, anything)
        self.faulty = range(n - faulty, n)
        self.correct = range(n - faulty)
        self.lives: list[list[Life]] = [
            [Life(initial_state(self.lax if i in self.faulty else self.setting, IdealUsig(i)))]
            for i in range(n)
        ]
        self.backups: list[list[Life]] = [[replace(lives[0])] for lives in self.lives]
        self.epochs = [1] * n
        self.observer = Observer()
        self.soup: list[tuple[int, int, SignedMessage]] = []
        self.in_soup: set[tuple[int, int, int, int, int]] = set()
        self.recoveries = self.forged = 0
        self.slow: set[tuple[int, int]] = set()

    # What replicas do

    def coin(self, wave: int) -> int:
        return sha256(b"%d/%d" % (self.seed, wave)).digest()[0] % self.n

    def do(self, replica: int, life: Life, outputs: tuple[Output, ...]) -> None:
        if replica in self.correct:
            life.delivered = self.observer.observe(replica, life.delivered, outputs)
        for output in outputs:
            match output:
                case Send(message, to):
                    for receiver in members(to):
                        if replica in self.correct or self.random.random() < 0.5:
                            self.put(replica, receiver, message)
                case CoinRequested(wave):
                    life.state, more = step(life.state, CoinReleased(wave, self.coin(wave)))
                    self.do(replica, life, more)

    def put(self, sender: int, receiver: int, message: SignedMessage) -> None:
        ui = message.ui
        key = (sender, receiver, ui.replica, ui.epoch, ui.counter)
        if key not in self.in_soup:
            self.in_soup.add(key)
            self.soup.append((sender, receiver, message))

    def deliver(self, place: int) -> None:
        self.soup[place], self.soup[-1] = self.soup[-1], self.soup[place]
        sender, receiver, message = self.soup.pop()
        ui = message.ui
        self.in_soup.discard((sender, receiver, ui.replica, ui.epoch, ui.counter))
        for life in self.lives[receiver]:
            life.state, outputs = step(life.state, Receive(message))
            self.do(receiver, life, outputs)

    def advance(self, replica: int) -> None:
        for life in self.lives[replica]:
            life.state, outputs = step(life.state, Advance())
            self.do(replica, life, outputs)

    # Crash and return

    def away(self) -> list[int]:
        """Correct replicas that are down, or whose epoch is not open at everybody."""
        up = [life for i in self.correct for life in self.lives[i]]
        return [
            i
            for i in self.correct
            if not self.lives[i]
            or any(life.state.recovery.openings[i][-1].epoch != self.epochs[i] for life in up)
        ]

    def crash(self, replica: int) -> None:
        self.lives[replica].clear()
        lost = {
            place
            for place, (sender, receiver, _) in enumerate(self.soup)
            if replica in (sender, receiver) and self.random.random() < 0.7
        }
        kept = [entry for place, entry in enumerate(self.soup) if place not in lost]
        self.soup.clear()
        self.in_soup.clear()
        for entry in kept:
            self.put(*entry)

    def come_back(self, replica: int) -> None:
        self.epochs[replica] += 1
        recent = self.backups[replica][-3:] if self.random.random() < 0.5 else self.backups[replica]
        backup = self.random.choice(recent)
        state, outputs = restart(backup.state, IdealUsig(replica, self.epochs[replica]))
        life = Life(state, backup.delivered)
        self.lives[replica].append(life)
        self.recoveries += 1
        self.do(replica, life, outputs)

    # What faulty hosts do besides

    def forge(self, replica: int) -> None:
        """Sign a vertex on a chosen part of what is held, best one that has seen no freeze."""
        life = self.random.choice(self.lives[replica])
        state, dag = life.state, life.state.dag
        stream = state.broadcast.own_stream
        first = max(stream.last_round, self.earliest(replica, stream.epoch)) + 1
        last = first if stream.last_round or self.random.random() < 0.5 else len(dag.rows) + 1
        if last < first:
            return
        round_ = self.random.randint(first, last)
        vertex = (
            make_vertex(round_, replica) if round_ == 1 else self.forged_on(state, round_, replica)
        )
        if vertex is None:
            return
        self.forged += 1
        broadcast, outputs = reliable_broadcast.r_bcast(self.lax, state.broadcast, vertex)
        life.state = replace(state, broadcast=broadcast, round=max(state.round, round_))
        self.do(replica, life, tuple(o for o in outputs if isinstance(o, Send)))
        for output in outputs:
            if isinstance(output, RDeliver):
                life.state, more = r_delivered(life.state, output.vertex, output.ui)
                self.do(replica, life, more)

    def earliest(self, replica: int, epoch: int) -> int:
        """The round above which an epoch may fill rounds, as some correct replica knows it."""
        for i in self.correct:
            for life in self.lives[i]:
                opening = life.state.recovery.opening(replica, epoch)
                if opening is not None and opening.leader is not None:
                    return opening.cut
        return 0

    def forged_on(self, state: ReplicaState, round_: int, replica: int) -> Vertex | None:
        epoch = state.broadcast.usig.epoch
        parents = list(state.dag.round_vertices(round_ - 1))
        self.random.shuffle(parents)

        def rank(vertex: Vertex) -> tuple[bool, bool]:
            held = state.dag.held(vertex.round, vertex.source)
            return vertex.source != replica, held is not None and (replica, epoch) in held.frozen

        parents.sort(key=rank)
        quorum = self.setting.configuration.quorum_size
        if len(parents) < quorum or any(rank(parent)[1] for parent in parents[:quorum]):
            return None
        edges = tuple(sorted(StrongEdge(v.source, v.digest) for v in parents[:quorum]))
        return make_vertex(round_, replica, edges)

    def faulty_turn(self, replica: int) -> None:
        what = self.random.random()
        if what < 0.03 and self.epochs[replica] < 4:
            self.come_back(replica)
        elif what < 0.6:
            self.forge(replica)
        else:
            self.advance(replica)

    # The run

    def turn(self) -> None:
        """Mostly deliver a message; now and then something else happens."""
        kinds = (
            self.deliver_some,
            self.advance_some,
            self.back_up,
            self.slow_down,
            self.faulty_some,
            self.crash_some,
            self.come_back_some,
        )
        self.random.choices(kinds, weights=(820, 100, 5, 5, 55, 5, 10))[0]()

    def deliver_some(self) -> None:
        if self.soup:
            place = self.random.randrange(len(self.soup))
            if self.soup[place][:2] not in self.slow or self.random.random() < 0.01:
                self.deliver(place)

    def advance_some(self) -> None:
        self.advance(self.random.choice(self.correct))

    def back_up(self) -> None:
        replica = self.random.choice(self.correct)
        if self.lives[replica]:
            self.backups[replica].append(replace(self.lives[replica][0]))

    def slow_down(self) -> None:
        pairs = [(i, j) for i in range(self.n) for j in range(self.n) if i != j]
        self.slow = {pair for pair in pairs if self.random.random() < 0.3}

    def faulty_some(self) -> None:
        if self.faulty:
            self.faulty_turn(self.random.choice(self.faulty))

    def crash_some(self) -> None:
        replica = self.random.choice(self.correct)
        others_away = [i for i in self.away() if i != replica]
        allowed = len(others_away) + len(self.faulty) < self.setting.configuration.f
        if self.crashes_left and self.lives[replica] and (allowed or not self.polite):
            self.crashes_left -= 1
            self.crash(replica)

    def come_back_some(self) -> None:
        down = [i for i in self.correct if not self.lives[i]]
        if down:
            self.come_back(self.random.choice(down))

    def run(self, turns: int) -> None:
        for _ in range(turns):
            self.turn()

    def settle(self, waves: int = 3, limit: int = 80) -> bool:
        """Deliver everything and let everybody go on: whether all are back and deliver again."""
        for replica in self.correct:
            if not self.lives[replica]:
                self.come_back(replica)
        goal: int | None = None
        for _ in range(limit):
            while self.soup:
                self.deliver(self.random.randrange(len(self.soup)))
            decided = min(self.lives[i][0].state.ordering.decided for i in self.correct)
            if goal is None and not self.away():
                goal = decided + waves
            if goal is not None and decided >= goal and self.all_fill():
                return True
            for replica in self.random.sample(self.correct, len(self.correct)):
                self.catch_up(replica)
            for replica in self.faulty:
                self.faulty_turn(replica)
        return False

    def catch_up(self, replica: int) -> None:
        """Advance for as long as rounds are complete: who is behind goes faster."""
        life, round_ = self.lives[replica][0], -1
        while life.state.round > round_:
            round_ = life.state.round
            self.advance(replica)

    def all_fill(self) -> bool:
        """Whether every correct replica has a vertex in one of the last delivered waves."""
        recent = {name.source for name in self.observer.order[-4 * self.n * 4 :]}
        return set(self.correct) <= recent
