"""Binary agreement over a broadcast that nobody equivocates on: impossible at n = 2f + 1 (F10).

Two exhaustive answers. *Any protocol* at n = 3, f = 1: whatever deterministic functions A and B
decide by while C is not heard, one of three runs contradicts agreement or strong validity. *A
family* in the manner of Mostéfaoui, Moumen and Raynal, with every combination of its thresholds:
one round is explored from every input, in every order of arrival, with one faulty replica that
never says two things where one is due. Rounds are alike, so one is enough.

Source: FINDINGS F10; the family: Signature-Free Asynchronous Binary Byzantine Consensus (2014),
with free thresholds. The argument for all n: lemma 08 in proofs_notes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from tee_rider.spec.configuration import Configuration
from tee_rider.spec.identifiers import Mask

BITS = (0, 1)
NONE = -1


class Thresholds(NamedTuple):
    """A member of the family; each counts replicas, oneself included."""

    relay: int
    """Say a value oneself when so many said it."""
    accept: int
    """Accept a value when so many said it."""
    wait: int
    """Go on when so many named, as the first that they accepted, a value accepted here."""


AT_3F_PLUS_1 = Thresholds(relay=2, accept=3, wait=3)
"""f + 1, 2f + 1 and n - f at n = 4, f = 1: as published."""


class Local(NamedTuple):
    """One correct replica in one round; pairs are by value, counts are of other correct ones."""

    said: tuple[bool, bool]
    heard: tuple[int, int] = (0, 0)
    from_faulty: tuple[bool, bool] = (False, False)
    first: int = NONE
    """The value that it accepted first, and named to everybody."""
    named: tuple[int, int] = (0, 0)
    faulty_named: bool = False
    result: Mask = 0
    """The values named, once it goes on: one alone it may decide, both it may not."""


Global = tuple[Local, ...]
"""All correct replicas, sorted: which is which makes no difference."""


class Refutation(NamedTuple):
    """A run of one round that must not be."""

    broken: str
    inputs: tuple[int, ...]
    faulty_names: int
    moves: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one member of the family: its shortest refutation, or every state tried."""

    thresholds: Thresholds
    refutation: Refutation | None
    states: int


def examine(configuration: Configuration, thresholds: Thresholds) -> Answer:
    """Explore one round from all inputs; ``states`` counts those visited up to the refutation."""
    states = 0
    correct = configuration.n - configuration.f
    # The values are alike, so at least half of the inputs may be 0.
    for ones in range(correct // 2 + 1):
        inputs = (0,) * (correct - ones) + (1,) * ones
        for faulty_names in BITS:
            found = _Round(configuration, thresholds, faulty_names)
            broken, moves = found.explore(inputs)
            states += found.visited
            if broken:
                refutation = Refutation(broken, inputs, faulty_names, moves)
                return Answer(thresholds, refutation, states)
    return Answer(thresholds, None, states)


class _Round:
    """One round with f = 1 faulty replica, which names one value, to whom and when it likes."""

    def __init__(
        self, configuration: Configuration, thresholds: Thresholds, faulty_names: int
    ) -> None:
        if configuration.f != 1:
            raise ValueError(f"f = {configuration.f}: one faulty replica is modelled")
        self.thresholds = thresholds
        self.faulty_names = faulty_names
        self.visited = 0
        self.settled: dict[Local, Local] = {}
        self.hearing: dict[tuple[Local, int, int], Local] = {}

    def explore(self, inputs: tuple[int, ...]) -> tuple[str, int]:
        """What is broken first, and after how many moves; nothing: the whole round is fine."""
        start = self._closed(tuple(self._settle(Local((v == 0, v == 1))) for v in inputs))
        seen, level, moves = {start}, [start], 0
        while level:
            following: list[Global] = []
            for state in level:
                owed, optional = self._moves(state)
                self.visited += 1
                if broken := _broken(inputs, state, quiet=not owed):
                    return broken, moves
                for successor in (*owed, *optional):
                    if successor not in seen:
                        seen.add(successor)
                        following.append(successor)
            level, moves = following, moves + 1
        return "", moves

    def _moves(self, state: Global) -> tuple[list[Global], list[Global]]:
        """What must happen some time, and what need not: the first word of the faulty replica.

        What one correct replica has of the faulty one, the broadcast brings to all. Before a
        replica accepts something, a name has no effect, and may as well come later.
        """
        owed: list[Global] = []
        optional: list[Global] = []
        for place, local in enumerate(state):
            others = (*state[:place], *state[place + 1 :])
            for value in BITS:
                if local.heard[value] < sum([other.said[value] for other in others]):
                    heard = _plus(local.heard, value)
                    owed.append(self._with(others, local._replace(heard=heard)))
                if not local.from_faulty[value]:
                    known = any(other.from_faulty[value] for other in others)
                    flags = (value == 0 or local.from_faulty[0], value == 1 or local.from_faulty[1])
                    after = self._with(others, local._replace(from_faulty=flags))
                    (owed if known else optional).append(after)
            if local.result or local.first == NONE:
                continue
            for value in BITS:
                if local.named[value] < sum([other.first == value for other in others]):
                    named = _plus(local.named, value)
                    owed.append(self._with(others, local._replace(named=named)))
            if not local.faulty_named:
                known = any(other.faulty_named for other in others)
                after = self._with(others, local._replace(faulty_named=True))
                (owed if known else optional).append(after)
        return owed, optional

    def _with(self, others: Global, local: Local) -> Global:
        return self._closed((*others, self._settle(local)))

    def _closed(self, state: Global) -> Global:
        """The state once everything is heard that reaches no threshold; sorted.

        Nothing is lost: what is heard later instead can be any other copy that is still due.
        """
        says_0 = sum([local.said[0] for local in state])
        says_1 = sum([local.said[1] for local in state])
        return tuple(sorted([self._hear(local, says_0, says_1) for local in state]))

    def _hear(self, local: Local, says_0: int, says_1: int) -> Local:
        known = self.hearing.get((local, says_0, says_1))
        if known is None:
            known = local
            for value, says in ((0, says_0), (1, says_1)):
                due = says - local.said[value]
                while known.heard[value] < due and not self._matters(known, value):
                    known = known._replace(heard=_plus(known.heard, value))
            self.hearing[local, says_0, says_1] = known
        return known

    def _matters(self, local: Local, value: int) -> bool:
        following = _count(local, value) + 1
        reaches_relay = following == self.thresholds.relay and not local.said[value]
        return reaches_relay or following == self.thresholds.accept

    def _settle(self, local: Local) -> Local:
        """Do what the thresholds ask for."""
        known = self.settled.get(local)
        if known is None:
            known = self.settled[local] = self._do(local)
        return known

    def _do(self, local: Local) -> Local:
        relay, accept, wait = self.thresholds
        for value in BITS:
            if not local.said[value] and _count(local, value) >= relay:
                said = (value == 0 or local.said[0], value == 1 or local.said[1])
                local = local._replace(said=said)
        accepted = [value for value in BITS if _count(local, value) >= accept]
        if local.first == NONE and accepted:
            local = local._replace(first=accepted[0])
        if not local.result:
            named = [self._named(local, value) for value in BITS]
            if sum(named[value] for value in accepted) >= wait:
                local = local._replace(result=sum(1 << v for v in accepted if named[v]))
        if local.result:
            local = local._replace(named=(0, 0), faulty_named=False)
        return local

    def _named(self, local: Local, value: int) -> int:
        by_faulty = local.faulty_named and self.faulty_names == value
        return local.named[value] + (local.first == value) + by_faulty


def _count(local: Local, value: int) -> int:
    return local.heard[value] + local.said[value] + local.from_faulty[value]


def _plus(pair: tuple[int, int], place: int) -> tuple[int, int]:
    return pair[0] + (place == 0), pair[1] + (place == 1)


def _broken(inputs: tuple[int, ...], state: Global, quiet: bool) -> str:
    results = [local.result for local in state]
    if len(set(inputs)) == 1 and any(result not in (0, 1 << inputs[0]) for result in results):
        return "strong validity"
    if 0b01 in results and 0b10 in results:
        return "agreement"
    return "termination" if quiet and 0 in results else ""


def family(configuration: Configuration) -> Iterator[Answer]:
    """Every member of the family, examined."""
    counts = range(1, configuration.n + 1)
    for thresholds in product(counts, counts, counts):
        yield examine(configuration, Thresholds(*thresholds))


def partition_argument() -> dict[str, int]:
    """How many pairs of decision tables, over all protocols of A and B, fail in which run.

    n = 3, f = 1, C is not heard. Deterministic replicas that hear only each other decide by their
    two inputs, after any number of rounds. Run 0: A has 0, B has 1, C crashed. Run 1: A is faulty
    and plays input 0, B and C have 1, C is slow. Run 2: B is faulty and plays 1, A and C have 0.

    Source: FINDINGS F10; the classical argument.
    """
    runs = ("run 0: agreement", "run 1: strong validity", "run 2: strong validity", "")
    failed = dict.fromkeys(runs, 0)
    views = tuple(product(BITS, BITS))
    for decisions in product(BITS, repeat=2 * len(views)):
        of_a = dict(zip(views, decisions[: len(views)], strict=True))
        of_b = dict(zip(views, decisions[len(views) :], strict=True))
        if of_a[0, 1] != of_b[0, 1]:
            failed["run 0: agreement"] += 1
        elif of_b[0, 1] != 1:
            failed["run 1: strong validity"] += 1
        elif of_a[0, 1] != 0:
            failed["run 2: strong validity"] += 1
        else:
            failed[""] += 1
    return failed
