"""Whole runs with clients: everything is answered once, as one machine would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tee_rider.model_check.world.clients import LIE_TOLD, Load
from tee_rider.model_check.world.service_mutants import ExecutesTwice, HighestNumber
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.spec.events import ClientReply, ClientRequest, CreateVertex
from tee_rider.spec.judgement import Status
from tee_rider.spec.state_machine import KeyValueStore
from tests.service.company import Company

BYZANTINE = Load(clients=3, requests=4, rule="f+1 matching")
TRUSTING = Load(clients=3, requests=4, rule="first")
STORE = KeyValueStore()


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def repository() -> Path:
    return Path(__file__).parents[2]


@pytest.mark.parametrize("profile", [TEE_RIDER, HARDENED], ids=lambda profile: profile.name)
@pytest.mark.parametrize("load", [BYZANTINE, TRUSTING], ids=lambda load: load.rule)
@pytest.mark.parametrize("seed", range(3))
def test_every_request_is_answered_once_as_one_machine_would(profile, load, seed: int) -> None:
    company = Company(profile=profile, load=load, seed=seed).play()
    assert company.clients.finished
    assert company.clients.counts == (12, 0, 0)
    assert (company.linear.status, company.linear.judged) == (Status.HOLDS, 12)
    assert company.violated == []
    replies = company.outcomes["replies"]
    assert (replies.status, replies.reason) == (Status.HOLDS, "")
    assert replies.judged > 12


@pytest.mark.parametrize("seed", range(3))
def test_lies_do_no_harm_where_enough_replies_must_agree(seed: int) -> None:
    company = Company(n=5, liars=2, load=BYZANTINE, seed=seed).play()
    assert company.clients.counts == (12, 0, 0)
    assert company.linear.status is Status.HOLDS
    assert company.violated == []


def test_one_reply_is_not_enough_where_a_host_lies() -> None:
    """The mutant: the rule of a model without lies under one that has them."""
    company = Company(n=5, liars=2, load=TRUSTING).play()
    assert company.clients.finished
    assert any(call.result == LIE_TOLD for call in company.clients.history)
    assert company.linear.status is Status.VIOLATED
    assert company.violated == []


def test_a_service_that_executes_twice_is_found_from_both_sides() -> None:
    load = Load(clients=4, requests=6)
    companies = [Company(load=load, seed=s, service=ExecutesTwice(STORE)).play() for s in range(6)]
    violated = [company.violated for company in companies if company.violated]
    assert len(violated) > 1
    assert all(names == ["replies"] for names in violated)
    assert any(company.linear.status is Status.VIOLATED for company in companies)


def test_dedupe_by_the_highest_number_leaves_requests_unanswered() -> None:
    """However long the run: after 25 waves it is still the same requests."""
    company = Company(service=HighestNumber(STORE)).play(rounds=50)
    assert not company.clients.finished
    never = company.clients.counts[2]
    assert never > 0
    assert company.play(rounds=100).clients.counts[2] == never


def test_the_true_service_is_long_finished_then() -> None:
    company = Company().play(rounds=50)
    assert company.clients.finished


@pytest.mark.parametrize("seed", range(3))
def test_after_crashes_everything_is_still_answered_once(seed: int) -> None:
    """Two of five crash one after the other, and come back with a service that knows little."""
    load = Load(clients=4, requests=8)
    company = Company(n=5, load=load, seed=seed)
    new = company.back_up(1)
    company.play(rounds=6)
    old = company.back_up(2)
    company.play(rounds=10).crash(1)
    company.play(rounds=14).restart(1, new)
    company.play(rounds=26).crash(2)
    company.play(rounds=30).restart(2, old)
    company.play()
    assert company.clients.counts == (32, 0, 0)
    assert company.linear.status is Status.HOLDS
    assert company.violated == []
    company.play_on(rounds=16)
    executed = [len(desk.service.replies) for desk in company.clients.desks.values()]
    digests = {desk.service.machine.digest() for desk in company.clients.desks.values()}
    assert (executed, len(digests)) == ([32] * 5, 1)


def test_a_crash_loses_what_was_under_way(company: Company) -> None:
    clients = company.clients
    backup = clients.backup(0)
    while not (clients.arrived[0] and any(letter.replica == 0 for letter in clients.letters)):
        clients.turn()
    clients.restore(0, backup)
    assert clients.arrived[0] == []
    assert all(letter.replica != 0 for letter in clients.letters)
    assert clients.letters


def test_a_block_is_not_used_up_by_asking_but_by_the_vertex(company: Company) -> None:
    company.outside = 1.0
    while not (company.clients.block(0) and 0 in company.system.ready):
        company.move()
    block, before = company.clients.block(0), len(company.events)
    assert company.clients.block(0) == block
    company.system.advance(0, block)
    company.hear(before)
    assert company.clients.block(0) == ()
    assert company.clients.desks[0].service.waiting[: len(block)] == block


def test_what_happens_is_recorded_at_the_replicas(company: Company) -> None:
    """A request before the vertex that carries it, a reply after the delivery: seq has no holes."""
    company.play()
    for replica in range(3):
        log = [event for event in company.events if event.replica == replica]
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        arrived: set[tuple[int, int]] = set()
        for event in log:
            if isinstance(event, ClientRequest):
                arrived.add((event.client, event.number))
            if isinstance(event, CreateVertex):
                assert {request[:2] for request in event.vertex.requests} <= arrived
    kinds = {type(event) for event in company.events}
    assert {ClientRequest, ClientReply} < kinds


def test_low_load_and_no_load_go_on() -> None:
    company = Company(load=Load(clients=1, requests=1)).play(rounds=30)
    assert company.clients.counts == (1, 0, 0)
    blocks = [e.vertex.requests for e in company.events if isinstance(e, CreateVertex)]
    assert sum(not block for block in blocks) > len(blocks) / 2


SAME = """
from tests.service.company import Company
from tee_rider.spec.trace import event_line
from hashlib import sha256
company = Company(n=5, liars=1).play()
print(sha256("".join(map(event_line, company.events)).encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes(repository: Path) -> None:
    """Whatever the seed of text hashes is."""
    said = {
        subprocess.run(
            [sys.executable, "-c", SAME],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=repository,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
