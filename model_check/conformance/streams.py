"""How far a replayed replica has read each replica's stream of signed messages."""

from tee_rider.model_check.conformance import rules
from tee_rider.model_check.conformance.rules import Rule
from tee_rider.reference.profile import Setting
from tee_rider.reference.reliable_broadcast import Stream
from tee_rider.spec.events import RDeliver
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import StreamPosition


class Streams:
    """Judges whether the reference would ``r_deliver`` a vertex at this place.

    Where replicas sign echoes, counters have holes that a trace does not explain; then only their
    order is judged.
    """

    def __init__(self, setting: Setting) -> None:
        """Nothing is accepted yet."""
        profile, n = setting.profile, setting.configuration.n
        self._follows = profile.counter_follows
        self._echoes = profile.holders_before_delivery(setting.configuration) > 1
        self._epoch = Stream().epoch
        self._accepted = [0] * n
        self._last_round = [0] * n

    def use_up(self, origin: int, ui: StreamPosition) -> None:
        """A message was refused and its counter used up."""
        self._accepted[origin] = max(self._accepted[origin], ui.counter)

    def refusal(
        self, event: RDeliver, rejection: RejectionReason | None
    ) -> tuple[str, Rule] | None:
        """Why the reference does not deliver, and the rule; None when it does.

        ``rejection`` is what is wrong with the vertex wherever it stands in the stream.
        """
        vertex, counter = event.vertex, event.ui.counter
        origin = vertex.source
        accepted, last_round = self._accepted[origin], self._last_round[origin]
        stream = f"{replica_name(origin)}'s stream"
        if event.ui.epoch != self._epoch:
            return f"epoch {event.ui.epoch} of {stream} is not accepted", rules.STREAM
        if counter <= accepted:
            return f"it has read {stream} up to counter {accepted} already", rules.STREAM
        if not self._echoes and not self._follows(accepted, counter):
            missing = f"it has read {stream} up to counter {accepted} only"
            return f"{missing}, and this is counter {counter}", rules.STREAM
        if vertex.round <= last_round:
            rejection = RejectionReason.ROUND_NOT_INCREASING
        if rejection is not None:
            return f"{vertex.name} is not valid: {rejection}", rules.VALIDITY
        self._accepted[origin], self._last_round[origin] = counter, vertex.round
        return None
