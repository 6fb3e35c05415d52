"""What a replica must refuse, case by case: for each input the reason, and nothing else changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.mutation.worlds import EndlessError
from tee_rider.model_check.world.host import local_step
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED, TEE_RIDER, quorum
from tee_rider.reference.replica import ReplicaState, initial_state, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import Reject
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Input, Receive, Send
from tee_rider.spec.messages import (
    Content,
    Echo,
    Junk,
    RecoveryRequest,
    SignedMessage,
    content_bytes,
)
from tee_rider.spec.rejections import RejectionReason as Why
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.vertex import FreezeStatement, StrongEdge, Vertex, WeakEdge, content_digest

N = 3
SILENT = "no output at all"
MOST_MESSAGES = 1_000
"""More than three replicas exchange in a few rounds."""
Expected = Why | str | None
"""The reason, silence, or None: it is taken in."""


def in_step(profile: Profile, rounds: int) -> list[ReplicaState]:
    """Three replicas in this round, each of which has heard everything."""
    setting = Setting(largest_configuration(N), profile)
    states, exchanged = [initial_state(setting, IdealUsig(i)) for i in range(N)], 0
    for _ in range(rounds):
        steps = [local_step(state, Advance(), lambda i, wave: 0) for state in states]
        states = [state for state, _, _ in steps]
        messages = [(i, send.message) for i, (_, sends, _) in enumerate(steps) for send in sends]
        while messages:
            sender, message = messages.pop(0)
            exchanged += 1
            if exchanged > MOST_MESSAGES:
                raise EndlessError(f"after {MOST_MESSAGES} messages there are still more")
            for i in range(N):
                if i != sender:
                    taken = local_step(states[i], Receive(message), lambda j, wave: 0)
                    states[i] = taken[0]
                    echoes = [s.message for s in taken[1] if isinstance(s.message.content, Echo)]
                    messages += [(i, echo) for echo in echoes]
    return states


def signed(content: Content, counter: int, epoch: int = 1, replica: int = 2) -> SignedMessage:
    """By C's enclave, unless said otherwise."""
    _, ui = IdealUsig(replica, epoch, counter - 1).create_ui(content_bytes(content))
    return SignedMessage(content, ui)


def changed(vertex: Vertex, **parts: object) -> Vertex:
    """Another content, under its digest."""
    other = replace(vertex, **parts)  # type: ignore[arg-type]
    return replace(other, digest=content_digest(other))


Case = tuple[str, ReplicaState, Input, Expected]


def messages(base: Profile) -> Iterator[Case]:
    """Messages that are none, or not now."""
    a, _, c = in_step(base, 2)
    nxt = next(
        send.message for send in step(c, Advance())[1] if isinstance(send, Send)
    )  # C's vertex of round 3
    vertex, counter = nxt.content, nxt.ui.counter
    assert isinstance(vertex, Vertex)
    known = replace(nxt, ui=replace(nxt.ui, counter=1))
    nobody = replace(nxt, ui=replace(nxt.ui, replica=N))
    below = replace(nxt, ui=replace(nxt.ui, counter=0))
    yield "a right vertex", a, Receive(nxt), None
    yield "of nobody", a, Receive(nobody), SILENT
    yield "with counter 0", a, Receive(signed(Junk(b""), 0)), SILENT
    yield "known", a, Receive(known), SILENT
    yield "before counter 1", a, Receive(below), SILENT
    fresh = initial_state(a.setting, IdealUsig(0))
    bad = UniqueIdentifier(2, 1, -1, IdealUsig(2).certificate(content_bytes(Junk(b"")), 2, 1, -1))
    yield "negative counter", fresh, Receive(SignedMessage(Junk(b""), bad)), SILENT
    forged = replace(nxt, ui=replace(nxt.ui, certificate=b"\0" * 32))
    yield "not signed", a, Receive(forged), Why.NOT_SIGNED
    if base.name == TEE_RIDER.name:
        late = signed(RecoveryRequest(), 1, 2)
        yield "epoch 2", a, Receive(late), Why.EPOCH_NOT_ACCEPTED
    else:
        yield "a request", a, Receive(signed(RecoveryRequest(), 1, 2)), None
        junk_first = step(a, Receive(signed(Junk(b"?"), 1, 2)))[0]
        second = signed(RecoveryRequest(), 2, 2)
        yield "request second", junk_first, Receive(second), Why.NOT_UNDERSTOOD
        yield "junk first", a, Receive(signed(Junk(b"?"), 1, 2)), Why.NOT_UNDERSTOOD
    yield "junk", a, Receive(signed(Junk(b"?"), counter)), Why.NOT_UNDERSTOOD
    yield "request now", a, Receive(signed(RecoveryRequest(), counter)), Why.NOT_UNDERSTOOD
    yield "request first", fresh, Receive(signed(RecoveryRequest(), 1)), Why.NOT_UNDERSTOOD
    for name, echo in (("nobody", Echo(N, 1, 1)), ("counter 0", Echo(0, 1, 0))):
        yield f"echo of {name}", a, Receive(signed(echo, counter)), Why.NOT_UNDERSTOOD
    wrong: dict[Why, Vertex] = {
        Why.SOURCE_IS_NOT_SIGNER: changed(vertex, source=1),
        Why.ROUND_NOT_INCREASING: changed(vertex, round=2),
        Why.DIGEST_MISMATCH: replace(vertex, digest="0" * 64),
        Why.TOO_FEW_STRONG_EDGES: changed(vertex, strong_edges=vertex.strong_edges[2:]),
        Why.EDGES_NOT_SORTED: changed(vertex, strong_edges=vertex.strong_edges[::-1]),
        Why.WEAK_EDGE_NOT_OLDER: changed(vertex, weak_edges=(WeakEdge(2, 0, "0" * 64),)),
        Why.EDGE_OUT_OF_RANGE: changed(vertex, weak_edges=(WeakEdge(0, 0, "0" * 64),)),
    }
    if base.self_edge_required:
        wrong[Why.OWN_PREDECESSOR_MISSING] = changed(vertex, strong_edges=vertex.strong_edges[:2])
    for why, said in wrong.items():
        yield str(why), a, Receive(signed(said, counter)), why
    far = (*vertex.strong_edges[:2], StrongEdge(N, "0" * 64))
    beyond = changed(vertex, strong_edges=far)
    yield "edge to nobody", a, Receive(signed(beyond, counter)), Why.EDGE_OUT_OF_RANGE
    first = changed(vertex, round=1)
    yield "edges in round 1", fresh, Receive(signed(first, 1)), Why.FIRST_ROUND_WITH_EDGES
    weak = changed(vertex, round=1, strong_edges=(), weak_edges=(WeakEdge(1, 0, "0" * 64),))
    yield "weak edges in round 1", fresh, Receive(signed(weak, 1)), Why.FIRST_ROUND_WITH_EDGES
    late_first = changed(vertex, strong_edges=vertex.strong_edges[:2])
    yield "a first vertex without self-edge", fresh, Receive(signed(late_first, 1)), None
    ui = signed(RecoveryRequest(), 1, 2, 1).ui
    nobodys = signed(RecoveryRequest(), 1, 2, N).ui
    freezes = {
        "right": FreezeStatement(1, 1, 2, ui.certificate.hex()),
        "not attested": FreezeStatement(1, 1, 2, "00"),
        "of nobody": FreezeStatement(N, 1, 2, nobodys.certificate.hex()),
        "of epoch 0": FreezeStatement(1, 0, 2, ui.certificate.hex()),
        "for itself": FreezeStatement(1, 2, 2, ui.certificate.hex()),
    }
    for name, freeze in freezes.items():
        said = changed(vertex, freezes=(freeze,))
        good = name == "right" and base.name != TEE_RIDER.name
        why_not = None if good else Why.FREEZE_NOT_ATTESTED
        yield f"freeze {name}", a, Receive(signed(said, counter)), why_not


def without_weak_edges(base: Profile) -> Iterator[Case]:
    """Where the profile has none, a vertex may have none."""
    profile = replace(base, weak_edges=None)
    a, _, c = in_step(profile, 3)
    (nxt,) = (send.message for send in step(c, Advance())[1] if isinstance(send, Send))
    assert isinstance(nxt.content, Vertex)
    weak = changed(nxt.content, weak_edges=(WeakEdge(1, 0, "0" * 64),))
    message = signed(weak, nxt.ui.counter)
    yield "weak edges where there are none", a, Receive(message), Why.WEAK_EDGES_NOT_USED


def other_inputs(base: Profile) -> Iterator[Case]:
    """Advancing and coins out of turn."""
    early, asking = in_step(base, 1)[0], in_step(base, 4 if _at_once(base) else 5)[0]
    alone = step(initial_state(early.setting, IdealUsig(0)), Advance())[0]
    yield "advance", early, Advance(), None
    yield "advance too early", alone, Advance(), Why.ROUND_INCOMPLETE
    yield "coin not asked for", early, CoinReleased(1, 0), Why.COIN_NOT_REQUESTED
    asked, outputs = step(asking, Advance())
    if CoinRequested(1) in outputs:
        yield "the coin", asked, CoinReleased(1, 0), None
        yield "coin of wave 2", asked, CoinReleased(2, 0), Why.COIN_NOT_REQUESTED
        yield "a leader whom nobody knows", asked, CoinReleased(1, N), Why.COIN_NOT_REQUESTED
        shown = step(asked, CoinReleased(1, 0))[0]
        yield "coin twice", shown, CoinReleased(1, 0), Why.COIN_NOT_REQUESTED
    else:
        yield "no coin is asked for", asked, Advance(), SILENT


def _at_once(base: Profile) -> bool:
    return base.coin_release == "round_complete"


def waits_for_its_own(base: Profile) -> Iterator[Case]:
    """Who must build on its own vertex waits until enough are known to hold it."""
    if not base.self_edge_required:
        return
    profile = replace(base, holders_before_delivery=quorum)
    a, b, c = in_step(profile, 1)
    a = step(a, Advance())[0]
    others = [step(state, Advance())[1][-1] for state in (b, c)]
    sent = [o.message for state in (b, c) for o in step(state, Advance())[1] if isinstance(o, Send)]
    assert others
    for message in sent:
        a = step(a, Receive(message))[0]
    for i, (echoing, origin) in enumerate(((1, 2), (2, 1))):
        place = sent[1 - i].ui.counter
        counter = sent[i].ui.counter + 1
        echo = signed(Echo(origin, 1, place), counter, replica=echoing)
        a = step(a, Receive(echo))[0]
    yield "own vertex not held", a, Advance(), Why.ROUND_INCOMPLETE


GROUPS: tuple[Callable[[Profile], Iterator[Case]], ...] = (
    messages,
    without_weak_edges,
    other_inputs,
    waits_for_its_own,
)


@dataclass(frozen=True, slots=True)
class RefusalGround(Ground):
    """Every case above, for both profiles."""

    checker = "refusals"

    @property
    def bound(self) -> str:
        """For whom."""
        return f"one input after the other that must be refused, TEE_RIDER and HARDENED, n={N}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Try each."""
        violated: dict[str, tuple[str, ...]] = {}
        for base in (TEE_RIDER, HARDENED):
            for group in GROUPS:
                for name, state, input_, expected in group(rules.over(base)):
                    found = _answer(state, input_)
                    if found != expected:
                        told = f"{name} under {base.name}: {found or 'taken in'}"
                        wanted = f"expected: {expected or 'taken in'}"
                        violated.setdefault(f"refusal: {name}", ("1 input:", told, wanted))
        return Trial(violated)


def _answer(state: ReplicaState, input_: Input) -> Expected:
    after, outputs = step(state, input_)
    if not outputs:
        return SILENT if after == state else "another state, in silence"
    reasons = [output.reason for output in outputs if isinstance(output, Reject)]
    return reasons[0] if reasons else None
