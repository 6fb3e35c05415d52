"""How a replica of NxBFT gets a new key: n proposals, and q commits of the longest chain."""

from dataclasses import replace

from tee_rider.model_check.nxbft.dissemination import (
    address_of,
    buffer_walk,
    verified,
    with_buffered,
)
from tee_rider.model_check.nxbft.messages import Chain, Commit, Proposal, ReturnRequest
from tee_rider.model_check.nxbft.state import Output, Peer, Return, State, Step
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.events import Resume
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Vertex


def process_request(state: State, target: int, epoch: int) -> Step:
    """Stop listening to the target, and tell everybody the chain of it that stands in the DAG.

    What is only buffered is thrown away, but still counts for ``max_round`` (F4).

    Source: NxBFT's pseudo-code, process_recovery_request.
    """
    if (target, epoch) in state.finished or find(state, target, epoch) is not None:
        return state, ()
    outputs: list[Output] = []
    if state.recovering and target != state.replica:
        # The one who asks may not have heard that this one is away as well.
        outputs.append(state.to_others(ReturnRequest(state.replica, state.usig.epoch)))
    state = replace(state, returns=(*state.returns, Return(target, epoch)))
    state = without_buffered(state, target)
    state = state.with_peer(target, lambda peer: replace(peer, returning=True))
    proposal = Proposal(state.replica, target, epoch, held_chain(state, target))
    outputs.append(state.to_others(proposal))
    state, more = process_proposal(state, proposal)
    return state, (*outputs, *more)


def held_chain(state: State, target: int) -> Chain:
    """The target's newest vertices in consecutive rounds, back to where their counters begin.

    Which epoch they are of is not looked at: they need only be signed by the key of their round
    (F7).

    Source: NxBFT's pseudo-code, process_recovery_request.
    """
    own = {address_of(m)[0]: m for m in state.held if m.ui.replica == target}
    chain: list[SignedMessage] = []
    round_ = max(own, default=0)
    while message := own.get(round_):
        if not chain and not verified(state, message):
            break
        if chain and message.ui.counter > chain[0].ui.counter:
            break
        chain.insert(0, message)
        if message.ui.counter == 1:
            break
        round_ -= 1
    return tuple(chain)


def process_proposal(state: State, proposal: Proposal) -> Step:
    """Keep the longest valid chain; when all n have proposed, commit to it before everybody.

    Source: NxBFT's pseudo-code, process_recovery_proposal: chains are compared by their length.
    """
    target, epoch = proposal.target, proposal.epoch
    state, outputs = process_request(state, target, epoch)
    heard = find(state, target, epoch)
    if heard is None or heard.proposers >> proposal.sender & 1:
        return state, outputs
    longer = len(proposal.chain) > len(heard.longest)
    if longer and valid_chain(state, target, proposal.chain):
        heard = replace(heard, longest=proposal.chain)
    heard = replace(heard, proposers=heard.proposers | 1 << proposal.sender)
    state = _with_return(state, heard)
    if heard.proposers != state.everybody:
        return state, outputs
    commit = Commit(state.replica, target, epoch, heard.longest)
    state, more = process_commit(state, commit)
    return state, (*outputs, state.to_others(commit), *more)


def valid_chain(state: State, target: int, chain: Chain) -> bool:
    """Rounds without gaps, enough edges, signed by the keys of these rounds.

    Counters are not compared, neither with each other nor with the first of the key (F6).

    Source: NxBFT's code, process_recovery_proposal; its pseudo-code lets rounds skip.
    """
    vertices = [message.content for message in chain]
    if not all(isinstance(vertex, Vertex) for vertex in vertices):
        return False
    rounds = [address_of(message)[0] for message in chain]
    return rounds == list(range(rounds[0], rounds[0] + len(rounds))) and all(
        message.ui.replica == target
        and isinstance(message.content, Vertex)
        and vertex_rejection(state.setting, target, 0, message.content) is None
        and verified(state, message)
        for message in chain
    )


def process_commit(state: State, commit: Commit) -> Step:
    """With q equal commits the new key is confirmed; commits carry no unique identifier (F3).

    Source: NxBFT's pseudo-code, process_recovery_commit.
    """
    target, epoch = commit.target, commit.epoch
    state, outputs = process_request(state, target, epoch)
    heard = find(state, target, epoch)
    if heard is None or any(sender == commit.sender for sender, _ in heard.commits):
        return state, outputs
    commits = sorted((*heard.commits, (commit.sender, commit.chain)), key=lambda entry: entry[0])
    heard = replace(heard, commits=tuple(commits))
    state = _with_return(state, heard)
    equal = sum(chain == commit.chain for _, chain in heard.commits)
    if equal < state.setting.configuration.quorum_size:
        return state, outputs
    state, more = confirm(state, target, epoch, commit.chain)
    return state, (*outputs, *more)


def confirm(state: State, target: int, epoch: int, chain: Chain) -> Step:
    """Take the chain over, bind the old key to the rounds seen so far, and count from 1 again.

    The bound is ``max_round``, which may be beyond the chain (F4). What stands in the DAG stays,
    also where the chain has another vertex.

    Source: NxBFT's pseudo-code, process_recovery_commit and replace_peer. The restart round after
    an empty chain: ours, the pseudo-code has none.
    """
    missing = tuple(m for m in chain if state.dag.get(*address_of(m)) is None)
    state = with_buffered(without_buffered(state, target), missing)
    last = max((address_of(message)[0] for message in chain), default=0)
    bound = max(last, state.peers[target].max_round)

    def change(peer: Peer) -> Peer:
        return Peer(keys=peer.keys.replaced(epoch, bound), max_round=bound)

    state = state.with_peer(target, change)
    left = tuple(heard for heard in state.returns if (heard.target, heard.epoch) != (target, epoch))
    state = replace(state, returns=left, finished=state.finished | {(target, epoch)})
    if target == state.replica:
        state = replace(state, recovering=False, restart_round=(last or bound) + 1)
    # Whoever proposed has stopped listening to the target, and all have.
    freezers = tuple(i for i in range(len(state.peers)) if i != target)
    state, outputs = buffer_walk(state)
    return state, (Resume(target=target, epoch=epoch, cut=bound, freezers=freezers), *outputs)


def find(state: State, target: int, epoch: int) -> Return | None:
    """What was heard of a request, None if it is unknown or over."""
    wanted = (target, epoch)
    return next((r for r in state.returns if (r.target, r.epoch) == wanted), None)


def without_buffered(state: State, target: int) -> State:
    """The state without the target's vertices that are not in the DAG."""
    buffer = tuple(message for message in state.buffer if message.ui.replica != target)
    state = state.with_peer(target, lambda peer: replace(peer, early=()))
    return replace(state, buffer=buffer)


def _with_return(state: State, heard: Return) -> State:
    others = (r for r in state.returns if (r.target, r.epoch) != (heard.target, heard.epoch))
    returns = sorted((*others, heard), key=lambda r: (r.target, r.epoch))
    return replace(state, returns=tuple(returns))
