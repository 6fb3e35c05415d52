"""The fine key: which leaders each replica reaches, holds and has committed."""

from collections.abc import Hashable, Sequence

from tee_rider.model_check.shapes.keys import Key, LocalKey, Past, committed_waves
from tee_rider.model_check.shapes.local_steps import Local
from tee_rider.model_check.shapes.shape import Choice, Reach
from tee_rider.spec.configuration import round_in_wave
from tee_rider.spec.identifiers import Mask


class FineKey(Key):
    """Which leaders each replica's newest vertex reaches, which it holds, which it committed.

    Where waves are evaluated later, what a replica can only commit counts as committed.
    """

    name = "fine key"

    def __init__(self, symmetry: bool, weak: bool = True) -> None:
        """``weak``: whether weak edges count; if not, only what is reached over strong edges."""
        super().__init__(symmetry)
        self.weak = weak

    def local(self, past: Past, choice: Choice) -> LocalKey:
        """Leaders reached over strong edges, over all edges, held, and committed."""
        reach = choice.reach if self.weak else choice.reach[:1]
        if choice.local is None:
            return tuple(reach)
        held = held_leaders(past.leaders, choice.local) if self.weak else 0
        return *reach, held, committed_waves(choice.local)

    def whole(
        self, past: Past, correct: Sequence[LocalKey], faulty: Sequence[LocalKey]
    ) -> Hashable:
        """All of that, and which leaders reach which."""
        awaited = tuple(wave for wave, found in enumerate(past.supporters, start=1) if found)
        if awaited:
            chains = walks(past.leader_reach)
            strong = [key[0] for key in (*correct, *faulty)]
            if _one_way(chains, awaited, strong):
                chain, awaited = chains[awaited[-1]], ()
                correct = [(*key[:-1], _with_what_comes(key[-1], chain)) for key in correct]
        if past.over and not awaited:
            return past.round, self.unnamed(key[-1] for key in correct)
        unnamed = self.unnamed(correct), self.unnamed(faulty)
        leaders = past.leader_reach if self.weak else [reach.strong for reach in past.leader_reach]
        return past.round, tuple(leaders), past.older, awaited, *unnamed

    def to_walk(self, past: Past, correct: Sequence[LocalKey]) -> bool:
        """Some replica has not committed the last but one of the leaders that are sure to come."""
        awaited = [wave for wave, found in enumerate(past.supporters, start=1) if found]
        if not awaited:
            return False
        chain = walks(past.leader_reach)[awaited[-1]]
        return any(len(_with_what_comes(key[-1], chain)) > len(key[-1]) + 1 for key in correct)


def walks(leader_reach: Sequence[Reach]) -> list[Mask]:
    """For each wave the leaders that walking back from its own comes to; the first is nobody's."""
    chains = [0]
    for wave, reach in enumerate(leader_reach, start=1):
        earlier = reach.strong & ~(1 << wave - 1)
        chains.append(1 << wave - 1 | chains[earlier.bit_length()])
    return chains


def _one_way(chains: Sequence[Mask], awaited: Sequence[int], strong: Sequence[Mask]) -> bool:
    """Whether all that can still be committed comes, walking back, to all awaited leaders."""
    below = 0
    for wave in awaited:
        if below & ~chains[wave]:
            return False
        below |= 1 << wave - 1
    return all(below & ~chains[mask.bit_length()] == 0 for mask in strong)


def _with_what_comes(committed: tuple[int, ...], chain: Mask) -> tuple[int, ...]:
    """What a replica has committed, and next will, sooner or later, by this walk back."""
    decided = committed[-1] if committed else 0
    to_come = range(decided + 1, chain.bit_length() + 1)
    return *committed, *(wave for wave in to_come if chain >> wave - 1 & 1)


def held_leaders(leaders: Sequence[int], local: Local) -> int:
    """The leaders in a replica's DAG; bit w - 1 is the leader of wave w."""
    held = 0
    for wave, leader in enumerate(leaders, start=1):
        if local.holds(round_in_wave(wave, 1), leader):
            held |= 1 << wave - 1
    return held
