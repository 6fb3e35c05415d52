"""The mutants: the protocol with one rule replaced by a wrong one, and where each of them dies.

A checker is worth what it catches. Every mutant here violates some property within a small bound,
or there is a reason why it does no harm.
"""

from dataclasses import dataclass

from tee_rider.model_check.mutation.grounds import Ground
from tee_rider.model_check.mutation.homes import (
    FAULTY,
    JUNK,
    LAYERS,
    LAYERS_AT_4,
    OVERTAKING,
    SLOW,
)
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.reference.dag import Address, Dag
from tee_rider.reference.ordering import by_round_and_source, get_wave_vertex_leader
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.vertex import StrongEdge, Vertex, WeakEdge


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong rule, and the ground on which it shows."""

    name: str
    rule: str
    """Which rule is replaced, and by what."""
    rules: Rules
    ground: Ground
    killers: tuple[str, ...]
    """The properties that it violates on that ground."""
    equivalent: str | None = None
    """Why it does no harm, in words."""
    spared: tuple[str, ...] = ()
    """And in names: the properties that it can never violate."""
    noticed: tuple[str, ...] = ()
    """What notices it all the same, on another ground, though it does no harm."""
    only_at_even_n: bool = False
    """Whether the argument is about quorums that are larger than they need be."""

    def is_harmless_on(self, ground: Ground) -> bool:
        """Whether the argument covers this ground: elsewhere it is a mutant like others."""
        odd = {n for n in ground.sizes if n % 2}
        return self.equivalent is not None and not (self.only_at_even_n and odd)


def quorum_less_one(configuration: Configuration) -> int:
    """One replica less than a quorum."""
    return configuration.quorum_size - 1


def nobody(configuration: Configuration) -> int:
    """No replica at all."""
    return 0


def any_later_counter(accepted: int, counter: int) -> bool:
    """Counters may be left out."""
    return counter > accepted


def valid_only(valid: bool) -> bool:
    """What is invalid is kept from others."""
    return valid


def no_weak_edges(
    dag: Dag, undelivered: frozenset[Address], round_: int, strong: tuple[StrongEdge, ...]
) -> tuple[WeakEdge, ...]:
    """Whoever is slow is left out."""
    return ()


def always_present(dag: Dag, vertex: Vertex) -> bool:
    """A vertex need not wait for what it names."""
    return True


def last_leader_only(
    dag: Dag, leaders: tuple[int, ...], decided: int, wave: int
) -> tuple[tuple[int, Vertex], ...]:
    """No walking back."""
    leader = get_wave_vertex_leader(dag, leaders, wave)
    return () if leader is None else ((wave, leader),)


def all_leaders(
    dag: Dag, leaders: tuple[int, ...], decided: int, wave: int
) -> tuple[tuple[int, Vertex], ...]:
    """Walking back without asking for paths."""
    held = ((w, get_wave_vertex_leader(dag, leaders, w)) for w in range(decided + 1, wave + 1))
    return tuple((w, leader) for w, leader in held if leader is not None)


def newest_first(history: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    """A leader before its history."""
    return tuple(sorted(history, key=lambda vertex: (-vertex.round, vertex.source)))


def last_source_first(history: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    """An order that respects causality, but is not everybody's."""
    return tuple(sorted(history, key=lambda vertex: (vertex.round, -vertex.source)))


def one_twice(history: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    """The oldest vertex of a history once more, in the end."""
    return (*by_round_and_source(history), *history[:1])


ORDER = ("agreement", "total order")

MUTANTS = (
    Mutant(
        name="commit with q-1",
        rule="commit_quorum: one supporter less than a quorum",
        rules=Rules({"commit_quorum": quorum_less_one}),
        ground=LAYERS,
        killers=(*ORDER, "commit justification"),
    ),
    Mutant(
        name="commit without quorum",
        rule="commit_quorum: no supporter at all",
        rules=Rules({"commit_quorum": nobody}),
        ground=LAYERS,
        killers=(*ORDER, "commit justification"),
    ),
    Mutant(
        name="commit with q-1 of 4",
        rule="commit_quorum: one supporter less than a quorum, where n is even",
        rules=Rules({"commit_quorum": quorum_less_one}),
        ground=LAYERS_AT_4,
        killers=("commit justification",),
        equivalent=(
            "q-1 supporters and the q strong edges of a later vertex still meet, as 2q-1 > n"
            " where n is even; only the rule itself is broken, not the order"
        ),
        spared=ORDER,
        only_at_even_n=True,
    ),
    Mutant(
        name="edges q-1",
        rule="edge_quorum: one vertex less than a quorum completes a round",
        rules=Rules({"edge_quorum": quorum_less_one}),
        ground=LAYERS,
        killers=(*ORDER, "well-formedness"),
    ),
    Mutant(
        name="edges q-1 of 4",
        rule="edge_quorum: one vertex less than a quorum completes a round, where n is even",
        rules=Rules({"edge_quorum": quorum_less_one}),
        ground=LAYERS_AT_4,
        killers=("well-formedness",),
        equivalent=(
            "q supporters and the q-1 strong edges of a later vertex still meet, as 2q-1 > n"
            " where n is even; only the rule itself is broken, not the order"
        ),
        spared=ORDER,
        only_at_even_n=True,
    ),
    Mutant(
        name="commit and edges q-1 of 4",
        rule="commit_quorum and edge_quorum: one less than a quorum each, where n is even",
        rules=Rules({"commit_quorum": quorum_less_one, "edge_quorum": quorum_less_one}),
        ground=LAYERS_AT_4,
        killers=(*ORDER, "commit justification", "well-formedness"),
    ),
    Mutant(
        name="equivocation",
        rule="USIG: one counter is bound to two messages",
        rules=Rules(forks=1),
        ground=FAULTY,
        killers=("non-equivocation", "totality"),
    ),
    Mutant(
        name="counter gap",
        rule="counter_follows: any larger counter",
        rules=Rules({"counter_follows": any_later_counter}),
        ground=OVERTAKING,
        killers=("stream order", "totality"),
    ),
    Mutant(
        name="junk not forwarded",
        rule="forwards: only what is valid, so that an invalid slot is not consumed by all (F2)",
        rules=Rules({"forwards": valid_only}),
        ground=JUNK,
        killers=("totality",),
    ),
    Mutant(
        name="no weak edges",
        rule="weak_edges: none",
        rules=Rules({"weak_edges": no_weak_edges}),
        ground=SLOW,
        killers=("validity",),
    ),
    Mutant(
        name="insertion before predecessors",
        rule="predecessors_present: always",
        rules=Rules({"predecessors_present": always_present}),
        ground=SLOW,
        killers=("well-formedness",),
    ),
    Mutant(
        name="no walk-back",
        rule="walk_back: the wave's own leader only",
        rules=Rules({"walk_back": last_leader_only}),
        ground=LAYERS,
        killers=(*ORDER, "commit justification"),
    ),
    Mutant(
        name="walk-back without path",
        rule="walk_back: every undecided leader held",
        rules=Rules({"walk_back": all_leaders}),
        ground=LAYERS,
        killers=(*ORDER, "commit justification"),
    ),
    Mutant(
        name="own order",
        rule="linearise: A orders sources from last to first, all others from first to last",
        rules=Rules(odd={0: {"linearise": last_source_first}}),
        ground=LAYERS,
        killers=("total order",),
    ),
    Mutant(
        name="delivery before ancestors",
        rule="linearise: a leader before its history",
        rules=Rules({"linearise": newest_first}),
        ground=LAYERS,
        killers=("causality",),
    ),
    Mutant(
        name="delivery twice",
        rule="linearise: the oldest vertex of a history once more",
        rules=Rules({"linearise": one_twice}),
        ground=LAYERS,
        killers=("integrity",),
    ),
    Mutant(
        name="own coin",
        rule="coin: each replica sees another leader",
        rules=Rules(common_coin=False),
        ground=LAYERS,
        killers=(*ORDER, "coin agreement"),
    ),
)
"""Mutants of the profile's rules for broadcast and order."""
