"""NxBFT's machine does what its published rules say, where none of the findings strikes."""

from typing import TYPE_CHECKING

import pytest

from tee_rider.model_check.nxbft.keys import Keys
from tee_rider.model_check.nxbft.messages import Commit, Proposal, ReturnRequest, VertexRequest
from tee_rider.model_check.nxbft.returning import held_chain, valid_chain
from tee_rider.model_check.world.setting import make_setting
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.events import AnyEvent, CommitLeader, InsertVertex, Reject, Resume
from tee_rider.spec.judgement import Premises, Status
from tee_rider.spec.messages import Junk, SignedMessage, content_bytes
from tee_rider.spec.properties.judging import judge
from tee_rider.spec.vertex import StrongEdge, Vertex, make_vertex

if TYPE_CHECKING:
    from tests.nxbft.conftest import Trio


@pytest.mark.parametrize("n", [3, 4, 5])
def test_without_crashes_every_property_but_validity_holds(n: int) -> None:
    judged: set[str] = set()
    for seed in range(3):
        setting = make_setting(n, "nxbft", "one")
        events: list[AnyEvent] = []
        assert simulate(Simulation(setting=setting, waves=3, seed=seed), [events.append]).finished
        outcomes = judge(Premises(setting.configuration, weak_edges=False), events)
        assert {o.property for o in outcomes if o.status is Status.VIOLATED} == set()
        judged |= {o.property for o in outcomes if o.judged}
    assert {"agreement", "total order", "non-equivocation", "commit justification"} <= judged


def test_an_edge_names_no_digest_and_no_weak_edge_is_made(trio: "Trio") -> None:
    trio.rounds(4)
    vertices = [message.content for message in trio.states[0].held]
    assert len(vertices) == 12
    assert {edge.digest for v in vertices if isinstance(v, Vertex) for edge in v.strong_edges} == {
        None
    }


def test_whoever_misses_a_predecessor_asks_and_is_served_later_if_need_be(trio: "Trio") -> None:
    trio.advance(0, 1, 2)
    first = {i: [f for f in trio.flights if f[0] == i] for i in range(3)}
    trio.flights.clear()
    for receiver, message in first[1]:
        trio.receive(receiver, message)
    trio.advance(1)
    (b2,) = {m for _, m in trio.flights if isinstance(m, SignedMessage)}
    trio.flights.clear()
    (b1,) = (m for _, m in first[0] if isinstance(m, SignedMessage) and m.ui.replica == 1)
    trio.receive(0, b1)
    trio.advance(0)
    trio.flights.clear()
    trio.receive(0, b2)
    assert trio.flights == [(1, VertexRequest(0, 1, 2)), (2, VertexRequest(0, 1, 2))]
    trio.drain()
    assert "C1" in trio.held(0) and "B2" in trio.held(0)
    # Asked for what it has not got: remembered, and sent as soon as it is there.
    trio.receive(0, VertexRequest(2, 2, 1))
    assert [to for to, _ in trio.flights] == [2]


def test_a_round_needs_the_own_vertex_and_waits_for_later_rounds(trio: "Trio") -> None:
    trio.advance(0, 1, 2)
    trio.drain()
    trio.advance(1, 2)
    trio.drain()
    assert trio.held(0) == {"A1", "B1", "C1"}
    trio.advance(0)
    assert trio.held(0) >= {"A2", "B2", "C2"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (Junk(b"?"), "not_understood"),
        (make_vertex(2, 2, (StrongEdge(0, None),)), "too_few_strong_edges"),
        (make_vertex(1, 0), "source_is_not_signer"),
    ],
)
def test_an_invalid_message_uses_its_counter_up_and_is_not_kept(
    trio: "Trio", content: Vertex | Junk, reason: str
) -> None:
    usig, ui = IdealUsig(2).create_ui(content_bytes(content))
    trio.receive(0, SignedMessage(content, ui))
    (event,) = trio.events[0]
    assert isinstance(event, Reject) and event.reason == reason and event.ui == ui.position
    assert trio.states[0].peers[2].accepted == 1
    assert not trio.states[0].held and not trio.states[0].buffer
    vertex = make_vertex(1, 2)
    trio.receive(0, SignedMessage(vertex, usig.create_ui(content_bytes(vertex))[1]))
    assert [message.content for message in trio.states[0].buffer] == [vertex]


def test_a_forged_message_and_a_foreign_epoch_are_refused(trio: "Trio") -> None:
    vertex = make_vertex(1, 2)
    _, ui = IdealUsig(2, epoch=2).create_ui(content_bytes(vertex))
    trio.receive(0, SignedMessage(vertex, ui))
    trio.receive(0, SignedMessage(make_vertex(3, 2), ui))
    reasons = [event.reason for event in trio.events[0] if isinstance(event, Reject)]
    assert reasons == ["epoch_not_accepted", "not_signed"]


def test_a_replica_returns_with_a_new_key_and_makes_vertices_again(trio: "Trio") -> None:
    trio.rounds(3)
    backup = trio.states[2]
    trio.rounds(2)
    trio.flights.clear()
    trio.restart(2, backup, 2)
    assert [state.recovering for state in trio.states] == [False, False, True]
    trio.drain()
    resumed = [[e for e in events if isinstance(e, Resume)] for events in trio.events]
    assert [(r.target, r.epoch, r.cut) for (r,) in resumed] == [(2, 2, 5)] * 3
    assert [state.recovering for state in trio.states] == [False] * 3
    assert trio.states[2].restart_round == 6
    for _ in range(6):
        trio.rounds(1)
        trio.advance(2)
        trio.drain()
    assert {"C6", "C7"} <= trio.held(0) & trio.held(1) & trio.held(2)
    inserted = [e for e in trio.events[0] if isinstance(e, InsertVertex) and e.vertex.source == 2]
    assert [e.ui.epoch for e in inserted][:7] == [1, 1, 1, 1, 1, 2, 2]
    assert any(isinstance(e, CommitLeader) for e in trio.events[2])


def test_a_chain_has_rounds_without_gaps_under_their_keys(trio: "Trio") -> None:
    trio.rounds(4)
    state = trio.states[0]
    chain = held_chain(state, 2)
    assert [message.ui.counter for message in chain] == [1, 2, 3, 4]
    assert valid_chain(state, 2, chain)
    assert valid_chain(state, 2, chain[2:]), "counters are not looked at (F6)"
    assert not valid_chain(state, 2, (chain[0], chain[2]))
    assert not valid_chain(state, 1, chain)
    other_key = state.with_peer(2, lambda p: type(p)(keys=p.keys.replaced(2, 3)))
    assert valid_chain(other_key, 2, chain[:3])
    assert not valid_chain(other_key, 2, chain)


def test_a_second_proposal_or_commit_of_one_sender_does_not_count(trio: "Trio") -> None:
    trio.receive(0, ReturnRequest(2, 2))
    for _ in range(2):
        trio.receive(0, Proposal(1, 2, 2, ()))
        trio.receive(0, Commit(1, 2, 2, ()))
    (heard,) = trio.states[0].returns
    assert heard.proposers == 0b011
    assert heard.commits == ((1, ()),)
    trio.receive(0, Proposal(2, 2, 2, ()))
    assert trio.states[0].returns == ()
    assert trio.states[0].finished == {(2, 2)}


def test_the_key_of_a_round_is_the_one_bound_to_it() -> None:
    keys = Keys().replaced(2, 5).replaced(3, 5).replaced(4, 9)
    assert [keys.of_round(round_) for round_ in (1, 5, 6, 9, 10)] == [1, 1, 3, 3, 4]
