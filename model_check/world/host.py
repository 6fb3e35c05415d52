"""What a host does around one replica: it feeds inputs, answers the coin, and sorts the outputs."""

from collections.abc import Callable
from typing import TypeAlias

from tee_rider.reference.reliable_broadcast import Send
from tee_rider.reference.replica import CoinReleased, CoinRequested, Input, ReplicaState, step
from tee_rider.spec.events import Event

Coin: TypeAlias = Callable[[int, int], int]
"""(replica, wave) to the leader that this replica is shown; the same for all, but for mutants."""


def local_step(
    state: ReplicaState, input_: Input, coin: Coin
) -> tuple[ReplicaState, tuple[Send, ...], tuple[Event, ...]]:
    """One input and all that follows from it at its replica, the coin answered at once.

    A pure function. Returns the next state, what is to be sent, and what can be observed; in the
    events, ``seq`` and ``replica`` are still 0.

    Source: ours (DESIGN, "State machines").
    """
    sends: list[Send] = []
    events: list[Event] = []
    inputs = [input_]
    while inputs:
        state, outputs = step(state, inputs.pop(0))
        for output in outputs:
            if isinstance(output, Send):
                sends.append(output)
            elif isinstance(output, CoinRequested):
                inputs.append(CoinReleased(output.wave, coin(state.replica, output.wave)))
            else:
                events.append(output)
    return state, tuple(sends), tuple(events)
