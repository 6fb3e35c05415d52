"""Plays a run or a scenario for the command line: told, judged, and written down if asked for."""

import shlex
from pathlib import Path

import typer

from tee_rider.model_check.console import ExitCode, print_json, progress
from tee_rider.model_check.scenarios.scenario import Scenario
from tee_rider.model_check.scenarios.text import read_scenario
from tee_rider.model_check.scenarios.totality import TOTALITY, totality_outcome
from tee_rider.model_check.telling.many_seeds import ManyReport, play_seeds
from tee_rider.model_check.telling.played import play_and_judge, premises_of
from tee_rider.model_check.telling.run_report import RunReport
from tee_rider.model_check.telling.trace_file import trace_file
from tee_rider.model_check.telling.wrong_rules import rules_of
from tee_rider.model_check.world.clients import Clients
from tee_rider.model_check.world.simulate import Simulation
from tee_rider.spec.identifiers import replica_name
from tee_rider.spec.properties import judge


def tell_simulation(
    simulation: Simulation, trace: Path | None, as_json: bool, command: str
) -> ExitCode:
    """Play a simulated run, and print what came of it.

    Raises:
        UsageError: the trace cannot be written, or a library is missing.
    """
    setting, faulty = simulation.setting, simulation.faulty_replicas
    with trace_file(trace, setting, faulty) as writers, progress("simulate") as tick:
        played = play_and_judge(simulation, writers, tick)
    system, story, more = played.system, played.story, played.more_waves
    waves = f"{simulation.waves} waves" + (f" and {more} more" if more else "")
    report = RunReport(played.outcomes, played.failures, f"this run of {waves}", command)
    if as_json:
        about = {
            "configuration": {"n": setting.configuration.n, "f": setting.configuration.f},
            "profile": setting.profile.name,
            "faulty": list(faulty),
            "seed": simulation.seed,
            "scheduler": simulation.scheduler,
            "messages": system.sent,
            "recovery": played.recoveries.as_json(played.postponed),
            "clients": _clients_json(played.clients),
        }
        print_json(about | story.as_json() | report.as_json())
    else:
        lines = [_about(simulation), "", *story.wave_lines(), "", *story.replica_lines(), ""]
        lines += [f"messages sent: {system.sent}", *story.total_lines()]
        lines += [*played.recoveries.lines(played.postponed), *_client_lines(played.clients)]
        if more:
            lines.append(f"played on for {more} waves: until all were back and answered")
        typer.echo("\n".join([*lines, "", *report.lines()]))
    return report.exit_code


def _client_lines(clients: Clients | None) -> list[str]:
    if clients is None:
        return []
    once, more, never = clients.counts
    return [
        f"requests of {len(clients.clients)} clients: {len(clients.calls)},"
        f" answered once {once}, more than once {more}, never {never}"
    ]


def _clients_json(clients: Clients | None) -> dict[str, int] | None:
    if clients is None:
        return None
    once, more, never = clients.counts
    names = ("clients", "requests", "answered_once", "answered_more_than_once", "never_answered")
    return dict(
        zip(names, (len(clients.clients), len(clients.calls), once, more, never), strict=True)
    )


def tell_seeds(simulation: Simulation, count: int, as_json: bool, command: str) -> ExitCode:
    """Play runs that differ in their seed alone, and print one table.

    Raises:
        UsageError: a library is missing.
    """
    with progress("simulate") as tick:
        results = play_seeds(simulation, count, tick)
    report = ManyReport(results, _about(simulation, seeds=count), command)
    if as_json:
        print_json(report.as_json())
    else:
        typer.echo("\n".join(line.rstrip() for line in report.lines()))
    return report.exit_code


def tell_scenario(file: Path, trace: Path | None, as_json: bool) -> ExitCode:
    """Play a scenario, and print it with what happens in it.

    Raises:
        UsageError: the scenario cannot be read or played, or the trace cannot be written.
    """
    statements = read_scenario(file)
    scenario = Scenario(statements, mutants=rules_of)
    setting, faulty = scenario.setting, scenario.faulty
    with trace_file(trace, setting, faulty) as writers:
        scenario.system.recorder.observers += tuple(writers)
        scenario.play()
    # What a backup held is judged only if it is known beforehand which one is restored.
    outcomes = judge(premises_of(setting, faulty), scenario.history)
    if any(statement.fields.get("property") == TOTALITY for statement in statements):
        outcomes += (totality_outcome(scenario.system, scenario.history),)
    command = f"tee-rider simulate --scenario {shlex.quote(str(file))}"
    report = RunReport(outcomes, tuple(scenario.failures), "this scenario", command, partial=True)
    if as_json:
        print_json({"transcript": scenario.transcript} | report.as_json())
    else:
        typer.echo("\n".join([*scenario.transcript, "", *report.lines()]))
    return report.exit_code


def _about(simulation: Simulation, seeds: int = 1) -> str:
    setting = simulation.setting
    faulty = " ".join(map(replica_name, simulation.faulty_replicas)) or "none"
    crashes = ", ".join(f"{replica_name(i)} in round {r}" for i, r in simulation.crashes)
    age = f"backups: {simulation.backup_age}"
    returns = simulation.crashes and setting.profile.replicas_return
    clients = f"clients: {simulation.clients}"
    said = [
        f"n = {setting.configuration.n}",
        f"f = {setting.configuration.f}",
        setting.profile.name,
        f"faulty: {faulty}",
        *([f"crashes: {crashes}"] if crashes else []),
        *([age] if returns else []),
        *([clients] if simulation.clients else []),
        f"scheduler: {simulation.scheduler}",
        f"seed: {simulation.seed}"
        if seeds == 1
        else f"seeds: {simulation.seed} to {simulation.seed + seeds - 1}",
        f"waves: {simulation.waves}",
    ]
    return ", ".join(said)
