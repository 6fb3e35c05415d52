"""Lemma 05, the game: how many leaders the scheduler can starve at n = 3 to 7, and how."""

from dataclasses import dataclass
from itertools import product

from z3 import And, AtLeast, Bool, BoolRef, BoolVal, Implies, Not, Or, is_true

from tee_rider.proofs_notes.kit.claim import Claim
from tee_rider.proofs_notes.kit.query import ask
from tee_rider.proofs_notes.kit.result import Kind
from tee_rider.proofs_notes.lemma import Computation, Lemma
from tee_rider.proofs_notes.lemma_05_common_core import Bounded
from tee_rider.spec.configuration import Configuration, largest_configuration


@dataclass(frozen=True)
class Game:
    """The scheduler against the coin in one wave.

    Shared by all leaders: which vertices of rounds 2 to 4 are fixed when the coin shows, and
    their edges. Once it has shown, the scheduler completes the wave with vertices that miss the
    leader where it can. One round-4 vertex that misses the leader starves it: a correct replica
    that holds exactly q round-4 vertices, this one among them, counts q - 1 votes, and counts once.
    The first `faithful` replicas always reference their own previous vertex.
    """

    configuration: Configuration
    faithful: int = 0

    @property
    def replicas(self) -> range:
        """All replicas."""
        return range(self.configuration.n)

    def fixed(self, r: int, a: int) -> BoolRef:
        """The vertex of replica a in round r exists when the coin shows."""
        return BoolVal(True) if r == 1 else Bool(f"fixed_{r}_{a}")

    def edge(self, r: int, a: int, b: int) -> BoolRef:
        """That vertex has a strong edge to replica b's vertex of the round before."""
        return And(self.fixed(r, a), self.fixed(r - 1, b), Bool(f"edge_{r}_{a}_{b}"))

    def rules(self) -> dict[str, BoolRef]:
        """What holds of the vertices that are fixed when the coin shows."""
        quorum = self.configuration.quorum_size
        slots = list(product((2, 3, 4), self.replicas))
        edges = {(r, a): [self.edge(r, a, b) for b in self.replicas] for r, a in slots}
        faithful = product((2, 3, 4), range(self.faithful))
        return {
            "q strong edges, the faithful's own among them": And(
                [Implies(self.fixed(*slot), AtLeast(*edges[slot], quorum)) for slot in slots]
                + [Implies(self.fixed(r, a), edges[r, a][a]) for r, a in faithful]
            ),
            "the coin needs q signed round-4 vertices": AtLeast(
                *[self.fixed(4, a) for a in self.replicas], quorum
            ),
        }

    def starved(self, leader: int) -> BoolRef:
        """Some completion has a round-4 vertex without a path to the leader's vertex."""
        misses = [BoolVal(a != leader) for a in self.replicas]
        for r in (2, 3, 4):
            enough = AtLeast(*misses, self.configuration.quorum_size)
            misses = [
                Or(
                    And(
                        self.fixed(r, a),
                        *[Implies(self.edge(r, a, b), misses[b]) for b in self.replicas],
                    ),
                    And(
                        Not(self.fixed(r, a)),
                        enough,
                        misses[a] if a < self.faithful else BoolVal(True),
                    ),
                )
                for a in self.replicas
            ]
        return Or(misses)

    def at_least(self, leaders: int) -> BoolRef:
        """So many leaders can be starved, each by its own completion of the same prefix."""
        return AtLeast(*[self.starved(leader) for leader in self.replicas], leaders)


Dag = dict[tuple[int, int], frozenset[int]]
"""(round, replica) -> the replicas whose vertices of the round before it references."""


def find_prefix(game: Game, leaders: int) -> Dag | None:
    """Ask the solver for the fixed vertices from which so many leaders can be starved."""
    answer = ask({**game.rules(), "starved": game.at_least(leaders)})
    if answer.status != "sat":
        return None

    def holds(formula: BoolRef) -> bool:
        return bool(is_true(answer.model.eval(formula, model_completion=True)))

    return {
        (r, a): frozenset(b for b in game.replicas if holds(game.edge(r, a, b)))
        for r, a in product((2, 3, 4), game.replicas)
        if holds(game.fixed(r, a))
    }


def complete(game: Game, prefix: Dag, leader: int) -> Dag:
    """Add, round by round, every vertex that can miss the leader."""
    dag, misses = dict(prefix), [a for a in game.replicas if a != leader]
    for r in (2, 3, 4):
        for a in game.replicas:
            free = (r, a) not in prefix and len(misses) >= game.configuration.quorum_size
            if free and (a in misses or a >= game.faithful):
                own_first = sorted(misses, key=lambda b: (b != a, b))
                dag[r, a] = frozenset(own_first[: game.configuration.quorum_size])
        misses = [a for a in game.replicas if (r, a) in dag and dag[r, a] <= set(misses)]
    return dag


def reaches(dag: Dag, r: int, a: int, leader: int) -> bool:
    """Whether a vertex has a path to the leader's round-1 vertex."""
    return a == leader if r == 1 else any(reaches(dag, r - 1, b, leader) for b in dag[r, a])


def replay(game: Game, prefix: Dag) -> tuple[int, str]:
    """Play the completions in plain Python; return how many leaders starve, and the story."""
    quorum, lines, starved = game.configuration.quorum_size, [], 0
    for r, a in sorted(prefix):
        lines.append(f"fixed {_name(r, a)} -> {_names(r - 1, prefix[r, a])}")
    if sum(r == 4 for r, _ in prefix) < quorum:
        return 0, "too few signed round-4 vertices for the coin"
    for leader in game.replicas:
        dag = complete(game, prefix, leader)
        for (r, a), parents in dag.items():
            own = a in parents or a >= game.faithful
            if (
                len(parents) < quorum
                or not own
                or any(r > 2 and (r - 1, b) not in dag for b in parents)
            ):
                return 0, f"{_name(r, a)} is not a valid vertex"
        late = [a for a in game.replicas if (4, a) in dag and not reaches(dag, 4, a, leader)]
        starved += bool(late)
        story = f"{_name(4, late[0])} misses it" if late else "every round-4 vertex reaches it"
        lines.append(f"leader {_name(1, leader)}: {story}")
    return starved, "\n".join(lines)


def _name(r: int, a: int) -> str:
    return f"{'ABCDEFGHIJ'[a]}{r}"


def _names(r: int, replicas: frozenset[int]) -> str:
    return " ".join(_name(r, a) for a in sorted(replicas))


def witness(n: int, leaders: int, known: Dag | None = None) -> Computation:
    """Replay a prefix from which so many leaders can be starved: a known one, or a found one.

    Correct replicas reference their own vertex here, so the attack needs no rule to be broken.
    """
    configuration = largest_configuration(n)
    game = Game(configuration, faithful=n - configuration.f)

    def run() -> tuple[bool, str]:
        prefix = known or find_prefix(game, leaders)
        starved, story = replay(game, prefix) if prefix else (0, "no such prefix")
        return starved == leaders, story

    worse = leaders > n - configuration.quorum_size
    name = f"n = {n}: once the coin shows, {leaders} of {n} leaders can be starved"
    if worse:
        name += f" (F1: the probability to commit is not {configuration.quorum_size}/{n})"
    return Computation(name, f"n = {n}", run, Kind.REFUTED if worse else Kind.SATISFIABLE)


def largest_loss(n: int, most: int, faithful: int = 0) -> Bounded:
    """At most so many leaders can be starved, and so many can."""
    game = Game(largest_configuration(n), faithful)
    all_own = ", all referencing their own vertex" if faithful == n else ""
    claim = Claim(
        name=f"n = {n}{all_own}: no more than {most} leaders can be starved",
        hypotheses=game.rules(),
        conclusion=Not(game.at_least(most + 1)),
        witness=game.at_least(most),
    )
    return Bounded(claim, f"n = {n}")


WITNESS_AT_SEVEN: Dag = {
    **{(2, a): frozenset({0, 1, 2, 3}) for a in (0, 1, 2)},
    **{(2, a): frozenset({2, 3, 4, 5}) for a in (3, 4)},
    (2, 5): frozenset({2, 3, 4, 6}),
    (2, 6): frozenset({2, 3, 5, 6}),
    (3, 0): frozenset({0, 1, 2, 3}),
    (3, 1): frozenset({0, 1, 2, 5}),
    (3, 2): frozenset({0, 1, 2, 6}),
    (3, 3): frozenset({3, 4, 5, 6}),
    **{(4, a): frozenset({0, 1, 2, 3}) for a in range(4)},
}
"""Found by `tee-rider game`; no replica signs an earlier round after a later one."""

LEMMA = Lemma(
    "05",
    "The scheduler against the coin",
    (
        largest_loss(3, 1),
        largest_loss(4, 1),
        largest_loss(5, 3),
        largest_loss(5, 2, faithful=5),
        witness(3, 1),
        witness(4, 1),
        witness(5, 3),
        witness(7, 5, WITNESS_AT_SEVEN),
    ),
    __file__,
)
