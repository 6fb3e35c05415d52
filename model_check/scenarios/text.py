"""The language of scenarios: a text that says who does what in which order.

One statement a line, read from top to bottom; ``#`` after a space begins a remark. Below an action,
lines that begin with ``|`` say what must happen because of it, word for word as ``narrate`` tells.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tee_rider.model_check.console import UsageError

LARGEST_FILE = 2**20
MOST_LINES = 10_000

REPLICA = "[A-Z]{1,2}"
REPLICAS = f"{REPLICA}(?: {REPLICA})*"
NUMBER = "[1-9][0-9]{0,5}"
RECEIVERS = f"(?:nobody|{REPLICAS})"
VERTEX = f"{REPLICA}{NUMBER}"
VERTICES = f"{VERTEX}(?: {VERTEX})*"
SIGNED = f"{REPLICA}(?:{NUMBER}'?|#{NUMBER}|#{NUMBER}\\.{NUMBER})"
MESSAGE = f"(?:{SIGNED}|{REPLICA}'s (?:request|proposal|commit|pull of {VERTEX}))"
EDGES = f"~?{VERTEX}(?: ~?{VERTEX})*"
WORD = "[a-z0-9_-]{1,64}"
WORDS = f"{WORD}(?: {WORD}){{0,2}}"
REMARK = "remark"

SETUP = {
    "replicas": (f"replicas (?P<n>{NUMBER})", "replicas 4"),
    "profile": (f"profile (?P<profile>{WORD})", "profile tee-rider"),
    "mutant": ("mutant (?P<mutant>.{1,100})", "mutant no weak edges"),
    "holders": ("holders (?P<holders>one|quorum)", "holders quorum"),
    "faulty": (f"faulty (?P<who>{REPLICAS})", "faulty D"),
}
"""What the world is like; before the first action."""

ACTIONS = {
    "coin": (
        f"coin (?P<wave>{NUMBER}) = (?P<leader>{REPLICA})(?: for (?P<who>{REPLICAS}))?",
        "coin 1 = B",
    ),
    "advance": (
        f"(?P<who>{REPLICAS}) advances?(?: saying (?P<saying>{WORD}))?",
        "A B advance saying x",
    ),
    "everybody": ("everybody advances", "everybody advances"),
    "catch_up": (f"(?P<who>{REPLICA}) catches up", "B catches up"),
    "newest": (f"(?P<origin>{REPLICA}) -> (?P<to>{REPLICAS})", "A -> B C"),
    "deliver": (
        f"deliver (?P<what>{MESSAGE}) to (?P<to>{REPLICAS})(?: via (?P<via>{REPLICA}))?",
        "deliver A3 to B C via D",
    ),
    "everything": (
        f"everything is delivered(?: among (?P<among>{REPLICAS}))?",
        "everything is delivered among A B C",
    ),
    "create": (
        f"(?P<origin>{REPLICA}) creates (?P<vertex>{VERTEX}'?)(?: in epoch (?P<epoch>{NUMBER}))?"
        f"(?: on (?P<edges>{EDGES}))?(?: saying (?P<saying>{WORD}))?(?: for (?P<to>{RECEIVERS}))?",
        "D creates D3 in epoch 2 on A2 B2 ~C1 saying x for A",
    ),
    "junk": (
        f"(?P<origin>{REPLICA}) signs junk(?: for (?P<to>{RECEIVERS}))?",
        "D signs junk for A",
    ),
    "send": (
        f"(?P<origin>{REPLICA}) sends (?P<what>{SIGNED}) to (?P<to>{REPLICAS})",
        "D sends A2 to B",
    ),
    "ask": (
        f"(?P<origin>{REPLICA}) asks for epoch (?P<epoch>{NUMBER})(?: for (?P<to>{RECEIVERS}))?",
        "D asks for epoch 2 for A B",
    ),
    "tell_chain": (
        f"(?P<origin>{REPLICA}) (?P<verb>proposes|commits)"
        f" (?P<chain>nothing|{SIGNED}(?: {SIGNED})*) for (?P<target>{REPLICA})"
        f" in epoch (?P<epoch>{NUMBER}) to (?P<to>{REPLICAS})",
        "D proposes C1 C#2 for C in epoch 2 to A B",
    ),
    "crash": (f"(?P<who>{REPLICA}) crashes", "B crashes"),
    "lose": (
        f"everything (?P<direction>from|to) (?P<who>{REPLICA}) is lost",
        "everything from B is lost",
    ),
    "back_up": (f"(?P<who>{REPLICA}) backs up", "B backs up"),
    "restart": (
        f"(?P<who>{REPLICA}) returns(?: from backup (?P<number>{NUMBER}))?",
        "B returns from backup 1",
    ),
}
"""What happens."""

FACTS = {
    "delivers": (f"(?P<who>{REPLICA}) delivers (?P<vertices>{VERTICES})", "A delivers B1 C1"),
    "holds": (f"(?P<who>{REPLICA}) holds (?P<vertices>{VERTICES})", "A holds B1 C1"),
    "commits": (
        f"(?P<who>{REPLICA}) commits (?P<vertex>{VERTEX})(?: (?P<how>directly|by walking back))?",
        "A commits B1 directly",
    ),
    "rejects": (
        f"(?P<who>{REPLICA}) rejects (?P<what>{REPLICA}#(?:{NUMBER}\\.)?{NUMBER})"
        f"(?:: (?P<reason>{WORD}))?",
        "A rejects D#1: not_understood",
    ),
    "refuses": (f"(?P<who>{REPLICA}) refuses (?P<reason>{WORD})", "A refuses round_incomplete"),
    "round": (f"(?P<who>{REPLICA}) is in round (?P<round>{NUMBER})", "A is in round 5"),
    "edges": (f"(?P<vertex>{VERTEX}) has edges (?P<edges>{EDGES})", "A3 has edges B2 ~C1"),
    "judged": (
        f"(?P<property>{WORDS}) (?P<status>holds|is violated)",
        "non-equivocation is violated",
    ),
    "stuck": (
        f"(?P<who>{REPLICA}) never leaves round (?P<round>{NUMBER}), though others may reach"
        f" (?P<last_round>{NUMBER})",
        "A never leaves round 2, though others may reach 6",
    ),
    "comes": (
        f"(?P<who>{REPLICA}) comes to round (?P<round>{NUMBER}) in any case",
        "A comes to round 5 in any case",
    ),
}
"""What can be expected; the last two are about everything that can happen from here on."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of a scenario that says something."""

    place: str
    """File and line."""
    text: str
    kind: str
    """The key of its form in SETUP, ACTIONS or FACTS, or REMARK."""
    fields: dict[str, str | None]
    negated: bool = False
    """Of a fact: that it is expected not to be so."""
    narration: tuple[str, ...] | None = None
    """Of an action: what must be told of it; None: nothing is asked."""

    @property
    def expects(self) -> bool:
        """Whether it states a fact."""
        return self.kind in FACTS


def parse(text: str, file: str) -> list[Statement]:
    """The statements of a scenario.

    Raises:
        UsageError: a line is not understood; the message names file, line and what is allowed.
    """
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise UsageError(f"{file}: {len(lines)} lines, at most {MOST_LINES} are allowed")
    statements: list[Statement] = []
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith("#"):
            statements.append(Statement(f"{file}:{number}", line.strip(), REMARK, {}))
            continue
        meant = " ".join(re.sub(r"(^|\s)#.*", "", line).split())
        if meant.startswith("|"):
            _expect_narration(statements, f"{file}:{number}", meant.removeprefix("|").strip())
        elif meant:
            statements.append(_parse_line(meant, f"{file}:{number}"))
    return statements


def read_scenario(path: Path) -> list[Statement]:
    """The statements of a scenario file.

    Raises:
        UsageError: the file cannot be read, is too large, is not text, or is not understood.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_FILE:
        raise UsageError(f"{path}: more than {LARGEST_FILE} bytes, which is the most allowed")
    try:
        return parse(content.decode(), str(path))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: not UTF-8 text") from None


def _parse_line(text: str, place: str) -> Statement:
    fact = text.removeprefix("expect ")
    expects = fact != text
    negated = expects and fact.startswith("not ")
    forms = FACTS if expects else SETUP | ACTIONS
    for kind, (pattern, _) in forms.items():
        if match := re.fullmatch(pattern, fact.removeprefix("not ") if negated else fact):
            return Statement(place, text, kind, match.groupdict(), negated)
    start = "expect [not] " if expects else ""
    allowed = "".join(f"\n  {start}{example}" for _, example in forms.values())
    more = "" if expects else "\n  expect ...\n  | what the action above does\n  # a remark"
    raise UsageError(f"{place}: {text[:200]!r} is not understood; lines are like{allowed}{more}")


def _expect_narration(statements: list[Statement], place: str, line: str) -> None:
    if not statements or statements[-1].kind not in ACTIONS:
        raise UsageError(f"{place}: a line with '|' says what an action does, and stands below it")
    last = statements[-1]
    told = (*(last.narration or ()), line)
    statements[-1] = Statement(last.place, last.text, last.kind, last.fields, last.negated, told)
