"""A client with two requests under way, and every order of the replies to them; one replica lies.

n = 3 and f = 1: what two replicas say is true.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tee_rider.model_check.mutation.grounds import Ground, Trial, enough
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.reference.client import Client
from tee_rider.spec.events import ClientReply
from tee_rider.spec.identifiers import replica_name

N, CORRECT, LIAR = 3, (0, 1), 2
TRUE, LIE = "value 1", "value 2"
REPLIES = (
    *((i, number, TRUE) for i in CORRECT for number in (1, 2)),
    *((LIAR, number, LIE) for number in (1, 2)),
    # Its request 3 it has forgotten, or never made.
    *((i, 3, TRUE) for i in CORRECT),
)
"""Who says what to which request."""
TAKEN_RIGHT = "what is taken is true"
TAKEN_ASKED = "only what is asked is taken"
TAKEN_ONCE = "each request is answered once"
TAKEN_ALL = "what f + 1 say is taken"
ALL_ASK = "after a time-out all are asked"

Said = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class ClientGround(Ground):
    """Every order of replies."""

    checker = "client"
    parts = frozenset()

    @property
    def bound(self) -> str:
        """How many replies."""
        return f"every order of {len(REPLIES)} replies to a client with 2 requests, n={N}, C lies"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Try them all."""
        client = Client(client=7, n=N, replies_needed=2)
        for operation in ("get x", "get x"):
            client = client.ask(operation)[0]
        violated: dict[str, tuple[str, ...]] = {}
        for name, said in _orders(client, {}, ()):
            if enough(until, violated):
                break
            told = [f"{replica_name(i)} replies {text!r} to {number}" for i, number, text in said]
            if name not in violated or len(told) < len(violated[name]) - 1:
                violated[name] = (f"{len(told)} replies:", *told)
        asked, to = client.time_out()
        if (len(asked), to) != (2, (1 << N) - 1):
            violated[ALL_ASK] = ("1 case:", f"{len(asked)} requests go to {to:03b}")
        return Trial(violated)


def _orders(
    client: Client, taken: dict[int, int], said: tuple[Said, ...]
) -> Iterator[tuple[str, tuple[Said, ...]]]:
    """What is violated, and after which replies."""
    for number in (1, 2):
        if taken.get(number, 0) == 0 and all((i, number, TRUE) in said for i in CORRECT):
            yield TAKEN_ALL, said
    for reply in REPLIES:
        if reply in said:
            continue
        replica, number, text = reply
        after, result = client.hear(replica, ClientReply(client=7, number=number, result=text))
        so_far = (*said, reply)
        if result is None:
            yield from _orders(after, taken, so_far)
            continue
        if result != TRUE:
            yield TAKEN_RIGHT, so_far
        elif number == 3:
            yield TAKEN_ASKED, so_far
        elif taken.get(number):
            yield TAKEN_ONCE, so_far
        else:
            yield from _orders(after, {**taken, number: 1}, so_far)
