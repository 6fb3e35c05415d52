"""A faulty host where replicas return: it runs any number of enclaves at once, old and new.

Nobody makes it stop the old one when it asks to replace it, so it goes on in all its epochs at the
same time, and shows each of them to whom it likes.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

from tee_rider.model_check.world.habits import Habits, MisbehavingHost
from tee_rider.model_check.world.host import Coin
from tee_rider.model_check.world.misdeeds import VALID_OF_WHO_RETURNS
from tee_rider.model_check.world.network import Flight
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.replica import ReplicaState
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.usig import Usig

BACKUPS = 8
"""How many old states it keeps."""


def refuses_nothing(profile: Profile) -> Profile:
    """By these rules a host's own view takes everything in, so that it can build on anything."""
    return replace(
        profile,
        has_seen_freeze=lambda dag, vertex, epoch: False,
        knows_opening=lambda dag, vertex, opening: True,
        freezes_needed=lambda configuration: 1,
    )


class Life(MisbehavingHost):
    """One enclave and the state around it."""

    bends = VALID_OF_WHO_RETURNS

    def __init__(
        self,
        setting: Setting,
        enclave: Usig,
        coin: Coin,
        random: Random,
        habits: Habits,
        polite: float,
        renew: Callable[[], Usig],
    ) -> None:
        """A life that has not done anything."""
        super().__init__(setting, enclave, coin, random, habits)
        self.polite = polite
        """How likely it says the freezes that are due."""
        self.renew = renew

    def new_enclave(self) -> Usig:
        """Its host knows which epochs there were."""
        return self.renew()

    def says_freezes(self) -> bool:
        """Some hosts keep their freezes to themselves, always or now and then."""
        return self.random.random() < self.polite

    def ask(self, backup: ReplicaState, enclave: Usig) -> list[Flight]:
        """Begin with an old state and a new enclave; the request leaves to some."""
        sends = self.come_back(backup, enclave)
        self.heard += [send.message for send in sends if send.message.ui.replica == self.replica]
        return self._send(sends)


class ReturningHost:
    """Stands in for a replica with all its lives, each of which has the same habits."""

    def __init__(
        self, setting: Setting, enclave: Usig, coin: Coin, random: Random, habits: Habits
    ) -> None:
        """A host that has not done anything."""
        self.setting = replace(setting, profile=refuses_nothing(setting.profile))
        self.coin, self.random, self.habits = coin, random, habits
        self.newest = enclave
        """The enclave started last, as it was then."""
        self.polite = random.choice((0.0, 0.5, 1.0))
        self.returns_left = random.choice((0, 1, 1, 2, 4))
        self.eager = random.choice((0.005, 0.05))
        """On each turn: how likely it returns once more."""
        self.lives = [self._life(enclave)]
        self.backups = deque([self.lives[0].state], maxlen=BACKUPS)

    def receive(self, message: SignedMessage) -> Iterable[Flight]:
        """Every life hears it."""
        return [flight for life in self.lives for flight in life.receive(message)]

    def turn(self) -> Iterable[Flight]:
        """One life has its turn, or a new one begins."""
        if self.returns_left and self.random.random() < self.eager:
            self.returns_left -= 1
            return self._come_back()
        life = self.random.choice(self.lives)
        if self.random.random() < 0.1:
            self.backups.append(life.state)
        return life.turn()

    def _come_back(self) -> list[Flight]:
        enclave = self.renew()
        life = self._life(enclave)
        backup = self.random.choice((*self.backups, *(other.state for other in self.lives)))
        self.lives.append(life)
        return life.ask(backup, enclave)

    def renew(self) -> Usig:
        """An enclave of an epoch that none of its lives has had."""
        self.newest = self.newest.restart()
        return self.newest

    def _life(self, enclave: Usig) -> Life:
        random = Random(self.random.random())
        polite, renew = self.polite, self.renew
        return Life(self.setting, enclave, self.coin, random, self.habits, polite, renew)
