"""Totality, at a point of a scenario where nothing more would come."""

from collections.abc import Iterable, Sequence

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.scenarios.narrate import slot_of
from tee_rider.model_check.world.network import ByHand
from tee_rider.model_check.world.system import System
from tee_rider.spec.events import AnyEvent, RDeliver, Reject
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Status, Violation
from tee_rider.spec.properties import Outcome

TOTALITY = "totality"
SOURCE = "TEE-Rider, broadcast on the USIG: what one delivers, all deliver"


def totality(system: System, history: Sequence[AnyEvent]) -> Violation | None:
    """What one correct replica has read of any stream, all have, once all has arrived.

    No property of events can judge this, since they do not tell what is still on its way.

    Source: TEE-Rider, broadcast on the USIG: if one correct replica delivers, all do.

    Raises:
        UsageError: something is on its way between them.
    """
    network, correct = system.network, system.running
    assert isinstance(network, ByHand)
    if any({flight.sender, flight.receiver} <= set(correct) for flight in network.flights):
        names = " ".join(map(replica_name, correct))
        raise UsageError(
            f"totality is about what never comes: write 'everything is delivered among {names}'"
            " before"
        )
    read = {i: set(_read(i, history)) for i in correct}
    everything = set[str]().union(*read.values())
    for i in correct:
        for missing in sorted(everything - read[i]):
            return Violation(
                TOTALITY,
                SOURCE,
                (),
                f"Everything that correct replicas sent has arrived; one has {missing},"
                f" {replica_name(i)} has not.\n"
                "Totality: what one correct replica reads of a stream, all read in the end.",
            )
    return None


def totality_outcome(system: System, history: Sequence[AnyEvent]) -> Outcome:
    """The same beside what is said of the properties of events."""
    try:
        missing = totality(system, history)
    except UsageError as error:
        return Outcome(TOTALITY, SOURCE, Status.NOT_JUDGED, 0, str(error))
    status = Status.VIOLATED if missing else Status.HOLDS
    return Outcome(TOTALITY, SOURCE, status, 1, violation=missing)


def _read(replica: int, history: Iterable[AnyEvent]) -> Iterable[str]:
    for event in history:
        if event.replica != replica:
            continue
        if isinstance(event, RDeliver):
            yield f"r_delivered {event.vertex.name} ({event.vertex.digest})"
        elif isinstance(event, Reject) and event.ui is not None:
            yield f"rejected {slot_of(event)}"
