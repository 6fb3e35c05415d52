"""How far a replayed replica has read each replica's streams of signed messages."""

from tee_rider.model_check.conformance import rules
from tee_rider.model_check.conformance.rules import Rule
from tee_rider.reference.profile import Setting
from tee_rider.spec.events import RDeliver
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Vertex


class Streams:
    """Judges whether the reference would ``r_deliver`` a vertex at this place.

    Where replicas sign echoes, counters have holes that a trace does not explain; then only their
    order is judged.
    """

    def __init__(self, setting: Setting) -> None:
        """Nothing is accepted yet."""
        self._profile = setting.profile
        self._echoes = self._profile.holders_before_delivery(setting.configuration) > 1
        self._read: dict[tuple[int, int], tuple[int, int]] = {}
        """By origin and epoch: the counter accepted last, and the round of the last vertex."""

    def use_up(self, origin: int, ui: StreamPosition) -> None:
        """A message was refused and its counter used up."""
        accepted, last_round = self._read_of(origin, ui.epoch)
        self._read[origin, ui.epoch] = max(accepted, ui.counter), last_round

    def refusal(
        self, event: RDeliver, rejection: RejectionReason | None
    ) -> tuple[str, Rule] | None:
        """Why the reference does not deliver, and the rule; None when it does.

        ``rejection`` is what is wrong with the vertex wherever it stands in the stream.
        """
        vertex, counter, epoch = event.vertex, event.ui.counter, event.ui.epoch
        origin = vertex.source
        stream = f"{replica_name(origin)}'s stream"
        if epoch != 1 and not self._profile.replicas_return:
            return f"epoch {epoch} of {stream} is not accepted", rules.STREAM
        if epoch != 1:
            stream += f" of epoch {epoch}"
        accepted, last_round = self._read_of(origin, epoch)
        if counter <= accepted:
            return f"it has read {stream} up to counter {accepted} already", rules.STREAM
        if not self._echoes and not self._follows(epoch, accepted, counter):
            missing = f"it has read {stream} up to counter {accepted} only"
            return f"{missing}, and this is counter {counter}", rules.STREAM
        rejection = self._misplaced(vertex, last_round) or rejection
        if rejection is not None:
            return f"{vertex.name} is not valid: {rejection}", rules.VALIDITY
        self._read[origin, epoch] = counter, vertex.round
        return None

    def _misplaced(self, vertex: Vertex, last_round: int) -> RejectionReason | None:
        """What is wrong with the vertex at this place of its stream."""
        if vertex.round <= last_round:
            return RejectionReason.ROUND_NOT_INCREASING
        if self._profile.self_edge_required and last_round:
            if all(edge.source != vertex.source for edge in vertex.strong_edges):
                return RejectionReason.OWN_PREDECESSOR_MISSING
        return None

    def _follows(self, epoch: int, accepted: int, counter: int) -> bool:
        """The first message of a later epoch may ask for it; no event tells that it was read."""
        follows = self._profile.counter_follows
        return follows(accepted, counter) or (epoch > 1 and accepted == 0 and follows(1, counter))

    def _read_of(self, origin: int, epoch: int) -> tuple[int, int]:
        return self._read.get((origin, epoch), (0, 0))
