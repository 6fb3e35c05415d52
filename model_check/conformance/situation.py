"""Why the reference does not do what a trace says: what it holds, and what is missing."""

from tee_rider.model_check.conformance.narrate import with_digest
from tee_rider.reference.ordering import get_wave_vertex_leader, supporters
from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.configuration import round_in_wave
from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    Freeze,
    InsertVertex,
    Reject,
    Resume,
)
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.vertex import Vertex


def reason_for(state: ReplicaState, event: AnyEvent) -> str:
    """What makes the reference, in this state, do this."""
    match event:
        case InsertVertex(vertex=vertex):
            return f"{vertex.name} is r_delivered, and all that its edges name is in the DAG"
        case CommitLeader(wave=wave, direct=True):
            return _support(state, wave)
        case CommitLeader(wave=wave):
            later = "the leader of a later wave, which is committed now"
            return f"a path of strong edges leads to the leader of wave {wave} from {later}"
        case ADeliver(wave=wave):
            return f"it is next in the order, in the history of the leader of wave {wave}"
        case CreateVertex(vertex=vertex):
            return f"it goes to round {vertex.round}; {held(state, vertex.round - 1)}"
        case Freeze():
            return "its newest vertex says so"
        case Resume(target=target, freezers=freezers):
            names = ", ".join(map(replica_name, freezers))
            return f"it delivered freezes of {replica_name(target)} by {names}"
        case Reject(origin=origin):
            return f"{_opened(state, origin)}; what it refuses is above a cut, or knows of none"
        case _:
            return ""


def reason_against(state: ReplicaState, event: AnyEvent) -> str:
    """What keeps the reference, in this state, from doing this."""
    match event:
        case InsertVertex(vertex=vertex):
            return _against_insertion(state, vertex)
        case CommitLeader(wave=wave):
            return _against_commit(state, wave)
        case ADeliver(vertex=name):
            if not state.dag.holds(name):
                return f"{with_digest(name)} is not in its DAG"
            if (name.round, name.source) not in state.ordering.undelivered:
                return f"{name.name} is delivered already"
            return f"{name.name} is not in the history of a leader that is being delivered"
        case CreateVertex():
            return _against_creation(state, event)
        case Freeze():
            return "its newest vertex says no freeze that is not told already"
        case Resume(target=target) | Reject(origin=target):
            return _opened(state, target)
        case _:
            return ""


def _against_creation(state: ReplicaState, event: CreateVertex) -> str:
    if event.vertex.freezes:
        targets = sorted({freeze.target for freeze in event.vertex.freezes})
        opened = "; ".join(_opened(state, target) for target in targets)
        before = sorted(state.recovery.said)
        said = ", ".join(f"{replica_name(target)} in epoch {epoch}" for target, epoch in before)
        return f"{opened}; it has frozen before: {said or 'nobody'}"
    if state.recovering:
        epoch = state.broadcast.usig.epoch
        return f"its epoch {epoch} is not open: {_opened(state, state.replica)}"
    return f"it is in round {state.round} and has made its vertex there"


def _opened(state: ReplicaState, replica: int) -> str:
    """Since when which epoch of a replica is open."""
    opening = state.recovery.openings[replica][-1]
    since = f" since the cut {opening.cut}" if opening.leader else ""
    return f"of {replica_name(replica)} epoch {opening.epoch} is open{since}"


def held(state: ReplicaState, round_: int) -> str:
    """What of a round is in the DAG."""
    needed = state.setting.profile.edge_quorum(state.setting.configuration)
    names = ", ".join(vertex.name for vertex in state.dag.round_vertices(round_)) or "nothing"
    return f"of round {round_} it holds {names}; {needed} are a quorum"


def _against_commit(state: ReplicaState, wave: int) -> str:
    leaders, decided = state.ordering.leaders, state.ordering.decided
    if wave <= decided:
        return f"wave {wave} is decided already, as are all up to {decided}"
    if wave > len(leaders):
        return f"the coin of wave {wave} has not been shown to it"
    return _support(state, wave)


def _support(state: ReplicaState, wave: int) -> str:
    """How near a wave is to a direct commit."""
    leaders = state.ordering.leaders
    leader = get_wave_vertex_leader(state.dag, leaders, wave)
    if leader is None:
        name = f"{replica_name(leaders[wave - 1])}{round_in_wave(wave, 1)}"
        return f"the leader of wave {wave} is {name}, which is not in its DAG"
    needed = state.setting.profile.commit_quorum(state.setting.configuration)
    names = ", ".join(vertex.name for vertex in supporters(state.dag, wave, leader)) or "nobody"
    return (
        f"the leader of wave {wave} is {with_digest(leader.id)}; of the wave's last round it is"
        f" supported by {names}; {needed} are needed"
    )


def _against_insertion(state: ReplicaState, vertex: Vertex) -> str:
    if state.dag.holds(vertex.id):
        return f"{vertex.name} is in its DAG already"
    missing = [with_digest(n) for n in vertex.predecessors if not state.dag.holds(n)]
    if missing:
        return f"{vertex.name} has edges to what is not in its DAG: {', '.join(missing)}"
    return f"no {with_digest(vertex.id)} waits to be inserted"
