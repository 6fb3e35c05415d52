"""Faulty replicas sign vertices with weak edges, and what is wrong with them is found."""

from dataclasses import replace

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.shapes.levels import FineLevel
from tee_rider.reference import ordering
from tee_rider.reference.dag import causal_history
from tee_rider.spec.configuration import WAVE_LENGTH, round_in_wave


def any_path_counts(dag, wave, leader):
    """The vertices of a wave's last round that have a path to its leader, weak edges included."""
    every = frozenset((r + 1, s) for r, row in enumerate(dag.rows) for s in range(len(row)))
    round_ = round_in_wave(wave, WAVE_LENGTH)
    found = dag.round_vertices(round_)
    return tuple(v for v in found if leader in causal_history(dag, [(round_, v.source)], every))


def none_of_its_own(dag, undelivered, round_, strong_edges):
    return ()


@pytest.fixture
def silent(make_scope, profile, monkeypatch):
    """Correct replicas make no weak edges, and take those of others for support."""
    monkeypatch.setattr(ordering, "supporters", any_path_counts)
    return make_scope(waves=2, views=True, profile=replace(profile, weak_edges=none_of_its_own))


def test_only_weak_edges_of_a_faulty_replica_convict_this_rule(silent):
    report = explore(FineLevel(silent))
    path = report.discoveries[0].path
    assert report.discoveries[0].violation.property == "agreement"
    row = path.end.shape.rows
    assert any(vertex.weak_edges for layer in row for vertex in layer[2:])
    assert not any(vertex.weak_edges for layer in row for vertex in layer[:2])


@pytest.mark.parametrize("without", [{"views": False}, {"faulty": 0}])
def test_without_them_it_is_missed(silent, without):
    report = explore(FineLevel(replace(silent, **without)))
    assert not report.discoveries
