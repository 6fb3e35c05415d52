"""What is wrong with a trace file: where, what was found, what is allowed, and how to mend it."""

import codecs
import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

MOST_SHOWN = 60
"""Characters shown of something found in a trace; it may be a million long."""


@dataclass
class FormatError(ValueError):
    """One line says something that a trace cannot say."""

    field: str
    """Path of the field, as in vertex.strong_edges[2][1]; empty for the whole line."""
    found: str
    allowed: str
    mend: str = ""

    def __str__(self) -> str:
        """One sentence a part."""
        where = f"field {self.field}: " if self.field else ""
        mend = f"; to mend it, {self.mend}" if self.mend else ""
        return f"{where}found {self.found}; allowed: {self.allowed}{mend}"


@dataclass
class TraceError(ValueError):
    """A file is no trace: the first line that breaks the format, and how."""

    file: str
    line: int
    """Counted from 1."""
    problem: FormatError

    def __str__(self) -> str:
        """Where, in the form that editors understand, then what."""
        return f"{self.file}:{self.line}: {self.problem}"


def shown(value: Any) -> str:
    """A value as JSON prints it, cut to a readable length."""
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    text = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
    return json.dumps(text) if isinstance(value, str) else text


def field_path(parts: tuple[int | str, ...]) -> str:
    """vertex, strong_edges, 2, 1 prints as vertex.strong_edges[2][1]."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part[:MOST_SHOWN]}"
    return path.removeprefix(".")


def explain(error: ValidationError, tags: frozenset[str] = frozenset()) -> FormatError:
    """The first thing that validation found; ``tags`` are no part of a field's path."""
    first = error.errors(include_url=False)[0]
    path = first["loc"][1:] if first["loc"] and first["loc"][0] in tags else first["loc"]
    kind, context = first["type"], first.get("ctx", {})
    if kind == "union_tag_not_found":
        return FormatError("event", "nothing", ", ".join(sorted(tags)))
    if kind == "union_tag_invalid":
        return FormatError("event", shown(context["tag"]), ", ".join(sorted(tags)))
    if kind == "unexpected_keyword_argument":
        return FormatError(
            field_path(path),
            "a field that the format does not have",
            "the fields of the format, and any whose name starts with x_",
            "put x_ before the name of a field of your own",
        )
    if kind.startswith("missing"):
        return FormatError(
            field_path(path), "nothing", "the field must be there, none has a default"
        )
    allowed = first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return FormatError(field_path(path), shown(first["input"]), allowed)


def no_json(line: bytes, error: str) -> FormatError:
    """Why a line is not even JSON; ``error`` is what the parser says."""
    allowed = "one JSON object on a line"
    if not line.strip():
        return FormatError("", "nothing", allowed, "remove the empty line")
    if line.startswith(codecs.BOM_UTF8):
        return FormatError("", "a byte order mark", "UTF-8 without one", "save the file without it")
    try:
        line.decode()
    except UnicodeDecodeError as wrong:
        return FormatError(
            "", f"byte {wrong.start + 1} is 0x{line[wrong.start]:02x}", "valid UTF-8"
        )
    if error.startswith("recursion limit"):
        return FormatError("", "brackets in brackets, more than 200 deep", allowed)
    if error.startswith("EOF") and not line.endswith(b"\n"):
        return FormatError("", "the beginning of a line, where the file ends", allowed)
    return FormatError("", f"no JSON: {error}", allowed)
