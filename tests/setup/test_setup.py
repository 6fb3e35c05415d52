"""Setup ends with one identity for each replica and one seed, or says why it does not."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from tee_rider.model_check.telling.setup_story import reason
from tee_rider.model_check.world.setup_check import leaks, seed_of, violations
from tee_rider.model_check.world.setup_lies import RandomLiar, make_hand
from tee_rider.model_check.world.setup_run import PHASES, messages_of_setup, run_setup
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.setup import Messages, begin_setup, setup_step
from tee_rider.spec.setup_messages import Hello, HelloEcho, Phase, Ready, Reply, SetupMessage, Stop

Fresh = Callable[..., list[Enclave]]
Lie = Callable[[Phase, Messages], dict[int, SetupMessage]]


class Scripted:
    """Says what its enclave should say, but for what the script changes."""

    def __init__(self, enclave: Enclave, lie: Lie) -> None:
        self.state, self.outbox = begin_setup(enclave)
        self.lie = lie

    def say(self, phase: Phase, heard: Messages) -> Messages:
        said = {**self.outbox, **self.lie(phase, heard)}
        self.state, self.outbox = setup_step(self.state, heard)
        return {i: message for i, message in said.items() if not isinstance(message, Stop)}


@pytest.mark.parametrize("n", [3, 4, 7])
def test_correct_replicas_agree_on_identities_and_seed(n: int, fresh: Fresh) -> None:
    enclaves = fresh(n)
    run = run_setup(enclaves)
    assert run.ready == list(range(n))
    joined = [state.enclave for state in run.states.values()]
    assert {enclave.seed for enclave in joined} == {seed_of(e.share for e in enclaves)}
    assert {enclave.identities for enclave in joined} == {tuple(e.attestation for e in enclaves)}
    assert violations(run.states, enclaves) == leaks(run) == ()


@pytest.mark.parametrize("n", range(3, 11))
def test_messages_are_as_many_as_the_formula_says(n: int, fresh: Fresh) -> None:
    run = run_setup(fresh(n))
    assert run.messages == messages_of_setup(n) == 4 * n * (n - 1)
    kinds = [list(run.sent[phase]) for phase in PHASES]
    assert kinds == [["Hello"], ["HelloEcho"], ["Reply"], ["Ready"]]


def test_who_has_ended_hears_nothing_more(fresh: Fresh) -> None:
    done = run_setup(fresh(3)).states[0]
    assert setup_step(done, {1: Stop(), 2: Stop()}) == (done, {})


def complaints(enclaves: list[Enclave], lie: Lie) -> dict[str, list[str]]:
    """What A and B complain of, if C's host lies so."""
    run = run_setup(enclaves, {2: Scripted(enclaves[2], lie)})
    assert violations(run.states, enclaves) == ()
    return {
        f"{'AB'[i]} {state.phase}": [reason(state, complaint) for complaint in state.complaints]
        for i, state in run.states.items()
    }


def only(phase: Phase, said: dict[int, SetupMessage]) -> Lie:
    return lambda now, heard: said if now is phase else {}


def test_who_is_missing_is_named_and_who_stopped_because_of_it(fresh: Fresh) -> None:
    # The script takes Stop for silence.
    assert complaints(fresh(3), only(Phase.HELLO, {0: Stop()})) == {
        "A failed": ["C is missing"],
        "B failed": ["A has stopped"],
    }


def test_a_replica_that_shows_two_enclaves_is_contradicted(fresh: Fresh) -> None:
    second = Hello(fresh(3, life=1)[2].attestation)
    about = "it got another attestation of C; one of them is faulty"
    assert complaints(fresh(3), only(Phase.HELLO, {1: second})) == {
        "A failed": [f"B contradicts: {about}"],
        "B failed": [
            f"A contradicts: {about}",
            "C contradicts: it got another attestation of itself; one of them is faulty",
        ],
    }


def test_an_enclave_with_weaker_rules_is_refused(fresh: Fresh) -> None:
    weaker = fresh(3, profile=replace(HARDENED, name="weaker"))[2].attestation
    told = complaints(fresh(3), only(Phase.HELLO, {0: Hello(weaker)}))
    assert told["A failed"] == ["C shows no attestation of an enclave of its own with these rules"]


def test_an_enclave_in_a_later_epoch_is_refused(fresh: Fresh) -> None:
    later = fresh(3)[2].restart().attestation
    told = complaints(fresh(3), only(Phase.HELLO, {0: Hello(later)}))
    assert told["A failed"] == ["C shows no attestation of an enclave of its own with these rules"]


def test_shares_that_are_reflected_foreign_or_replayed_are_refused(fresh: Fresh) -> None:
    enclaves, old = fresh(3), fresh(3, life=1)
    refused = {"A failed": ["C sends something else than its share"], "B failed": ["A has stopped"]}

    def heard_from(sender: int) -> Lie:
        return lambda phase, heard: {0: heard[sender]} if phase is Phase.REPLY else {}

    replayed = Reply(old[2].seal_share(old[0].attestation))
    assert complaints(enclaves, heard_from(0)) == refused  # A's own, reflected
    assert complaints(enclaves, heard_from(1)) == refused  # B's for C
    assert complaints(enclaves, only(Phase.REPLY, {0: replayed})) == refused
    for_b = Reply(enclaves[2].seal_share(enclaves[1].attestation))
    assert complaints(enclaves, only(Phase.REPLY, {0: for_b})) == refused


def test_a_message_of_another_phase_is_no_answer(fresh: Fresh) -> None:
    told = complaints(fresh(3), only(Phase.ECHO, {0: Ready()}))
    assert told["A failed"] == ["C says something that does not belong here"]


def test_an_echo_that_leaves_somebody_out_is_contradicted(fresh: Fresh) -> None:
    enclaves = fresh(3)
    short = HelloEcho(tuple(e.attestation for e in enclaves[:2]))
    told = complaints(enclaves, only(Phase.ECHO, {1: short}))
    assert told["B failed"] == [
        "C contradicts: it got another attestation of itself; one of them is faulty"
    ]


def test_withholding_ready_leaves_one_ready_and_the_other_with_the_seed(fresh: Fresh) -> None:
    assert complaints(fresh(3), only(Phase.READY, {1: Stop()})) == {
        "A done": [],
        "B failed": ["C is missing"],
    }


@pytest.mark.parametrize(("n", "faulty"), [(4, 1), (5, 2), (6, 5), (7, 3)])
def test_random_lies_stop_setup_or_not_but_never_split_it(
    n: int, faulty: int, hardened: Callable[[int], Setting], fresh: Fresh
) -> None:
    ends = set()
    for seed in range(40):
        random, lying = Random(f"{seed} lies"), range(n - faulty, n)
        hands = {i: make_hand(hardened(n), i, seed, lying) for i in lying}
        run = run_setup(
            fresh(n, seed), {i: RandomLiar(hand, random, 0.05) for i, hand in hands.items()}
        )
        made = [*fresh(n, seed), *(hand.enclaves[1] for hand in hands.values())]
        assert violations(run.states, made) == leaks(run) == ()
        ends.add(len(run.ready))
    assert {0, n - faulty} <= ends
