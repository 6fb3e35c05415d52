"""Mutants of a whole rule: of the profile, of setup and clients, and of other designs."""

from collections.abc import Sequence

from tee_rider.model_check.mutation import homes
from tee_rider.model_check.mutation.edits import Edit
from tee_rider.model_check.mutation.explored import AGAIN, ANSWER, DIRECT, EARLY
from tee_rider.model_check.mutation.getting_on import VOTES_LATE
from tee_rider.model_check.mutation.homes import everybody
from tee_rider.model_check.mutation.mutants import Mutant, quorum_less_one
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.mutation.schedules import SELF_EDGE, SUCCESSOR, TOO_FEW
from tee_rider.model_check.mutation.worlds import LINEAR, PROGRESS
from tee_rider.model_check.world.coin import signatures_only
from tee_rider.model_check.world.service_mutants import ExecutesTwice, HighestNumber, NoReplyCache
from tee_rider.model_check.world.setup_mutants import SETUP_MUTANTS
from tee_rider.reference.dag import Dag
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.opening import Opening
from tee_rider.spec.usig import Usig
from tee_rider.spec.vertex import FreezeStatement, Vertex, VertexId

ONE_CONTENT, CUT = "non-equivocation", "recovery cut agreement"


def one_freeze_less(configuration: Configuration) -> int:
    """As many as can all be left out of a quorum."""
    return configuration.n - configuration.quorum_size


def any_freeze(configuration: Configuration, usig: Usig, freeze: FreezeStatement) -> bool:
    """Nobody need have asked for it."""
    return True


def of_any_epoch(
    freeze: FreezeStatement, target: Opening, said_in: VertexId, freezer: Opening
) -> bool:
    """A freeze of an epoch that is closed already counts as well."""
    return said_in.source != freeze.target


def sees_no_freeze(dag: Dag, vertex: Vertex, epoch: int) -> bool:
    """The old epoch goes on after the cut."""
    return False


def starts_anywhere(dag: Dag, vertex: Vertex, opening: Opening) -> bool:
    """The new epoch need not have heard of its opening."""
    return True


PROFILE_MUTANTS: Sequence[Mutant] = (
    Mutant(
        "delivery by all n holders",
        "holders_before_delivery: a single silent replica stops everything",
        Rules({"holders_before_delivery": everybody}),
        homes.RUNS,
        (PROGRESS,),
    ),
    Mutant(
        "coin when round 4w is complete",
        "coin_release: before round 4w + 1 has a quorum (F1)",
        Rules({"coin_release": "round_complete"}),
        homes.GAME,
        (DIRECT,),
    ),
    Mutant(
        "coin by signatures alone",
        "coin_proof: q signatures of the round, on anything (F5)",
        Rules({"coin_proof": signatures_only}),
        homes.EARLY_COIN,
        (EARLY,),
    ),
    Mutant(
        "votes counted once",
        "commit_evaluation: when the coin shows, not on arrival",
        Rules({"commit_evaluation": "once"}),
        VOTES_LATE,
        (PROGRESS,),
    ),
    Mutant(
        "self-edge not required",
        "self_edge_required: not, so a replica's next vertex may forget what it froze",
        Rules({"self_edge_required": False}),
        SELF_EDGE,
        (ONE_CONTENT, CUT),
    ),
    Mutant(
        "nobody returns",
        "replicas_return: not",
        Rules({"replicas_return": False}),
        SUCCESSOR,
        (PROGRESS,),
    ),
    *(
        Mutant(
            f"one freeze too few of {n}",
            "freezes_needed: n - q, so that a quorum need not hold a freezer",
            Rules({"freezes_needed": one_freeze_less}),
            TOO_FEW[n],
            (ONE_CONTENT, CUT),
        )
        for n in (3, 4, 5)
    ),
    Mutant(
        "freezes of q-1",
        "freezes_needed: one less than a quorum, where n is odd",
        Rules({"freezes_needed": quorum_less_one}),
        TOO_FEW[5],
        (ONE_CONTENT, CUT),
    ),
    Mutant(
        "freezes of q-1 of 4",
        "freezes_needed: one less than a quorum, where n is even",
        Rules({"freezes_needed": quorum_less_one}),
        TOO_FEW[4],
        (),
        equivalent="n - q + 1 = q - 1 where n is even: this is the rule itself",
        spared=(ONE_CONTENT, CUT, PROGRESS),
        only_at_even_n=True,
    ),
    Mutant(
        "freezes of all n",
        "freezes_needed: all, the target too, which makes no vertices before it is back",
        Rules({"freezes_needed": everybody}),
        homes.CRASHES,
        (PROGRESS,),
    ),
    Mutant(
        "request for another replica honoured",
        "freeze_attested: always; one faulty freezer names an epoch that nobody has",
        Rules({"freeze_attested": any_freeze}),
        SUCCESSOR,
        (PROGRESS,),
    ),
    Mutant(
        "an epoch opened twice",
        "freeze_counts: freezes of closed epochs too",
        Rules({"freeze_counts": of_any_epoch}),
        homes.CRASHES_AT_5,
        (CUT,),
    ),
    Mutant(
        "old epoch after the cut",
        "has_seen_freeze: never",
        Rules({"has_seen_freeze": sees_no_freeze}),
        homes.HARD_RUNS,
        (ONE_CONTENT, CUT),
    ),
    Mutant(
        "new epoch without path to its opening",
        "knows_opening: always",
        Rules({"knows_opening": starts_anywhere}),
        homes.HARD_RUNS,
        (ONE_CONTENT, CUT),
    ),
    Mutant(
        "counter restarts in the same epoch",
        "USIG: an enclave that is started again counts from 1 in the epoch that it had",
        Rules(new_epoch=1, edits=(Edit("usig.IdealUsig.restart", "self.epoch + 1", "self.epoch"),)),
        homes.RETURN,
        ("one vertex per address",),
    ),
)

OTHER_MUTANTS: Sequence[Mutant] = (
    *(
        Mutant(
            f"setup: {mutant.name}",
            mutant.rule.splitlines()[0],
            Rules(platform=mutant.platform, setup=mutant.step),
            homes.SETUP,
            mutant.killers,
        )
        for mutant in SETUP_MUTANTS
    ),
    Mutant(
        "dedupe by highest number",
        "service: whatever was overtaken counts as executed (F8)",
        Rules(service=HighestNumber),
        homes.REQUESTS,
        (ANSWER, AGAIN),
    ),
    Mutant(
        "no reply cache",
        "service: a duplicate is skipped, and not answered",
        Rules(service=NoReplyCache),
        homes.REQUESTS,
        (AGAIN,),
    ),
    Mutant(
        "executed twice",
        "service: whatever is delivered is executed",
        Rules(service=ExecutesTwice),
        homes.CLIENTS,
        ("replies",),
    ),
    Mutant(
        "reply of one replica",
        "client: the first reply is taken, where some hosts lie",
        Rules(replies="first"),
        homes.LIARS,
        (LINEAR,),
    ),
    *(
        Mutant(
            f"collected freezes: {name} too few",
            f"first design of recovery: d = {d}, r = {r}, so d + r = n = 3",
            Rules(holders_and_freezes=(d, r)),
            homes.COLLECTED,
            ("one vertex per round",),
        )
        for name, d, r in (("one holder", 1, 2), ("one freeze", 2, 1))
    ),
    *(
        Mutant(
            f"NXBFT: {name}",
            f"a protocol of its own, finding {finding}; HARDENED's rule instead is the true one",
            Rules(nxbft=True),
            homes.STORIES[finding],
            (finding,),
        )
        for finding, name in (
            ("F2", "junk not forwarded"),
            ("F3", "two chains told"),
            ("F4", "cut from the local view"),
            ("F6", "chain not from its first counter"),
            ("F7", "chain compared by length"),
            ("F9", "no weak edges"),
            ("F11", "an old copy uses up a counter of the new key"),
        )
    ),
)
