"""What is missing at the end of a run, beyond the properties: who did not come along."""

from collections.abc import Mapping

from tee_rider.model_check.world.clients import Clients
from tee_rider.model_check.world.simulate import stuck
from tee_rider.model_check.world.system import System
from tee_rider.spec.identifiers import replica_name


def stuck_replicas(
    system: System, delivered: Mapping[int, int], returned: frozenset[int]
) -> dict[int, str]:
    """Each running replica that the run left behind, and how; they are all in step otherwise.

    A replica that returned is in the last round too, its epoch is open at all that run, and it has
    delivered what the others have.
    """
    found = {
        i: f"is stuck in round {system.states[i].round}: nothing is in flight any more, and its"
        " round is not complete"
        for i in stuck(system)
    }
    for i in system.away:
        epoch = system.enclaves[i].epoch
        blind = [j for j in system.running if system.opened[j][i] != epoch]
        if i in system.crashed:
            continue
        names = " ".join(map(replica_name, blind))
        found.setdefault(i, f"is stuck: its epoch {epoch} is not open at {names}")
    on_arrival = system.setting.profile.commit_evaluation == "on_arrival"
    others = [i for i in system.running if i not in returned]
    counts = [delivered.get(i, 0) for i in others] or [max(delivered.values(), default=0)]
    # Where a wave is looked at once, even replicas that never crashed may end with one less.
    least = max(counts) if on_arrival else min(counts)
    for i in sorted(returned & set(system.running)):
        if delivered.get(i, 0) < least:
            told = f"delivered {delivered.get(i, 0)} vertices, where the others delivered {least}"
            found.setdefault(i, f"is stuck: it returned, and {told}")
    return dict(sorted(found.items()))


def client_failures(clients: Clients | None) -> tuple[str, ...]:
    """Requests that were not answered, or more than once."""
    if clients is None:
        return ()
    _, more, never = clients.counts
    asked = len(clients.calls)
    missing = clients.load.clients * clients.load.requests - asked
    said = [
        (never, f"{never} of {asked} requests of clients were never answered"),
        (more, f"{more} of {asked} requests of clients were answered more than once"),
        (missing, f"{missing} requests were never made: their clients waited for others"),
    ]
    return tuple(text for count, text in said if count)
