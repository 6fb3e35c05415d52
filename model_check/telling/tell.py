"""Plays a run or a scenario for the command line: told, judged, and written down if asked for."""

import shlex
from collections.abc import Iterable
from pathlib import Path

import typer

from tee_rider.model_check.console import ExitCode, print_json, progress
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import read_scenario
from tee_rider.model_check.telling.chronicle import Chronicle
from tee_rider.model_check.telling.run_report import RunReport
from tee_rider.model_check.telling.trace_file import trace_file
from tee_rider.model_check.world.simulate import Simulation, simulate, stuck
from tee_rider.reference.profile import Setting
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.judgement import Premises
from tee_rider.spec.properties import Judge


def tell_simulation(
    simulation: Simulation, trace: Path | None, as_json: bool, command: str
) -> ExitCode:
    """Play a simulated run, and print what came of it.

    Raises:
        UsageError: the trace cannot be written, or a library is missing.
    """
    setting, faulty = simulation.setting, simulation.faulty_replicas
    judge, story = make_judge(setting, faulty), Chronicle()
    with trace_file(trace, setting, faulty) as writers, progress("simulate") as tick:
        system = simulate(simulation, (judge.observe, story.observe, *writers), tick)
    failures = tuple(
        f"{replica_name(i)} is stuck in round {system.states[i].round}: nothing is in flight any"
        " more, and its round is not complete"
        for i in stuck(system)
    )
    report = RunReport(judge.outcomes(), failures, f"this run of {simulation.waves} waves", command)
    if as_json:
        about = {
            "configuration": {"n": setting.configuration.n, "f": setting.configuration.f},
            "profile": setting.profile.name,
            "faulty": list(faulty),
            "seed": simulation.seed,
            "scheduler": simulation.scheduler,
            "messages": system.sent,
        }
        print_json(about | story.as_json() | report.as_json())
    else:
        lines = [_about(simulation), "", *story.wave_lines(), "", *story.replica_lines(), ""]
        lines += [f"messages sent: {system.sent}", *story.total_lines(), "", *report.lines()]
        typer.echo("\n".join(lines))
    return report.exit_code


def tell_scenario(file: Path, trace: Path | None, as_json: bool) -> ExitCode:
    """Play a scenario, and print it with what happens in it.

    Raises:
        UsageError: the scenario cannot be read or played, or the trace cannot be written.
    """
    statements = read_scenario(file)
    scenario = Scenario(statements)
    setting, faulty = scenario.setting, scenario.faulty
    judge = make_judge(setting, faulty)
    with trace_file(trace, setting, faulty) as writers:
        scenario.system.recorder.observers += (judge.observe, *writers)
        scenario.play()
    command = f"tee-rider simulate --scenario {shlex.quote(str(file))}"
    report = RunReport(
        judge.outcomes(), tuple(scenario.failures), "this scenario", command, partial=True
    )
    if as_json:
        print_json({"transcript": scenario.transcript} | report.as_json())
    else:
        typer.echo("\n".join([*scenario.transcript, "", *report.lines()]))
    return report.exit_code


def make_judge(setting: Setting, faulty: Iterable[int]) -> Judge:
    """Judges a run of the reference by all properties."""
    weak_edges = setting.profile.weak_edges is not None
    return Judge(Premises(setting.configuration, frozenset(faulty), weak_edges))


def _about(simulation: Simulation) -> str:
    setting = simulation.setting
    faulty = " ".join(map(replica_name, simulation.faulty_replicas)) or "none"
    crashes = ", ".join(f"{replica_name(i)} in round {r}" for i, r in simulation.crashes)
    said = [
        f"n = {setting.configuration.n}",
        f"f = {setting.configuration.f}",
        setting.profile.name,
        f"faulty: {faulty}",
        *([f"crashes: {crashes}"] if crashes else []),
        f"scheduler: {simulation.scheduler}",
        f"seed: {simulation.seed}",
        f"waves: {simulation.waves}",
    ]
    return ", ".join(said)
