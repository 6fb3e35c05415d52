"""Setup phase by phase: it ends well where nobody lies, and not with words of another phase."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.model_check.world.enclaves import new_enclave
from tee_rider.model_check.world.setup_run import PHASES, inbox
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.reference.setup import Messages, Setup, begin_setup
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.setup_messages import Phase

N, A, C = 3, 0, 2
ALL_FAIR = "who hears what is right is ready"
IN_ITS_PHASE = "words of another phase are not right"


@dataclass(frozen=True, slots=True)
class PhasesGround(Ground):
    """A setup of three, and A hears in each phase what C says in another one."""

    checker = "setup"
    parts = frozenset({"wrong", "platform", "setup"})

    @property
    def bound(self) -> str:
        """How many phases."""
        return f"each of the {len(PHASES)} phases of a setup without lies, and C in another, n={N}"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        """Play it, and each exchange of phases."""
        states, boxes = begun(rules)
        moments: list[tuple[Setup, Mapping[int, Messages]]] = []
        for _ in PHASES:
            moments.append((states[A], boxes))
            steps = {i: rules.setup(states[i], inbox(boxes, i)) for i in range(N)}
            states = {i: state for i, (state, _) in steps.items()}
            boxes = {i: outbox for i, (_, outbox) in steps.items()}
        if any(state.phase is not Phase.DONE for state in states.values()):
            told = ", ".join(str(state.phase) for state in states.values())
            return Trial({ALL_FAIR: (f"{len(PHASES)} phases:", f"they end in {told}")})
        wrong = [*_out_of_phase(rules, moments)]
        return Trial({IN_ITS_PHASE: (f"{len(wrong)} cases:", *wrong)} if wrong else {})


def begun(rules: Rules) -> tuple[dict[int, Setup], dict[int, Messages]]:
    """Three replicas and their first words."""
    setting = Setting(largest_configuration(N), rules.over(HARDENED))
    enclaves = [new_enclave(setting, IdealUsig(i), 0, platform=rules.platform) for i in range(N)]
    steps = [begin_setup(enclave) for enclave in enclaves]
    return {i: s for i, (s, _) in enumerate(steps)}, {i: box for i, (_, box) in enumerate(steps)}


def _out_of_phase(
    rules: Rules, moments: list[tuple[Setup, Mapping[int, Messages]]]
) -> Iterator[str]:
    for state, boxes in moments:
        for other, elsewhere in moments:
            said = elsewhere[C][A]
            if other.phase is state.phase:
                continue
            after, _ = rules.setup(state, {**inbox(boxes, A), C: said})
            if after.phase is not Phase.FAILED:
                yield f"in {state.phase} A takes C's {type(said).__name__}"
