"""What two lives of replicas, of the same one or of two, must not differ in."""

from collections.abc import Iterator

from tee_rider.model_check.returning.lives import Life
from tee_rider.spec.judgement import Violation


def contradictions(one: Life, other: Life) -> Iterator[Violation]:
    """Addresses are filled alike, deliveries begin alike, and epochs open alike.

    Source: ours (spec/README.md, "Recovery").
    """
    for mine, theirs in zip(one.state.dag.rows, other.state.dag.rows, strict=False):
        for a, b in zip(mine, theirs, strict=True):
            if a is not None and b is not None and a.vertex != b.vertex:
                told = f"{a.vertex.name} is held with two contents."
                yield violation("one vertex per address", told)
    if any(a != b for a, b in zip(one.delivered, other.delivered, strict=False)):
        yield violation("total order", "Two delivered sequences differ.")
    mine_and_theirs = zip(one.state.recovery.openings, other.state.recovery.openings, strict=True)
    for ours, others in mine_and_theirs:
        if any(a != b for a, b in zip(ours, others, strict=False)):
            yield violation("equal cuts", "Two replicas open an epoch at different cuts.")


def violation(name: str, explanation: str) -> Violation:
    """A violation that the states themselves show, so that no events need to."""
    return Violation(name, "spec/README.md, Recovery", (), explanation)
