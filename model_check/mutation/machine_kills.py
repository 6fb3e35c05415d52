"""The column of the rule-based machines, as ``tests/mutants/test_machines.py`` pins it.

Hypothesis draws the examples. Only tests may use it, so its kills are written down here, and
compared there with what the machines do.
"""

from collections.abc import Mapping

from tee_rider.model_check.mutation.cells import Cell, Fate
from tee_rider.model_check.mutation.mutants import Mutant

NAME = "Hypothesis"
KILLED: Mapping[str, frozenset[str]] = {
    "TEE_RIDER": frozenset(
        {
            "commit with q-1",
            "commit without quorum",
            "commit with q-1 of 4",
            "edges q-1",
            "edges q-1 of 4",
            "commit and edges q-1 of 4",
            "counter gap",
            "junk not forwarded",
            "no weak edges",
            "insertion before predecessors",
            "no walk-back",
            "walk-back without path",
            "delivery before ancestors",
            "delivery twice",
            "delivery by all n holders",
            "second of two messages with one counter",
            "waiting twice",
            "forged signature",
            "echo of nobody",
            "junk understood",
            "rejected slot not used up",
            "invalid vertex delivered",
            "rejection not heeded",
            "round of the last vertex forgotten",
            "origin does not count as holder",
            "delivered again and again",
            "counter does not count",
            "USIG verifies anything",
            "source is not signer",
            "second vertex for a round",
            "edge out of range",
            "too few edges",
        }
    ),
    "HARDENED": frozenset(
        {
            "nobody returns",
            "one freeze too few of 3",
            "one freeze too few of 4",
            "one freeze too few of 5",
            "freezes of q-1",
            "freezes of q-1 of 4",
            "freezes of all n",
            "an epoch opened twice",
            "new epoch without path to its opening",
            "nothing handed out to who returns",
        }
    ),
}
"""By which machine: that of runs without returns, or else that of runs with them."""
SURVIVE = frozenset(
    {
        "coin when round 4w is complete",
        "coin by signatures alone",
        "votes counted once",
        "self-edge not required",
        "request for another replica honoured",
        "old epoch after the cut",
        "origin out of range",
        "counter 0",
        "epoch 2 where nobody returns",
        "not sent back to who returned",
        "forward to the origin too",
        "freeze where nobody returns",
        "request in a used epoch",
        "request in the first epoch",
        "request twice",
        "no echo",
        "delivered before held",
        "echo of what is delivered",
        "digest of another content",
        "edges in round 1",
        "an edge twice",
        "weak edge to the round before",
        "weak edge where there are none",
        "no self-edge",
    }
)
"""Neither machine notices these within its examples. No others are played there."""


def machine_cell(mutant: Mutant) -> Cell:
    """What the machines make of a mutant."""
    for machine, names in KILLED.items():
        if mutant.name in names:
            told = f"machine of {machine}"
            return Cell(NAME, Fate.KILLED, told, (), told)
    return Cell(NAME, Fate.SURVIVES if mutant.name in SURVIVE else Fate.UNREACHED)
