"""Which proofs an enclave must not take for the coin, case by case."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.world.early_coin import in_step
from tee_rider.model_check.world.host import as_signed, gather_proof
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.reference.replica import ReplicaState
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.coin import CoinProof, SignedVertex
from tee_rider.spec.configuration import WAVE_LENGTH, largest_configuration
from tee_rider.spec.messages import content_bytes
from tee_rider.spec.vertex import FreezeStatement, Vertex, content_digest

N = 3
C = 2


def signed(enclave: Enclave, vertex: Vertex, usig: IdealUsig) -> SignedVertex:
    """By this enclave, if its counter were where the USIG says."""
    _, ui = replace(enclave, usig=usig).create_ui(content_bytes(vertex))
    return SignedVertex(vertex, ui)


def changed(vertex: Vertex, **parts: object) -> Vertex:
    """Another content, under its digest."""
    other = replace(vertex, **parts)  # type: ignore[arg-type]
    return replace(other, digest=content_digest(other))


def proofs(profile: Profile, name: str) -> Iterator[tuple[str, Enclave, CoinProof, bool]]:
    """A name, an enclave, what it is shown, and whether it should show the leader of wave 1."""
    setting = Setting(largest_configuration(N), profile)
    late = profile.coin_release == "next_round_quorum"
    round_ = WAVE_LENGTH + late
    states = in_step(setting, round_)
    b, c = states[1], states[C]
    asked, enclave = b.broadcast.usig, c.broadcast.usig
    assert isinstance(asked, Enclave) and isinstance(enclave, Enclave)
    right = gather_proof(b, 1)
    mine = c.dag.get(round_, C)
    assert mine is not None
    counter = enclave.usig.counter if isinstance(enclave.usig, IdealUsig) else 0
    one, parents = right.vertices[0], right.parents

    def with_one_of_c(vertex: Vertex, usig: IdealUsig | None = None) -> CoinProof:
        usig = usig or IdealUsig(C, 1, counter - 1)
        return CoinProof((one, signed(enclave, vertex, usig)), parents)

    yield "right", asked, right, True
    yield "right with C's", asked, with_one_of_c(mine), True
    yield "one vertex", asked, CoinProof((one,), parents), False
    yield "one vertex twice", asked, CoinProof((one, one), parents), False
    yield "the round before", asked, CoinProof(parents, ()), False
    firsts = CoinProof(_all_parents(b, 1), ())
    yield "round 1", asked, firsts, False
    shallow = in_step(setting, round_ - 1)[1]
    yield "complete proof of the round before", asked, _of(shallow, round_ - 1), False
    other = right.vertices[1]
    unsigned = SignedVertex(other.vertex, replace(other.ui, certificate=b"\0" * 32))
    yield "not signed", asked, CoinProof((one, unsigned), parents), False
    yield "without parents", asked, CoinProof(right.vertices, ()), False
    yield "with counter 0", asked, with_one_of_c(mine, IdealUsig(C, 1, -1)), False
    nobody = changed(mine, source=N)
    yield "by nobody", asked, with_one_of_c(nobody, IdealUsig(N)), False
    renewed = with_one_of_c(mine, IdealUsig(C, 2))
    yield "of epoch 2", asked, renewed, name != TEE_RIDER.name
    freeze = FreezeStatement(0, 1, 2, "00")
    yield "a forged freeze", asked, with_one_of_c(changed(mine, freezes=(freeze,))), False
    without = changed(mine, strong_edges=mine.strong_edges[:2])
    of_a, usig_of_a = states[0].dag.get(round_, 0), states[0].broadcast.usig
    assert of_a is not None and isinstance(usig_of_a, Enclave)
    narrow = changed(of_a, strong_edges=of_a.strong_edges[:2])
    firsts_of_c = signed(enclave, without, IdealUsig(C, 1, counter - 1))
    by_a = signed(usig_of_a, narrow, IdealUsig(0, 1, counter - 1))
    below = tuple(parent for parent in right.parents if parent.vertex.source != C)
    yield "a first vertex", asked, CoinProof((by_a, firsts_of_c), below), True
    all_parents = _all_parents(states[1], round_ - 1)
    self_edge = CoinProof(
        (one, signed(enclave, without, IdealUsig(C, 1, counter - 1))), all_parents
    )
    yield "without self-edge", asked, self_edge, not _named(name).self_edge_required


def _named(name: str) -> Profile:
    return {p.name: p for p in (TEE_RIDER, HARDENED)}[name]


def _of(state: ReplicaState, round_: int) -> CoinProof:
    vertices = _all_parents(state, round_)
    return CoinProof(vertices, _all_parents(state, round_ - 1))


def _all_parents(state: ReplicaState, round_: int) -> tuple[SignedVertex, ...]:
    return as_signed(state, state.dag.round_vertices(round_))


@dataclass(frozen=True, slots=True)
class ProofGround(Ground):
    """Every case above, for both profiles."""

    checker = "coin proofs"

    @property
    def bound(self) -> str:
        """For whom."""
        return f"one proof after the other, right and wrong, TEE_RIDER and HARDENED, n={N}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Show each to an enclave."""
        violated: dict[str, tuple[str, ...]] = {}
        for base in (TEE_RIDER, HARDENED):
            for name, enclave, proof, should in proofs(rules.over(base), base.name):
                if (enclave.coin(1, proof) is not None) != should:
                    told = f"{name} under {base.name}: the coin {'hides' if should else 'shows'}"
                    violated.setdefault(f"proof: {name}", ("1 proof:", told))
        return Trial(violated)
