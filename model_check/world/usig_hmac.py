"""The USIG with certificates that only enclaves can check: they share one key."""

import hmac
from dataclasses import dataclass, field

from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.usig import signed_bytes


@dataclass(frozen=True, slots=True)
class HmacUsig(IdealUsig):
    """Certificates under a key that only enclaves know, so that only they can verify.

    Source: USIG (Efficient BFT), the HMAC-based form.
    """

    key: bytes = field(default=b"", repr=False)

    def certificate(self, message: bytes, replica: int, epoch: int, counter: int) -> bytes:
        """The message authentication code under the enclaves' common key."""
        return hmac.digest(self.key, signed_bytes(message, replica, epoch, counter), "sha256")
