# SPDX-License-Identifier: BSD-3-Clause
"""The way that a real board goes, from its flash to its verdict: serial port, power switch, and a
cable in a real network interface. Its board is QEMU's, behind all of that (real_board.py).
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "tests")]

from support import board as boards  # noqa: E402

BOARD = "lm3s6965evb"
NAMESPACES = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
BOUND_S = 120
SWITCH = f"{sys.executable} {HERE / 'real_board.py'} --tell power"

SERIAL = {"RawSerialPort": {"port": "serial"}}  # whose path is not known yet
EXTERNAL = {"ExternalPowerDriver": {"cmd_on": f"{SWITCH}/1", "cmd_off": f"{SWITCH}/0"}}
SERVER = {"NetworkSerialPort": {"host": "127.0.0.1", "port": 8002, "protocol": "raw"}}
PDU = {"NetworkPowerPort": {
    "model": "simplerest", "host": "http://127.0.0.1:8001/power/{value}", "index": 0}}
CABLE = {"InterfaceCable": {}}
IPV4_ONLY = {"ipv6": "saves the seconds that duplicate addresses are looked for"}


@pytest.fixture(scope="session")
def firmware():
    missing = boards.missing_tools()
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (sim/setup board)")
    if "MSGR_FIRMWARE" in os.environ:
        return pathlib.Path(os.environ["MSGR_FIRMWARE"])
    boards.build(BOARD)
    return ROOT / "build" / BOARD / "firmware.elf"


@pytest.fixture(scope="session", autouse=True)
def possible_here():
    if os.geteuid() != 0:
        pytest.skip("needs root: a network interface is moved")
    probe = subprocess.run([*NAMESPACES, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"needs namespaces of its own: {probe.stderr}")
    probe = subprocess.run([ROOT / "sim" / "lan", "0", "true"], capture_output=True, text=True,
                           check=False)
    if probe.returncode == 77:
        pytest.skip(probe.stderr)


class Bench:
    """A board, its environment file, and what became of the suite on it."""

    def __init__(self, folder, firmware):
        self.folder, self.firmware = folder, firmware
        self.done = None

    def run(self, resources, drivers, *words, lacks=IPV4_ONLY, is_on=False,
            **options):
        """tests/hil/run with these words."""
        if "RawSerialPort" in resources:
            resources = {"RawSerialPort": {"port": str(self.folder / "serial")}}
        file = self.folder / "real.yaml"  # JSON is YAML
        file.write_text(json.dumps({
            "targets": {"main": {"resources": resources, "drivers": {"SerialDriver": {}, **drivers}}},
            "images": {"firmware": str(self.firmware)},
            "options": {"boot_s": 10, "lacks": lacks, **options},
        }), encoding="utf-8")
        if "--flash" not in words:
            shutil.copy(self.firmware, self.folder / "flash.elf")
        self.done = subprocess.run(
            [*NAMESPACES, sys.executable, HERE / "real_board.py", *["--on"][:is_on], self.folder, BOARD,
             ROOT / "tests" / "hil" / "run", "--no-install", file, "--results", self.folder / "out",
             HERE / "real_bench_suite.py", *words],
            capture_output=True, text=True, timeout=BOUND_S, check=False)
        return self.done.returncode

    def verdicts(self):
        lines = (self.folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
        return {line["test"].partition("::")[2]: line["verdict"] for line in map(json.loads, lines)}

    def __str__(self):
        return f"{self.done.stdout}\n{self.done.stderr}"


@pytest.fixture
def bench(tmp_path, firmware):
    return Bench(tmp_path, firmware)


def test_flashed_board_passes_through_serial_port_power_switch_and_cable(bench):
    flash = {"FlashCommandDriver": {"command": f"cp {{image}} {bench.folder}/flash.elf"}}
    status = bench.run(SERIAL, {**EXTERNAL, **flash, **CABLE}, "--interface", "eth9", "--flash",
                       "-k", "test_boot or real_bench_suite and not adapter", lacks={})
    assert status == 0, bench
    verdicts = bench.verdicts()
    assert verdicts.pop("test_settings") == "skipped"
    assert {"test_banner_says_version_board_and_why_it_was_reset", "test_plain_exchange",
            "test_power_cut", "test_cable_is_pulled"} < set(verdicts)
    assert set(verdicts.values()) == {"passed"}, bench


def test_console_and_power_may_be_on_the_network_around_the_private_one(bench):
    status = bench.run({**SERVER, **PDU}, {"NetworkPowerDriver": {}}, "--interface", "eth9",
                       "-k", "real_bench_suite and (power_cut or cable)", off_s=0.5)
    assert status == 0, bench
    assert bench.verdicts() == {"test_power_cut": "passed", "test_cable_is_pulled": "passed"}


def test_board_without_a_power_switch_is_told_to_reset(bench):
    status = bench.run(SERIAL, CABLE, "--interface", "eth9", "-k",
                       "test_boot or real_bench_suite and (power_cut or plain)", is_on=True)
    assert status == 0, bench
    assert bench.verdicts().pop("test_power_cut") == "skipped"
    assert "no power driver in its environment file" in bench.done.stdout


def test_wrong_answer_is_the_products_fault_and_the_capture_shows_it(bench):
    right = bench.firmware.read_bytes()
    wrong = right.replace(b". Thank you.", b". Thanks, me")
    assert wrong != right
    bench.firmware = bench.folder / "wrong.elf"
    bench.firmware.write_bytes(wrong)
    status = bench.run(SERIAL, EXTERNAL, "--interface", "eth9", "-k", "plain_exchange")
    assert status == 1, bench
    assert "PRODUCT FAILED 1 of its tests" in bench.done.stdout
    capture, = bench.folder.glob("out/failed/*/capture.pcap")
    assert b". Thanks, me" in capture.read_bytes()


@pytest.mark.parametrize("drivers, words, said", [
    ({**EXTERNAL, **CABLE}, ["--interface", "eth9", "-k", "adapter_is_unplugged"],
     "the console is gone"),
    ({**EXTERNAL, **CABLE}, ["--interface", "eth8", "-k", "plain_exchange"],
     "there is no network interface eth8"),
    ({**EXTERNAL, **CABLE}, ["-k", "plain_exchange"], "which interface is it in?"),
    (EXTERNAL, ["-k", "plain_exchange"], "no link at tap0"),
    ({"ExternalPowerDriver": {"cmd_on": "sh -c 'echo no relay; exit 1'", "cmd_off": "true"}},
     ["--interface", "eth9", "-k", "plain_exchange"], "no power: no relay\n"),
    ({**EXTERNAL, "FlashCommandDriver": {"command": "sh -c 'echo no probe; exit 4'"}},
     ["--interface", "eth9", "-k", "plain_exchange", "--flash"], "no probe"),
    (EXTERNAL, ["--interface", "eth9", "-k", "plain_exchange", "--flash"], "no driver for that"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_the_bench_does_wrong_is_the_benchs_fault(bench, drivers, words, said):
    status = bench.run(SERIAL, drivers, *words, address_s=3)
    assert status == 3, bench
    assert "BENCH FAILED, the product was not judged: " in str(bench) and said in str(bench), bench


# ---- the example -----------------------------------------------------------------------------

# Of what stands in it, and of each other way ("#|"): does labgrid have it, and do arguments fit?
CHECK_EXAMPLE = """
import re, sys, textwrap, attr
from rig.provider import CAPABILITIES, facts_of, target_factory
from labgrid.util.yaml import load
text = open(sys.argv[1]).read()
main = load(text)["targets"]["main"]
found = {**main["resources"], **main["drivers"]}
facts_of(sys.argv[1])
other_ways = [load(textwrap.dedent(block.replace("#| ", "")))
              for block in re.findall(r"(?:^ *#[|] .*\\n)+", text, re.MULTILINE)]
for name, arguments in [item for way in (found, *other_ways) for item in way.items()]:
    if name not in CAPABILITIES:
        kind = target_factory.resources.get(name) or target_factory.drivers[name]
        known = {field.name for field in attr.fields(kind)}
        assert set(arguments) <= known, (name, set(arguments) - known)
    print(name)
"""
EXAMPLE = ROOT / "tests" / "hil" / "targets" / "board.example.yaml"


def test_example_says_what_labgrid_and_the_rig_know():
    path = f"{ROOT / 'tests'}:{ROOT / 'tests' / 'hil'}"
    done = subprocess.run([sys.executable, "-c", CHECK_EXAMPLE, EXAMPLE], capture_output=True, text=True,
                          timeout=BOUND_S, check=False, env={**os.environ, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    assert {"NetworkSerialPort", "NetworkPowerDriver", "USBPowerPort", "ExternalPowerDriver",
            "OpenOCDDriver", "FlashCommandDriver", "InterfaceCable", "ipv6"} <= set(done.stdout.split())
