"""Tags: where a state is found first. Those of all layers are the tree of shortest paths."""

from array import array
from collections.abc import Sequence
from typing import TypeAlias

INDEX_BITS = 24
LARGEST_INDEX = (1 << INDEX_BITS) - 1
Tag: TypeAlias = int
"""Its parent's place in the layer above, and the action's index; of an initial state, its index.

A search finds the states of a layer in the order of their tags.
"""


def path_code(layers: "Sequence[array[int]]", tag: Tag) -> str:
    """The code of the path to a state with this tag, below layers with these."""
    indices: list[int] = []
    for tags in reversed(layers):
        indices.append(tag & LARGEST_INDEX)
        tag = tags[tag >> INDEX_BITS]
    return ".".join(map(str, (tag, *reversed(indices))))
