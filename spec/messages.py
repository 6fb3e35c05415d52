"""What replicas send each other, and the bytes that a unique identifier is created for."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from tee_rider.spec.encoding import encode
from tee_rider.spec.unique_identifier import UniqueIdentifier
from tee_rider.spec.vertex import Vertex, vertex_fields


@dataclass(frozen=True, slots=True)
class Echo:
    """The sender holds the message at this position of origin's stream.

    It is signed like every message of a stream, so its sender cannot unsay it.
    """

    origin: int
    epoch: int
    counter: int


@dataclass(frozen=True, slots=True)
class RecoveryRequest:
    """REQUEST, the first message of a new epoch: let it replace the sender's epoch before.

    Its unique identifier is the attestation: only the new enclave can have created it.
    """


@dataclass(frozen=True, slots=True)
class Junk:
    """Anything else that a host may have signed."""

    content: bytes


Content: TypeAlias = Vertex | Echo | RecoveryRequest | Junk


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """Content with the unique identifier that its origin's enclave created for it."""

    content: Content
    ui: UniqueIdentifier


@lru_cache(maxsize=2**12)  # All replicas ask for the same ones within a short time.
def content_bytes(content: Content) -> bytes:
    """The canonical bytes of a content, kind and digest included.

    Source: ours (spec/README.md, "Encoding").
    """
    match content:
        case Vertex():
            return encode((*vertex_fields(content), content.digest or ""))
        case Echo():
            return encode(("echo", content.origin, content.epoch, content.counter))
        case RecoveryRequest():
            return encode(("recovery request",))
        case Junk():
            return encode(("junk", content.content))
