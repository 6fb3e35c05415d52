"""Who and what: the numbers that name replicas, rounds and waves, and how a person reads them."""

from typing import Annotated

from pydantic import Field

# JSON numbers are exact only below 2**53 in many languages.
LARGEST = 2**53

Replica = Annotated[int, Field(ge=0, lt=LARGEST)]
"""A replica's number, 0 to n-1; never a network address."""
Round = Annotated[int, Field(ge=1, lt=LARGEST)]
"""A layer of the DAG; the first is 1."""
Wave = Annotated[int, Field(ge=1, lt=LARGEST)]
"""Four consecutive rounds; the first is 1."""
Counter = Annotated[int, Field(ge=1, lt=LARGEST)]
"""A value of the USIG's counter; the first of an epoch is 1."""
Epoch = Annotated[int, Field(ge=1, lt=LARGEST)]
"""One life of an enclave; the first is 1."""
Mask = int
"""A set of replicas as a bitmask: bit i is set when replica i is in it."""


def replica_name(replica: int) -> str:
    """Replicas print as A, B, ..., Z, AA, AB, ...: letters for a person, for the numbers 0, 1, ....

    Source: ours (DESIGN, "Names").
    """
    letters = ""
    replica += 1
    while replica:
        replica, letter = divmod(replica - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def replica_number(name: str) -> int:
    """The inverse of :func:`replica_name`.

    Raises:
        ValueError: the name is not made of the letters A to Z.
    """
    if not name or not all("A" <= letter <= "Z" for letter in name):
        raise ValueError(f"{name!r} names no replica: use letters, A for replica 0, B for 1, ...")
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def members(mask: Mask) -> tuple[int, ...]:
    """The replicas of a bitmask, in increasing order."""
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def mask_of(replicas: tuple[int, ...]) -> Mask:
    """The bitmask of some replicas."""
    mask = 0
    for replica in replicas:
        mask |= 1 << replica
    return mask
