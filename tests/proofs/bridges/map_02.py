"""Lemma 02's words for a run: what enclaves sign, and what receivers take from their streams."""

from collections.abc import Iterator

from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.events import RDeliver, Reject
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.messages import Content
from tee_rider.spec.vertex import Vertex, content_digest
from tests.proofs.bridges.bridge import Action, Mismatch
from tests.proofs.bridges.finite import World, merged, order, successors
from tests.proofs.bridges.graph import Names
from tests.proofs.bridges.reading import Source, last_rounds, name_of, slots_used, taken
from tests.proofs.bridges.runs import Run, Step

FIRST, NO_ROUND = 1, 0
Signature = tuple[Source, int, str]
"""Stream, counter, and the name of the content."""


class StreamMap:
    """The lemma's *source* is a stream: one epoch of one enclave. Its *vertex* is any content.

    One content in two streams is two vertices: whether it is valid depends on who signed it.
    """

    def __init__(self, run: Run) -> None:
        """Gather all that is ever signed."""
        self.run, self.names = run, Names[tuple[Source, Content]]()
        self.known: set[Signature] = set()
        self.slots: dict[tuple[Source, int], str] = {}
        """What was signed first with each counter."""
        by_step = [list(self._new_signatures(step)) for step in run.steps]
        self.coming = iter(by_step)
        ever = [signature for step in by_step for signature in step]
        first_epochs = {(i, 1) for i in range(run.setting.configuration.n)}
        self.sources = sorted({source for source, _, _ in ever} | first_epochs)
        self.counters = range(FIRST, max((c for _, c, _ in ever), default=0) + 3)
        self.round_of, self.valid = {}, set()
        for (source, content), name in self.names.of.items():
            self.round_of[name] = content.round if isinstance(content, Vertex) else NO_ROUND
            if is_valid(run.setting.configuration, source[0], content):
                self.valid.add(name)
        rounds = range(NO_ROUND, max(self.round_of.values(), default=0) + 1)
        self.rigid: World = {
            "Receiver": tuple(map(replica_name, run.correct)),
            "Source": tuple(map(name_of, self.sources)),
            "Counter": tuple(self.counters),
            "Round": tuple(rounds),
            "Vertex": tuple(self.round_of),
            "FIRST": FIRST,
            "NO_ROUND": NO_ROUND,
            "earlier": order(self.counters),
            "follows": successors(self.counters),
            "lower": order(rounds),
            "round_of": {(v,): round_ for v, round_ in self.round_of.items()},
            "valid": {(v,) for v in self.valid},
        }

    def start(self) -> World:
        """Nothing is signed, and nothing taken."""
        names = list(map(name_of, self.sources))
        self.signed: set[tuple[str, int, str]] = set()
        self.unused = {(s,): FIRST for s in names}
        self.high = {(s, c): NO_ROUND for s in names for c in self.counters}
        self.delivered: dict[int, set[tuple[Source, Vertex]]] = {i: set() for i in self.run.correct}
        self.receivers = {i: self._rows(i, None) for i in self.run.correct}
        return self._all()

    def actions(self, step: Step) -> list[Action]:
        """First what the enclave signs, then what its replica uses up of each stream."""
        signatures = next(self.coming)
        for source, counter, content in signatures:
            self._sign(name_of(source), counter, content)
        actions = [_action(*signature) for signature in signatures]
        if step.replica in self.run.correct:
            a = replica_name(step.replica)
            actions += [{"a": a, **_action(*used)} for used in self._used(step)]
        return actions

    def after(self, step: Step) -> World:
        """The log of signatures; the receivers' states, and what they say that they delivered."""
        if step.replica in self.run.correct:
            for output in step.outputs:
                if isinstance(output, RDeliver):
                    source = output.vertex.source, output.ui.epoch
                    self.delivered[step.replica].add((source, output.vertex))
            self.receivers[step.replica] = self._rows(step.replica, step.after)
        return self._all()

    def _all(self) -> World:
        log: World = {"signed": self.signed, "unused": self.unused, "high": self.high}
        return {**log, **merged(self.receivers.values())}

    def _rows(self, replica: int, state: ReplicaState | None) -> World:
        """What a receiver keeps; of streams that it does not read, nothing."""
        a = replica_name(replica)
        used, last = (slots_used(state), last_rounds(state)) if state else ({}, {})
        held = {*(taken(state) if state else ()), *self.delivered[replica]}
        return {
            "expected": {(a, name_of(s)): FIRST + used.get(s, 0) for s in self.sources},
            "last": {(a, name_of(s)): last.get(s, NO_ROUND) for s in self.sources},
            "holds": {(a, name_of(s), self.names.of.get((s, v), f"{v.name}?")) for s, v in held},
        }

    def _new_signatures(self, step: Step) -> Iterator[Signature]:
        """What the enclave signed for the first time; twice with one counter, if it is broken."""
        for ui, content in step.own_messages:
            source = ui.replica, ui.epoch
            label = content.name if isinstance(content, Vertex) else type(content).__name__.lower()
            name = self.names.give((source, content), f"{name_of(source)}:{label}")
            signature = source, ui.counter, name
            if signature not in self.known:
                self.known.add(signature)
                self.slots.setdefault((source, ui.counter), name)
                yield signature

    def _sign(self, s: str, c: int, v: str) -> None:
        self.signed = self.signed | {(s, c, v)}
        self.unused = {**self.unused, (s,): c + 1}
        counted = self.round_of[v] if v in self.valid else NO_ROUND
        self.high = {**self.high, (s, c + 1): max(self.high[s, c], counted)}

    def _used(self, step: Step) -> Iterator[Signature]:
        """The slots that a step used up, by its states or by its own words."""
        before, after = slots_used(step.before), slots_used(step.after)
        used = {(s, c) for s in after for c in range(before.get(s, 0) + 1, after[s] + 1)}
        for output in step.outputs:
            if isinstance(output, Reject) and output.ui is not None:
                used.add(((output.origin, output.ui.epoch), output.ui.counter))
        for slot in sorted(used):
            if slot not in self.slots:
                raise Mismatch(f"{step.told}: {name_of(slot[0])}#{slot[1]} was never signed")
            yield *slot, self.slots[slot]


def _action(source: Source, counter: int, content: str) -> Action:
    return {"s": name_of(source), "c": counter, "d": counter + 1, "v": content}


def is_valid(configuration: Configuration, signer: int, content: Content) -> bool:
    """The rules for a vertex, but for its place in the stream: written down a second time."""
    if not isinstance(content, Vertex):
        return False
    vertex, n = content, configuration.n
    strong = [edge.source for edge in vertex.strong_edges]
    weak = [(edge.round, edge.source) for edge in vertex.weak_edges]
    if vertex.source != signer or vertex.digest != content_digest(vertex) or vertex.round < 1:
        return False
    if vertex.round == 1:
        return not strong and not weak
    return (
        len(strong) >= configuration.quorum_size
        and strong == sorted(set(strong))
        and weak == sorted(set(weak))
        and all(0 <= source < n for source in strong)
        and all(0 <= source < n and 1 <= round_ < vertex.round - 1 for round_, source in weak)
    )
