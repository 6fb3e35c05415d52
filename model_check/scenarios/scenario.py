"""Plays a scenario: the network and the faulty hosts do what the text says, and nothing else."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.mutation.edits import in_force
from tee_rider.model_check.scenarios.facts import check_fact
from tee_rider.model_check.scenarios.in_flight import InFlight
from tee_rider.model_check.scenarios.message_names import SECOND
from tee_rider.model_check.scenarios.narrate import narrate
from tee_rider.model_check.scenarios.scripted_host import ScriptedHost
from tee_rider.model_check.scenarios.setup import Mutants, read_setup, true_rules_only
from tee_rider.model_check.scenarios.spoken_coin import SpokenCoin
from tee_rider.model_check.scenarios.text import REMARK, SETUP, Statement
from tee_rider.model_check.world.backups import Backup
from tee_rider.model_check.world.enclaves import UsigForm, make_enclaves
from tee_rider.model_check.world.network import ByHand, Flight
from tee_rider.model_check.world.recorder import Observer, Recorder
from tee_rider.model_check.world.system import System
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import replica_name, replica_number
from tee_rider.spec.judgement import Premises
from tee_rider.spec.messages import Junk, SignedMessage
from tee_rider.spec.vertex import Request

NO_LAST_ROUND = 10**9
NOTHING = "nothing happens"
TOLD = ("judged", "stuck", "comes")
"""Facts that are told with what was found."""


class Scenario:
    """A scenario that is being played."""

    def __init__(
        self,
        statements: Sequence[Statement],
        observers: Iterable[Observer] = (),
        mutants: Mutants = true_rules_only,
    ) -> None:
        """Read the set-up; nothing has happened yet.

        Raises:
            UsageError: the set-up is incomplete or impossible.
        """
        self.statements = statements
        setup = read_setup(statements, mutants)
        self.setting, self.faulty, self.rules = setup.setting, setup.faulty, setup.rules
        self.n = self.setting.configuration.n
        self.transcript: list[str] = []
        self.failures: list[str] = []
        self.history: list[AnyEvent] = []
        self.coin = SpokenCoin(self.rules.common_coin)
        self.backups: dict[int, list[Backup]] = defaultdict(list)
        self.network = ByHand()
        enclaves = make_enclaves(UsigForm.IDEAL, self.n, seed=0)
        self.hosts = {i: ScriptedHost(self.setting, enclaves[i]) for i in self.faulty}
        # Validity is asked of every profile, also of one that gives it up.
        self.premises = Premises(self.setting.configuration, frozenset(self.faulty))
        with in_force(self.rules.edits):
            self.system = System(
                self.setting,
                enclaves,
                self.coin,
                self.network,
                Recorder(self.n, (self.history.append, *observers)),
                NO_LAST_ROUND,
                self.hosts,
            )
            for i in self.rules.odd:
                first = self.system.subject.initial_state(setup.setting_of(i), enclaves[i])
                self.system.states[i] = first
        self.actions: dict[str, Callable[..., list[str] | None]] = {
            "coin": self._set_coin,
            "advance": self._advance,
            "everybody": self._everybody,
            "catch_up": self._catch_up,
            "newest": self._newest,
            "deliver": self._deliver,
            "everything": self._everything,
            "create": self._create,
            "junk": self._junk,
            "send": self._send,
            "ask": self._ask,
            "tell_chain": self._tell_chain,
            "crash": self._crash,
            "lose": self._lose,
            "back_up": self._back_up,
            "restart": self._restart,
        }

    def play(self) -> None:
        """Do what the text says, and note what was expected and is not so.

        Raises:
            UsageError: something that the text says is impossible; the message names the line.
        """
        with in_force(self.rules.edits):
            for statement in self.statements:
                try:
                    self._play(statement)
                except UsageError as error:
                    raise UsageError(f"{statement.place}: {statement.text!r}: {error}") from None

    def _play(self, statement: Statement) -> None:
        if statement.kind in SETUP or statement.kind == REMARK:
            self.transcript.append(statement.text)
        elif statement.expects:
            self._expect(statement)
        else:
            before = len(self.history)
            told = self.actions[statement.kind](**statement.fields) or []
            told = [*told, *narrate(self.history[before:])] or [NOTHING]
            self.transcript.append(statement.text)
            if statement.narration is not None or told != [NOTHING]:
                self.transcript += [f"| {line}" for line in told]
            if statement.narration not in (None, tuple(told)):
                self._fail(statement, f"what happens is: {'; '.join(told)}")

    def _expect(self, statement: Statement) -> None:
        for field in ("who", "what", "vertex"):
            if name := statement.fields.get(field):
                self._replicas(name.split("#")[0].rstrip("0123456789"))
        holds, instead = check_fact(statement, self.history, self.premises, self.system)
        if holds is statement.negated:
            self._fail(statement, instead)
            self.transcript.append(f"{statement.text}  # FAILS: {instead}")
        else:
            detail = f": {instead}" if statement.kind in TOLD else ""
            self.transcript.append(f"{statement.text}  # so it is{detail}")

    def _fail(self, statement: Statement, instead: str) -> None:
        self.failures.append(f"{statement.place}: {statement.text!r} fails: {instead}")

    def _set_coin(self, wave: str, leader: str, who: str | None) -> None:
        seen_by = range(self.n) if who is None else self._replicas(who)
        self.coin.say(int(wave), self._one(leader), seen_by, who is None)

    def _advance(self, who: str, saying: str | None) -> None:
        for replica in self._running(who):
            round_ = self.system.states[replica].round + 1
            self.system.advance(replica, (Request(replica, round_, saying),) if saying else ())

    def _everybody(self) -> None:
        for replica in tuple(self.system.running):
            self.system.advance(replica)

    def _catch_up(self, who: str) -> None:
        (replica,) = self._running(who)
        states = self.system.states
        newest = max(states[i].round for i in self.system.running)
        while states[replica].round < newest and self.system.subject.may_advance(states[replica]):
            self.system.advance(replica)

    def _newest(self, origin: str, to: str) -> None:
        for receiver in self._replicas(to):
            newest = self._in_flight.newest(self._one(origin), receiver)
            self._deliver(newest, replica_name(receiver), None)

    def _deliver(self, what: str, to: str, via: str | None) -> None:
        sender = None if via is None else self._one(via)
        for receiver in self._replicas(to):
            chosen = self._in_flight.copy(what, receiver, sender)
            self.network.flights.remove(chosen)
            self.system.deliver(chosen)

    def _everything(self, among: str | None) -> None:
        members = set(range(self.n) if among is None else self._replicas(among))
        while flight := self.network.pick(lambda f: {f.sender, f.receiver} <= members):
            self.system.deliver(flight)

    def _create(
        self,
        origin: str,
        vertex: str,
        epoch: str | None,
        edges: str | None,
        saying: str | None,
        to: str | None,
    ) -> list[str]:
        host = self._host(origin)
        made = host.make(vertex.removesuffix(SECOND), edges, saying)
        if vertex.endswith(SECOND):
            return self._say(host, host.sign_again(made, self.rules.forks), to)
        return self._say(host, host.sign(made, int(epoch or 1)), to)

    def _junk(self, origin: str, to: str | None) -> list[str]:
        host = self._host(origin)
        return self._say(host, host.sign(Junk(b"junk")), to)

    def _send(self, origin: str, what: str, to: str) -> None:
        host = self._host(origin)
        self._put(host, host.find(what), to)

    def _ask(self, origin: str, epoch: str, to: str | None) -> list[str]:
        host = self._host(origin)
        return self._say(host, host.ask(int(epoch)), to)

    def _tell_chain(
        self, origin: str, verb: str, chain: str, target: str, epoch: str, to: str
    ) -> None:
        host = self._host(origin)
        self._one(target)
        self._put(host, host.tell_chain(verb, chain, target, int(epoch)), to)

    def _crash(self, who: str) -> None:
        (replica,) = self._running(who)
        f = self.setting.configuration.f
        if self.n - len(self.system.running) == f:
            raise UsageError(f"no more than f = {f} replicas can be faulty or crashed")
        self.system.crash(replica)

    def _lose(self, direction: str, who: str) -> None:
        replica = self._crashed(who)
        self.system.lose(
            replica,
            lambda flight: replica == (flight.sender if direction == "from" else flight.receiver),
        )

    def _back_up(self, who: str) -> list[str]:
        (replica,) = self._running(who)
        self.backups[replica].append(self.system.back_up(replica))
        return [f"this is backup {len(self.backups[replica])} of {who}"]

    def _restart(self, who: str, number: str | None) -> None:
        replica = self._crashed(who)
        if not self.setting.profile.replicas_return:
            raise UsageError(f"nobody returns in {self.setting.profile.name}")
        kept = self.backups[replica]
        place = int(number) if number else len(kept)
        if not 1 <= place <= len(kept):
            raise UsageError(f"{who} has {len(kept)} backups: write '{who} backs up' before")
        self.system.restart(replica, kept[place - 1])

    def _say(self, host: ScriptedHost, message: Any, to: str | None) -> list[str]:
        self._put(host, message, to)
        signed = isinstance(message, SignedMessage)
        return [f"{replica_name(host.replica)} signs {message.ui.name}"] if signed else []

    def _put(self, host: ScriptedHost, message: Any, to: str | None) -> None:
        named = () if to == "nobody" else self._replicas(to or "")
        receivers = host.others if to is None else named
        self.network.flights += [Flight(host.replica, i, message) for i in receivers]

    @property
    def _in_flight(self) -> InFlight:
        seconds = [message for host in self.hosts.values() for message in host.seconds]
        return InFlight(self.network, seconds)

    def _replicas(self, names: str) -> tuple[int, ...]:
        numbers = tuple(replica_number(name) for name in names.split())
        for number in numbers:
            if number >= self.n:
                last = replica_name(self.n - 1)
                raise UsageError(f"there is no {replica_name(number)}: replicas are A to {last}")
        return numbers

    def _one(self, name: str) -> int:
        return self._replicas(name)[0]

    def _running(self, names: str) -> tuple[int, ...]:
        numbers = self._replicas(names)
        for number in numbers:
            if number in self.hosts:
                raise UsageError(f"{replica_name(number)} is faulty: it creates, signs and sends")
            if number not in self.system.running:
                raise UsageError(f"{replica_name(number)} has crashed")
        return numbers

    def _crashed(self, name: str) -> int:
        number = self._one(name)
        if number not in self.system.crashed:
            raise UsageError(f"{name} has not crashed")
        return number

    def _host(self, name: str) -> ScriptedHost:
        number = self._one(name)
        if number not in self.hosts:
            raise UsageError(f"{name} is correct: let it advance, or write 'faulty {name}' on top")
        return self.hosts[number]
