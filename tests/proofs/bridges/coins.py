"""Runs of nothing but coins: DAGs grow by chance, and the reference orders what they hold.

A commit is one step among a hundred of a simulated run. Here every step shows a replica the coin of
its next wave, and what was inserted in between is put into its state: no message is sent. The DAGs
are closed, each vertex has q strong edges or more, and each source one vertex in a round: all that
lemma 04 assumes of them. Steps are those of ``reference.replica``.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tee_rider.reference.dag import insert_vertex, predecessor_addresses
from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.replica import ReplicaState, initial_state, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave
from tee_rider.spec.interface import CoinReleased
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex
from tests.proofs.bridges.executions import setting
from tests.proofs.bridges.runs import Run, Step

Address = tuple[int, int]


def coin_run(n: int, waves: int, seed: int, profile: Profile = TEE_RIDER) -> Run:
    """All n replicas learn the leaders of so many waves, each at its own pace."""
    random, within = Random(seed), setting(n, profile)
    leaders = [random.randrange(n) for _ in range(waves)]
    vertices = _vertices(n, within.configuration.quorum_size, leaders, random)
    states = [initial_state(within, IdealUsig(i)) for i in range(n)]
    order, steps = [i for i in range(n) for _ in range(waves)], list[Step]()
    random.shuffle(order)
    for i in order:
        wave = len(states[i].ordering.leaders) + 1
        last, size = round_in_wave(wave, WAVE_LENGTH), within.configuration.quorum_size
        seen = random.sample(range(n), random.choice((size, size, n)))
        tops = [(last, source) for source in seen]
        tops += [(round_in_wave(wave, 1), leaders[wave - 1])] * (random.random() < 0.5)
        before = _grown(states[i], vertices, tops, wave)
        shown = CoinReleased(wave, leaders[wave - 1])
        states[i], outputs = step(before, shown)
        steps.append(Step(i, before, shown, states[i], outputs))
    return Run(within, tuple(range(n)), steps)


def coin_runs(how_many: int, profile: Profile = TEE_RIDER) -> Iterator[Run]:
    """So many runs, of three to seven replicas."""
    return (coin_run((3, 4, 5, 7)[seed % 4], 10, seed, profile) for seed in range(how_many))


def _vertices(
    n: int, quorum_size: int, leaders: list[int], random: Random
) -> dict[Address, Vertex]:
    """In some waves most vertices shun the leader: they refer to who has no path to it, if any."""
    vertices: dict[Address, Vertex] = {}
    for wave, leader in enumerate(leaders, start=1):
        shunned, reaching = random.random() < 0.3, {leader}
        for step_of_wave in range(1, WAVE_LENGTH + 1):
            round_, chosen = round_in_wave(wave, step_of_wave), dict[int, list[int]]()
            for source in range(n):
                below = random.sample(range(n), n) if round_ > 1 else []
                if shunned and step_of_wave > 1 and random.random() < 0.9:
                    below.sort(key=reaching.__contains__)
                chosen[source] = below[: random.choice((quorum_size, quorum_size, n - shunned))]
                strong = (vertices[round_ - 1, i] for i in sorted(chosen[source]))
                edges = tuple(StrongEdge(vertex.source, vertex.digest) for vertex in strong)
                vertices[round_, source] = make_vertex(round_, source, edges)
            if step_of_wave > 1:
                reaching = {i for i, below in chosen.items() if reaching.intersection(below)}
    return vertices


def _grown(
    state: ReplicaState, vertices: dict[Address, Vertex], tops: list[Address], wave: int
) -> ReplicaState:
    """The state with these vertices and their histories, and the coin of the wave asked for."""
    missing, pending = set[Address](), list(tops)
    while pending:
        address = pending.pop()
        if address not in missing and state.dag.get(*address) is None:
            missing.add(address)
            pending += predecessor_addresses(vertices[address])
    dag = state.dag
    for address in sorted(missing):
        dag = insert_vertex(state.setting.configuration, dag, vertices[address])
    undelivered = state.ordering.undelivered | missing
    ordering = replace(state.ordering, requested=wave, undelivered=undelivered)
    return replace(state, dag=dag, ordering=ordering)
