"""A path as a scenario that can be played, and as the trace of a run that can be checked."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tee_rider.model_check.exploration.deeds import Deed, Kind, happenings
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.exploration.shrink import Telling
from tee_rider.model_check.scenarios.message_names import SECOND
from tee_rider.model_check.scenarios.narrate import narrate, slot_of
from tee_rider.model_check.scenarios.scenario import NOTHING, Scenario
from tee_rider.model_check.scenarios.setup import Mutants
from tee_rider.model_check.scenarios.text import parse
from tee_rider.model_check.scenarios.totality import TOTALITY
from tee_rider.model_check.telling.trace_file import trace_file
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.profiles import PROFILES
from tee_rider.spec.events import AnyEvent, InsertVertex, Reject
from tee_rider.spec.identifiers import replica_name, replica_number


class UnsayableError(ValueError):
    """A form has no words for something that happens; the message says for what."""


def write_path_trace(telling: Telling, file: Path) -> bool:
    """Write the events of the path as a trace, in order; whether there is anything to draw.

    Raises:
        UsageError: the file cannot be written.
        UnsayableError: nobody could check it.
    """
    _refuse_other_rules(telling.model.scope)
    scope = telling.model.scope
    drawn = False
    with trace_file(file, scope.setting, tuple(scope.faulty_replicas)) as observers:
        recorder = Recorder(scope.n, observers)
        for deed, events in happenings(telling.model, telling.path):
            recorder.record(deed.replica, events)
            drawn = drawn or any(isinstance(event, InsertVertex) for event in events)
    return drawn


def scenario_text(telling: Telling, heading: Sequence[str] = (), mutant: str = "") -> str:
    """The path in the language of scenarios, with what each step does, and what is violated.

    ``mutant`` is the name of the rules that it was found by, if they are wrong ones.

    Raises:
        UnsayableError: the language cannot say it; the message says what.
    """
    scope = telling.model.scope
    _refuse_other_rules(scope)
    history = list[AnyEvent]()
    recorder = Recorder(scope.n, (history.append,))
    lines, heard = list[str](), set[tuple[int, str]]()
    coins: dict[int, dict[int, int]] = {}
    for deed, events in happenings(telling.model, telling.path):
        lines += _arrivals(deed, heard)
        _learn_coins(coins, deed)
        before = len(history)
        recorder.record(deed.replica, events)
        lines.append(_statement(deed, heard))
        if deed.kind is not Kind.SIGN:
            lines += [f"| {line}" for line in narrate(history[before:]) or [NOTHING]]
    faulty = " ".join(map(replica_name, scope.faulty_replicas))
    setup = [f"replicas {scope.n}", f"profile {_typed(scope)}"]
    setup += [f"mutant {mutant}"] if mutant else []
    setup += [f"faulty {faulty}"] if faulty else []
    shown = [line for wave in sorted(coins) for line in _coins_of(wave, coins[wave])]
    remarks = [f"# {line}" for line in heading]
    expected = list(_expected(telling, history))
    return "\n".join([*remarks, *setup, "", *shown, *lines, "", *expected]) + "\n"


def play_retold(text: str, mutants: Mutants) -> Scenario:
    """Play a scenario once.

    Raises:
        UsageError: something in it is impossible.
    """
    scenario = Scenario(parse(text, "the scenario"), mutants=mutants)
    scenario.play()
    return scenario


def _refuse_other_rules(scope: Scope) -> None:
    name = scope.setting.profile.name
    if name not in PROFILES:
        allowed = ", ".join(sorted(PROFILES))
        raise UnsayableError(
            f"{name} is no profile that the reference plays by name; allowed: {allowed}"
        )


def _typed(scope: Scope) -> str:
    return scope.setting.profile.name.lower().replace("_", "-")


def _learn_coins(coins: dict[int, dict[int, int]], deed: Deed) -> None:
    for wave, leader in enumerate(deed.leaders, start=1):
        coins.setdefault(wave, {})[deed.replica] = leader


def _coins_of(wave: int, shown: Mapping[int, int]) -> Iterator[str]:
    """Whom the coin of a wave shows; if not the same to all, to whom whom."""
    for leader in sorted(set(shown.values())):
        seen_by = [replica_name(i) for i in sorted(shown) if shown[i] == leader]
        own = "" if len(seen_by) == len(shown) else f" for {' '.join(seen_by)}"
        yield f"coin {wave} = {replica_name(leader)}{own}"


def _arrivals(deed: Deed, heard: set[tuple[int, str]]) -> Iterator[str]:
    """What a faulty replica has to receive first, as it builds on it."""
    if deed.kind is Kind.SIGN:
        name = replica_name(deed.replica)
        for vertex in deed.edges.split():
            source = replica_number(vertex.rstrip("0123456789"))
            if source != deed.replica and (deed.replica, vertex) not in heard:
                heard.add((deed.replica, vertex))
                yield f"deliver {vertex} to {name}"


def _statement(deed: Deed, signed: set[tuple[int, str]]) -> str:
    name = replica_name(deed.replica)
    if deed.kind is Kind.ADVANCE:
        return f"{name} advances"
    if deed.kind is Kind.RECEIVE:
        vertex = not deed.message.endswith("junk")
        return f"deliver {deed.message if vertex else deed.slot} to {name}"
    signed.add((deed.replica, deed.message))
    if deed.message.endswith("junk"):
        return f"{name} signs junk"
    edges = f" on {deed.edges}" if deed.edges else ""
    saying = " saying another" if deed.message.endswith(SECOND) else ""
    return f"{name} creates {deed.message}{edges}{saying}"


def _expected(telling: Telling, history: Sequence[AnyEvent]) -> Iterator[str]:
    """The violation; totality is told by what one has and another never gets."""
    if telling.violation is None:
        return
    if telling.violation.property != TOTALITY:
        yield f"expect {telling.violation.property} is violated"
        return
    correct = telling.model.scope.correct
    yield f"everything is delivered among {' '.join(map(replica_name, correct))}"
    rounds = telling.model.scope.rounds
    facts = {i: set(_facts(i, history, rounds)) for i in correct}
    differing = {fact for one in facts.values() for fact in one if not _shared(fact, facts)}
    if not differing:
        raise UnsayableError("the language cannot say what one has and another never gets")
    for fact in sorted(differing):
        for i in correct:
            negation = "" if fact in facts[i] else "not "
            yield f"expect {negation}{replica_name(i)} {fact}"
    yield f"expect {TOTALITY} is violated"


def _shared(fact: str, facts: Mapping[int, set[str]]) -> bool:
    return all(fact in one for one in facts.values())


def _facts(replica: int, history: Sequence[AnyEvent], rounds: int) -> Iterator[str]:
    """What a replica has of the streams; vertices beyond the bound arrive in a scenario only."""
    for event in history:
        if event.replica != replica:
            continue
        if isinstance(event, InsertVertex) and event.vertex.round <= rounds:
            yield f"holds {event.vertex.name}"
        elif isinstance(event, Reject) and event.ui is not None:
            yield f"rejects {slot_of(event)}: {event.reason}"
