# SPDX-License-Identifier: BSD-3-Clause
"""What is wrong with an environment file, or a driver, the provider says: as the bench's fault."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import fake_target
import pytest
from rig.provider import LabgridBench, bench_trouble, bounded, facts_of
from rig.verdict import BenchFault, TargetFault

BOUND_S = 10
PROGRAM = {"ProgramDriver": {"command": "true"}}


def environment(tmp_path, content):
    path = tmp_path / "board.yaml"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def with_drivers(drivers, **more):
    return {"targets": {"main": {"drivers": drivers}}, **more}


@pytest.mark.parametrize(("content", "says"), [
    ("", "lacks targets:"),
    ("hello", "lacks targets:"),
    ("targets:", "lacks targets:"),
    ("targets: [", "cannot be read"),
    ("\x00", "cannot be read"),
    ({"targets": {"other": PROGRAM}}, 'no target "main" in it'),
    ({"targets": {"main": "hello"}}, "board.yaml: "),
    (with_drivers({}), "the console: no driver for it in"),
    (with_drivers([{"ProgramDriver": {"name": name, "command": "true"}} for name in "ab"]),
     "the console: multiple drivers"),
    (with_drivers({"TelepathyDriver": {}}), "unknown driver class TelepathyDriver"),
    (with_drivers({"ProgramDriver": {}}), "failed to create ProgramDriver"),
    (with_drivers({"SimulatorDriver": {"api": "tcl"}}), "'api' must be in"),
    (with_drivers({"SerialDriver": {}}), "no supplier matching"),
    (with_drivers({}, imports=["no_such_module"]), "No module named 'no_such_module'"),
    (with_drivers({}, imports=["no_such_file.py"]), "no_such_file.py"),
])
def test_wrong_file_is_the_bench_s_fault(tmp_path, content, says):
    with pytest.raises(BenchFault) as caught:
        LabgridBench(str(environment(tmp_path, content)))
    assert says in str(caught.value)
    assert "board.yaml" in str(caught.value) or says.startswith(("the console", "no supplier"))


@pytest.mark.parametrize(("options", "says"), [
    ({"boots_s": 1}, "no option is called 'boots_s'; there are boot_s, "),
    ({"boot_s": "soon"}, "boot_s: not so many seconds: 'soon'"),
    ({"boot_s": 0}, "boot_s: not so many seconds: 0"),
    ({"boot_s": True}, "boot_s: not so many seconds: True"),
    ({"lacks": ["ipv4"]}, "lacks: a reason for each capability, not ['ipv4']"),
    ({"lacks": {"ipv5": "too old"}}, "lacks: no capability is called 'ipv5'; there are settings, "),
    ({"lacks": {"ipv4": None}}, "lacks: ipv4: for what reason?"),
    (["boot_s"], "options: these have names"),
])
def test_wrong_option_is_the_bench_s_fault(tmp_path, options, says):
    path = environment(tmp_path, with_drivers(PROGRAM, options=options))
    with pytest.raises(BenchFault) as caught:
        facts_of(path)
    assert str(caught.value).startswith(f"{path}: ") and says in str(caught.value)


@pytest.mark.parametrize("options", ["", "options:", "options: {boot_s: 3}"])
def test_options_are_optional(tmp_path, options):
    path = environment(tmp_path, f"targets: {{main: {{}}}}\n{options}\n")
    assert facts_of(path).boot_s == (3 if "3" in options else 20)


def test_template_of_labgrid_is_allowed(tmp_path):
    path = environment(tmp_path, "targets: {main: {drivers: {ProgramDriver: "
                                 "{command: !template $BASE/program}}}}")
    bench = LabgridBench(str(path))
    assert bench._power.command == f"{tmp_path}/program"
    bench.close()


def test_missing_file_is_the_bench_s_fault(tmp_path):
    with pytest.raises(BenchFault, match="cannot be read: .*No such file"):
        LabgridBench(str(tmp_path / "board.yaml"))


def test_flashing_without_driver_is_the_bench_s_fault(tmp_path):
    """An old firmware is not to be judged for a new one."""
    path = environment(tmp_path, with_drivers({"ExternalConsoleDriver": {"cmd": "cat"}}))
    bench = LabgridBench(str(path))
    with pytest.raises(BenchFault, match="flashing: no driver for that in .*board.yaml"):
        bench.flash()
    bench.close()


def test_program_that_does_not_read_loses_what_is_typed(tmp_path):
    """As at a UART; and nobody waits for it for ever."""
    path = environment(tmp_path, with_drivers({"ProgramDriver": {"command": "sleep 600"}}))
    bench = LabgridBench(str(path))
    bench.power_on({})
    bench.write(b"x" * 100_000)
    bench.power_off()
    bench.close()


def test_child_that_keeps_the_console_keeps_nobody_waiting(tmp_path):
    """The program's power is off all the same."""
    words = f"{sys.executable} {fake_target.__file__} LeavesChild"
    path = environment(tmp_path, with_drivers({"ProgramDriver": {"command": words}}))
    bench = LabgridBench(str(path))
    bench.power_on({})
    child = int(bench.read(BOUND_S).removeprefix(b"child "))
    try:
        start_s = time.monotonic()
        bench.power_off()
        assert time.monotonic() - start_s < BOUND_S
    finally:
        os.kill(child, signal.SIGKILL)
    bench.close()


def test_simulator_s_end_is_the_product_s_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("MSGR_SIM", "false")
    bench = LabgridBench(str(environment(tmp_path, with_drivers({"SimulatorDriver": {}}))))
    bench.power_on({})
    with pytest.raises(TargetFault, match="^false has ended, with status 1$"):
        bench.read(BOUND_S)
    assert bench.read(0.01) == b"" and bench.read(0.01) == b"", "it is off"
    bench.power_on({})
    with pytest.raises(TargetFault):
        bench.read(BOUND_S)
    bench.close()


def test_simulator_that_cannot_start_is_the_bench_s_fault(tmp_path, monkeypatch):
    """Its status for a wrong command line; grep has the same one."""
    monkeypatch.setenv("MSGR_SIM", "grep")
    bench = LabgridBench(str(environment(tmp_path, with_drivers({"SimulatorDriver": {}}))))
    bench.power_on({})
    said = b""
    with pytest.raises(BenchFault, match="grep has ended, with status 2"):
        while True:
            said += bench.read(BOUND_S)
    assert b"usage" in said.lower()
    bench.close()


def test_emulator_s_end_is_the_bench_s_fault(tmp_path):
    path = environment(tmp_path, with_drivers({"ProgramDriver": {"command": "false"}}))
    bench = LabgridBench(str(path))
    bench.power_on({})
    with pytest.raises(BenchFault, match="the console is gone: false has ended, with status 1"):
        bench.read(BOUND_S)
    bench.close()


# ---- what drivers do -------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError("oh"), KeyError("oh"), ValueError("oh"),
                                   subprocess.CalledProcessError(5, "oh", b"oh\r\n"),
                                   subprocess.CalledProcessError(5, "oh")])
def test_whatever_a_driver_raises_is_the_bench_s_fault(error):
    with pytest.raises(BenchFault, match="no power: .*oh"), bench_trouble("no power"):
        raise error


def test_target_s_fault_stays_one():
    with pytest.raises(TargetFault, match="^crashed$"), bench_trouble("the console is gone"):
        raise TargetFault("crashed")


def test_what_does_not_end_is_not_waited_for():
    never = threading.Event()
    with pytest.raises(BenchFault, match="not done within 0.05 s"):
        bounded(0.05, never.wait)
    never.set()


def test_what_ends_gives_its_result_or_its_error():
    assert bounded(10, max, 1, 2) == 2
    with pytest.raises(ZeroDivisionError):
        bounded(10, divmod, 1, 0)
