"""A ledger that is kept in files: one for each layer, complete or not there at all.

A file has two lines of JSON. The first says of which search it is, and all that the layer adds; the
second has the SHA-256 of the first and of the file before. What parts of states are is not stored,
only how they are reached and their digests: whoever goes on takes these ways again, by the real
rules, and finds the same digests or refuses.
"""

import json
import os
from array import array
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.tags import INDEX_BITS, LARGEST_INDEX
from tee_rider.model_check.searches.atlas import INITIAL, NUMBER, NUMBER_SIZE, Definition
from tee_rider.model_check.searches.ledger import Layer, Ledger
from tee_rider.model_check.searches.parts import Future

FORMAT = "tee-rider search"
VERSION = 1


class Checkpoint(Ledger):
    """The layers of one search, in a directory."""

    def __init__(self, directory: Path, search: str) -> None:
        """Nothing is kept yet; ``search`` says what is searched, by which rules and how far."""
        super().__init__()
        self.directory = directory
        self.search = search
        self._newest = ""
        """The digest of the newest file."""

    @classmethod
    def begin(cls, directory: Path, search: str) -> "Checkpoint":
        """A directory for a new search.

        Raises:
            UsageError: it cannot be written to, or has a search in it already.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--checkpoint {directory}: {error.strerror}") from None
        if any(directory.glob("layer-*.json")):
            raise UsageError(
                f"--checkpoint {directory}: there is a search in it; continue it with --resume"
                f" {directory}, or name another directory"
            )
        return cls(directory, search)

    @classmethod
    def resume(cls, directory: Path, search: str) -> "Checkpoint":
        """A search that was interrupted, as far as it is kept.

        Raises:
            UsageError: there is none, or another one, or a file of it is damaged.
        """
        kept = cls(directory, search)
        for depth in count():
            path = kept._path(depth)
            if not path.exists():
                break
            try:
                kept._read(path)
            except (
                AttributeError,
                KeyError,
                TypeError,
                ValueError,
                ArithmeticError,
                OSError,
            ) as error:
                if isinstance(error, UsageError):
                    raise
                why = f"{type(error).__name__}: {error}"
                raise UsageError(f"{path}: it is damaged, or no checkpoint: {why}") from None
        known = {kept._path(depth) for depth in range(len(kept.layers))}
        others = sorted(set(directory.glob("layer-*.json")) - known)
        if others:
            raise UsageError(f"{others[0]}: layer {len(kept.layers)}, before it, is missing")
        if not kept.layers:
            raise UsageError(f"--resume {directory}: there is no search in it")
        return kept

    def add(self, layer: Layer) -> None:
        """Keep a layer more, before it counts as complete."""
        line = json.dumps(self._body(layer), sort_keys=True, separators=(",", ":"))
        digest = self._digest(line)
        path = self._path(len(self.layers))
        part = path.with_suffix(".part")
        with part.open("w", encoding="ascii") as file:
            file.write(line + "\n" + json.dumps({"sha256": digest}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        self._newest = digest
        super().add(layer)

    def _path(self, depth: int) -> Path:
        return self.directory / f"layer-{depth:04}.json"

    def _digest(self, line: str) -> str:
        return sha256(f"{self._newest}\n{line}".encode()).hexdigest()

    def _body(self, layer: Layer) -> dict[str, Any]:
        futures = [[at, *map(bytes.hex, future)] for at, future in layer.futures.items()]
        return {
            **({"futures": futures} if futures else {}),
            "format": FORMAT,
            "version": VERSION,
            "search": self.search,
            "depth": len(self.layers),
            "parents": [tag >> INDEX_BITS for tag in layer.tags],
            "actions": [tag & LARGEST_INDEX for tag in layer.tags],
            "keys": array(NUMBER, layer.keys).tolist(),
            "parts": [
                [part.digest.hex(), array(NUMBER, part.parent).tolist(), part.action, part.place]
                for part in layer.definitions
            ],
            "transitions": layer.transitions,
            "reached": dict(layer.reached),
            "violated": dict(layer.found),
        }

    def _read(self, path: Path) -> None:
        """Take over one file."""
        line, digest, *rest = path.read_text(encoding="ascii").split("\n")
        body = json.loads(line)
        for name, ours in (("format", FORMAT), ("version", VERSION), ("search", self.search)):
            if body[name] != ours:
                raise UsageError(f"{path}: its {name} is {body[name]!r}; allowed here: {ours!r}")
        if rest != [""] or json.loads(digest) != {"sha256": self._digest(line)}:
            raise ValueError("the digest is another")
        super().add(self._layer(body))
        self._newest = json.loads(digest)["sha256"]

    def _layer(self, body: dict[str, Any]) -> Layer:
        parts = len(self.definitions) + len(body["parts"])
        before = len(self.layers[-1].tags) if self.layers else 1
        tags = array("Q", _tags(body, before))
        keys = _numbers(body["keys"], parts)
        width = len(keys) // max(1, len(tags))
        if not tags or not width or len(keys) != width * len(tags):
            raise ValueError(f"{len(keys)} numbers for {len(tags)} states")
        if body["depth"] != len(self.layers):
            raise ValueError(f"depth {body['depth']} is not {len(self.layers)}")
        definitions = tuple(
            Definition(
                bytes.fromhex(digest),
                _numbers(parent, len(self.definitions)).tobytes() if parent else INITIAL,
                _index(action, LARGEST_INDEX + 1),
                _index(place, width),
            )
            for digest, parent, action, place in body["parts"]
        )
        if any(len(one.parent) not in (0, width * NUMBER_SIZE) for one in definitions):
            raise ValueError(f"a parent without {width} parts")
        return Layer(
            tags=tags,
            keys=keys.tobytes(),
            definitions=definitions,
            transitions=_index(body["transitions"], 1 << 62),
            reached={str(name): _index(at, 1 << 62) for name, at in body["reached"].items()},
            found={str(name): str(path) for name, path in body["violated"].items()},
            futures={
                _index(at, before): Future(bytes.fromhex(name), bytes.fromhex(follows))
                for at, name, follows in body.get("futures", ())
            },
        )


def _tags(body: dict[str, Any], before: int) -> Iterator[int]:
    newest = -1
    for parent, action in zip(body["parents"], body["actions"], strict=True):
        tag = _index(parent, before) << INDEX_BITS | _index(action, LARGEST_INDEX + 1)
        if tag <= newest:
            raise ValueError("the states are not in order")
        yield tag
        newest = tag


def _numbers(values: list[int], below: int) -> "array[int]":
    numbers = array(NUMBER, values)
    if numbers and max(numbers) >= below:
        raise ValueError(f"number {max(numbers)} is not below {below}")
    return numbers


def _index(value: int, below: int) -> int:
    if not (isinstance(value, int) and 0 <= value < below):
        raise ValueError(f"{value!r} is not below {below}")
    return value
