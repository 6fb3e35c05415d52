"""When replicas crash in a run, what each crash loses, and when and from what they return."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from tee_rider.model_check.world.backups import BackupAge, Backups
from tee_rider.model_check.world.network import Flight
from tee_rider.model_check.world.schedulers import copies_of_a_round
from tee_rider.model_check.world.setting import Crashes
from tee_rider.model_check.world.system import System
from tee_rider.spec.vertex import Request


@dataclass(frozen=True, slots=True)
class Postponed:
    """A crash that was due while too many replicas were faulty or away."""

    replica: int
    due: int
    came: int | None = None
    """The round in which it came; None: the run ended first."""


@dataclass
class CrashPlan:
    """The crashes to come.

    A replica's crashes come one after the other, each when the replica enters the round for which
    it is due, or the first later round in which at most f replicas are faulty or away with it.

    Source: ours (spec/README.md, "Recovery": the assumption under which recovery goes on).
    """

    due: dict[int, list[int]]
    """For each replica the rounds of its crashes to come."""
    returns: bool
    """Whether replicas return."""
    age: BackupAge
    random: Random
    backups: dict[int, Backups] = field(default_factory=lambda: defaultdict(Backups))
    rates: dict[int, float] = field(default_factory=dict)
    """How likely a replica is to take a backup in a round."""
    down: dict[int, int] = field(default_factory=dict)
    """Who is down, and until which move of the run."""
    put_off: set[tuple[int, int]] = field(default_factory=set)
    """(replica, round) of the crashes that could not come when they were due."""
    came_late: list[Postponed] = field(default_factory=list)

    @classmethod
    def of(cls, crashes: Crashes, system: System, age: BackupAge, random: Random) -> "CrashPlan":
        """The plan of a run that has not begun."""
        due: dict[int, list[int]] = defaultdict(list)
        for replica, round_ in crashes:
            due[replica].append(round_)
        plan = cls(dict(due), system.setting.profile.replicas_return, age, random)
        if plan.returns:
            for replica in sorted(due):
                plan.rates[replica] = random.choice((1.0, 0.5, 0.1))
                plan.backups[replica].take(system.back_up(replica))
        return plan

    @property
    def postponed(self) -> tuple[Postponed, ...]:
        """The crashes that came late, and those that were left over."""
        left = [Postponed(i, round_) for i, rounds in sorted(self.due.items()) for round_ in rounds]
        return (*self.came_late, *left)

    @property
    def more_to_come(self) -> bool:
        """Whether some crashes have not come yet."""
        return any(self.due.values())

    def before_advance(self, system: System, replica: int) -> None:
        """A replica that is about to advance may be backed up."""
        rate = self.rates.get(replica, 0.0)
        if self.due.get(replica) and self.random.random() < rate:
            self.backups[replica].take(system.back_up(replica))

    def crashes_now(self, system: System, replica: int, round_: int) -> bool:
        """Whether the replica crashes while it enters this round."""
        rounds = self.due.get(replica)
        if not rounds or rounds[0] > round_:
            return False
        if self.returns:
            gone = {replica, *system.away}
            if len(gone) + len(system.faulty) > system.setting.configuration.f:
                self.put_off.add((replica, rounds[0]))
                return False
            if (replica, rounds[0]) in self.put_off:
                self.came_late.append(Postponed(replica, rounds[0], round_))
        rounds.pop(0)
        return True

    def crash(
        self, system: System, replica: int, block: tuple[Request, ...], reached: int, move: int
    ) -> None:
        """The replica crashes while it advances, and some of what is under way is lost with it."""
        system.advance_and_crash(replica, block, reached)
        if not self.returns:
            return
        random, n = self.random, len(system.states)
        from_it, to_it = random.choice((0.0, 0.5, 1.0)), random.choice((0.0, 0.5, 1.0))

        def lost(flight: Flight) -> bool:
            return random.random() < (from_it if flight.sender == replica else to_it)

        system.lose(replica, lost)
        pause = random.choice((0.0, 0.1, 1.0, 3.0)) * copies_of_a_round(n)
        self.down[replica] = move + int(pause)

    def returns_now(self, system: System, move: int, at_once: bool = False) -> bool:
        """Whoever has been down long enough returns; whether anybody did."""
        back = [i for i, until in sorted(self.down.items()) if at_once or until <= move]
        for replica in back:
            del self.down[replica]
            system.restart(replica, self.backups[replica].choose(self.age, self.random))
        return bool(back)
