"""Lines of a trace, good ones to spoil."""

import io
from collections.abc import Callable

import pytest

from tee_rider.spec.trace import Located, read_events, read_header

HEADER = (
    '{"trace":"tee-rider/1","configuration":{"n":4,"f":1},"profile":"TEE_RIDER","faulty":[3],'
    '"implementation":{"name":"x","version":"0.3"}}'
)
DELIVERY = (
    '{"seq":1,"replica":0,"event":"a_deliver",'
    '"vertex":{"round":4,"source":0,"digest":"9f"},"wave":2}'
)
INSERTION = (
    '{"seq":1,"replica":0,"event":"insert_vertex","vertex":{"round":4,"source":2,"digest":"3e",'
    '"strong_edges":[[0,"aa"],[1,"bb"],[2,null]],"weak_edges":[[1,3,"cc"],[2,1,"dd"]],'
    '"requests":[[7,1],[7,2,"add 1"]]},"ui":{"epoch":1,"counter":4}}'
)


@pytest.fixture
def header() -> str:
    return HEADER


@pytest.fixture
def delivery() -> str:
    return DELIVERY


@pytest.fixture
def insertion() -> str:
    return INSERTION


@pytest.fixture
def read() -> Callable[[bytes], list[Located]]:
    """Read a whole trace from bytes; its name is ``t``."""

    def read_all(content: bytes) -> list[Located]:
        stream = io.BytesIO(content)
        return list(read_events(stream, "t", read_header(stream, "t")))

    return read_all
