# SPDX-License-Identifier: BSD-3-Clause
"""Each fault of a target, and of the bench, gives its own verdict, in words that help.

Whole runs of tests/hil/run, as a user starts it; several at a time, for mostly they wait.
"""

import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

import fake_target
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
FAKE = pathlib.Path(fake_target.__file__)
RUN = ROOT / "tests" / "hil" / "run"
AT_ONCE = 4
BOUND_S = 60
PASSED, PRODUCT, USAGE, BENCH = 0, 1, 2, 3
VERDICT = {PASSED: "passed", PRODUCT: "failed", BENCH: "bench"}
TEST = "memory_figures"  # of tests/hil/test_boot.py; it asks for stats once
BOTH = "memory_figures or self_report"
QUICKLY = ["--ignore-glob=*/test_[!b]*.py"]  # collected is test_boot.py alone
FOLDER = "failed/test_boot_test_memory_figures_are_recorded"


@dataclasses.dataclass
class Case:
    """What is run, and what must come of it.

    environment(folder) is the target's environment file, an object or a text; a text in `says` has
    FOLDER for the case's own folder.
    """

    name: str
    environment: object
    status: int
    says: list  # all of them
    words: list = dataclasses.field(default_factory=list)  # further options
    verdicts: list = None  # of results.jsonl; one, of the status, unless told
    test: str = TEST
    env: object = lambda folder: {}
    pty: str = None  # mode of a fake target at folder/console
    is_booted: bool = False  # so what it said, and the frames, are kept for the test

    def __str__(self):
        return self.name

    def wanted(self):
        return [VERDICT[self.status]] if self.verdicts is None else self.verdicts


# ---- environment files -----------------------------------------------------------------------


def options(**more):
    """A fake has no network, unless it is told not to lack ipv4."""
    lacks = {"ipv4": "a fake has none", "ipv6": "a fake has none"}
    return {"boot_s": 1, "address_s": 1, "answer_s": 1, "given_back_s": 1, "lacks": lacks, **more}


def targets(drivers, resources=None, imports=(), **more):
    main = {"drivers": drivers, "resources": resources or {}}
    return {"targets": {"main": main}, "imports": list(imports), "options": options(**more)}


def command(mode):
    return f"{sys.executable} -SE {FAKE} {mode}"


def fake(mode, **more):
    return lambda folder: targets({"ProgramDriver": {"command": command(mode)}}, **more)


def program(words, **more):
    return lambda folder: targets({"ProgramDriver": {"command": words}}, **more)


def serial(power=None, **more):
    """power(folder): ExternalPowerDriver's."""
    def environment(folder):
        drivers = {"SerialDriver": {}}
        if power:
            drivers["ExternalPowerDriver"] = power(folder)
        return targets(drivers, {"RawSerialPort": {"port": str(folder / "console")}}, **more)

    return environment


def script(folder, text):
    path = folder / "script"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def flashrom(folder):
    """labgrid's own driver, whose tool fails."""
    environment = targets({"ProgramDriver": {"command": command("Target")},
                           "FlashromDriver": {"image": "firmware"}},
                          {"Flashrom": {"programmer": "none"}})
    tool = script(folder, "echo no chip found; exit 1")
    return {**environment, "tools": {"flashrom": tool}, "images": {"firmware": __file__}}


def power_off_fails_second_time(folder):
    """Switched on, a reset is typed: that is how the fake boots."""
    return {"cmd_on": script(folder, f"echo reset >{folder}/console"),
            "cmd_off": f"mkdir {folder}/off"}


def simulator(folder):
    return {"targets": {"main": {"drivers": {"SimulatorDriver": {}}}}, "options": options()}


def as_simulator(mode):
    """The driver runs what MSGR_SIM says: a fake."""
    return lambda folder: {"MSGR_SIM": script(folder, f"exec {command(mode)}")}


def as_impairer(text):
    return lambda folder: {"MSGR_IMPAIR": script(folder, text)}


# ---- the cases -------------------------------------------------------------------------------

TARGETS = [
    Case("silent", fake("Silent"), BENCH,
         ["silent: nothing has come from the console in 2 s. Is the target powered"]),
    Case("rubbish", fake("Rubbish"), PRODUCT,
         ["it does not boot: no banner within 2 s; the last that it said:", "[2J rubbish",
          "the target cannot be tested"]),
    Case("boots_late", fake("Late", boot_s=fake_target.BOOT_S), PRODUCT,
         ["it boots late: the banner came after 3.", "2 s are allowed (boot_s)"]),
    Case("boots_a_little_late", fake("LittleLate", boot_s=fake_target.BOOT_S), PASSED,
         ["1 passed"]),
    Case("floods", fake("Flood"), PRODUCT, ["it floods the console:", "all work and no play"]),
    Case("floods_without_line_ends", fake("FloodOfOneLine"), PRODUCT,
         ["it floods the console:", " bytes in "]),
    Case("floods_in_the_middle", fake("FloodsInTheMiddle"), PRODUCT, ["it floods the console:"],
         is_booted=True),
    Case("resets_all_the_time", fake("ResetsAllTheTime"), PRODUCT,
         ["it resets all the time: ", "(after power on, a reset by the watchdog, a fault"]),
    Case("serves_nothing", fake("NoServices"), PRODUCT,
         ["address and services did not come within 1 s; the last that it said:", "on a fake,"]),
    Case("never_answers_stats", fake("Mute"), PRODUCT,
         ["the end of stats --json did not come within 1 s"]),
    Case("breaks_json", fake("BrokenJson"), PRODUCT,
         ["stats --json: a line is no JSON", '{"event":"target","version":']),
    Case("leaks", fake("Leaks"), PRODUCT,
         ["leaked, in use for 1 s since the test's end: PBUF: 1 before,"], is_booted=True),
    # The second test is judged by itself.
    Case("resets_in_the_middle", fake("ResetsInTheMiddle"), PRODUCT,
         ["it was reset, and by nobody: after a reset by the watchdog"],
         verdicts=["failed", "failed"], test=BOTH, is_booted=True),
    Case("answers_no_arp", fake("Target", lacks={"ipv6": "a fake has none"}), PRODUCT,
         ["10.77.0.2 does not answer ARP within 1 s"]),
]

PROGRAMS = [
    Case("emulator_missing", program("no/such/emulator"), BENCH,
         ["no power: no/such/emulator is missing"]),
    Case("emulator_ends_at_once", fake("EndsAtOnce"), BENCH,
         ["has ended, with status 7; the last that it said:", "cannot open the firmware"]),
    Case("emulator_ends_in_the_middle", fake("EndsInTheMiddle"), BENCH,
         ["has ended, with status 7", "fake: assertion failed"], is_booted=True),
    # The simulator is the product: if it ends, that has crashed.
    Case("product_ends_at_once", simulator, PRODUCT,
         ["has ended, with status 7; the last that it said:", "cannot open the firmware"],
         env=as_simulator("EndsAtOnce")),
    Case("product_ends_in_the_middle", simulator, PRODUCT,
         ["has ended, with status 7", "fake: assertion failed"], is_booted=True,
         env=as_simulator("EndsInTheMiddle")),
]

BENCHES = [
    Case("serial_port_works", serial(), PASSED, ["2 passed"], pty="Target",
         test="memory_figures or banner_says", verdicts=["passed", "passed"]),
    Case("serial_port_missing", serial(), BENCH,
         ["the console: Could not open serial port FOLDER/console", "No such file"]),
    Case("serial_port_gone_in_the_middle", serial(), BENCH, ["the console is gone: "],
         pty="EndsInTheMiddle", is_booted=True),
    Case("no_power", serial(lambda folder: {
        "cmd_on": script(folder, "echo the relay does not answer; exit 5"), "cmd_off": "true"}),
        BENCH, ["no power: the relay does not answer"], pty="Target"),
    Case("cable_not_in", fake("Unplugged", lacks={"ipv6": "a fake has none"}), BENCH,
         ["no link at tap0: is the target's cable in it"]),
    Case("power_switch_hangs", serial(lambda folder: {"cmd_on": "sleep 600", "cmd_off": "true"},
                                      bench_s=1),
         BENCH, ["no power: not done within 1 s"], pty="Target"),
    Case("power_off_fails_at_the_end_of_a_failure", serial(power_off_fails_second_time), PRODUCT,
         ["PRODUCT FAILED 1 of its tests", "it does not boot: no banner within 2 s",
          "BENCH FAILED, but only at the end: no power: "], pty="Rubbish"),
    Case("flashing_fails", flashrom, BENCH, ["flashing: no chip found"],
         words=["--flash"]),
    Case("impairer_missing", fake("Target"), BENCH,
         ["the impairer does not start: ", "no/such/impairer"],
         env=lambda folder: {"MSGR_IMPAIR": "no/such/impairer"}),
    Case("impairer_gone_in_the_middle", fake("Target"), BENCH, ["the impairer does not do 'clear'"],
         env=as_impairer("""echo '{"ready":1,"seed":1}'; read -r line; echo oh >&2; exit 1"""),
         is_booted=True),
]

FILES = [
    Case("file_is_no_yaml", lambda folder: "targets: [", BENCH, ["target.yaml cannot be read: "]),
    Case("file_with_unknown_driver", lambda folder: targets({"TelepathyDriver": {}}), BENCH,
         ["unknown driver class TelepathyDriver"]),
    Case("file_with_unknown_capability", fake("Target", lacks={"ipv5": "too old"}), BENCH,
         ["lacks: no capability is called 'ipv5'; there are settings, "]),
]

USES = [
    Case("no_test_selected", fake("Target"), USAGE, [" deselected"], test="no_such_test",
         verdicts=[]),
    Case("wrong_selection", fake("Target"), USAGE, ["Wrong expression passed to '-k'"], test="a b",
         verdicts=[]),
    Case("wrong_option", fake("Target"), USAGE, ["unrecognized arguments: --no-such-option"],
         words=["--no-such-option"], verdicts=[]),
]

CASES = [*TARGETS, *PROGRAMS, *BENCHES, *FILES, *USES]


# ---- the runs --------------------------------------------------------------------------------


@dataclasses.dataclass
class Done:
    status: int
    output: str
    results: pathlib.Path

    def tests(self):
        """results.jsonl's objects; none if there is no such file."""
        path = self.results / "results.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]


def run(*words, results, cwd=ROOT, **env):
    """Paths may be relative: the user may stand anywhere."""
    done = subprocess.run(
        [RUN, "--no-install", *words, "--results", results], cwd=cwd, env={**os.environ, **env},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", timeout=BOUND_S, check=False)
    return Done(done.returncode, done.stdout, pathlib.Path(cwd, results))


@contextlib.contextmanager
def fake_at_pty(mode, link):
    words = [sys.executable, FAKE, mode, "--pty", link]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"ready\n"
            yield
        finally:
            process.kill()


def run_case(case, folder):
    environment = case.environment(folder)
    text = environment if isinstance(environment, str) else json.dumps(environment)  # is YAML, too
    (folder / "target.yaml").write_text(text, encoding="utf-8")
    (folder / "results").mkdir()
    (folder / "results" / "results.jsonl").write_text("of an earlier run", encoding="utf-8")
    console = fake_at_pty(case.pty, folder / "console") if case.pty else contextlib.nullcontext()
    with console:
        return run("target.yaml", *case.words, "-k", case.test, *QUICKLY, results="results",
                   cwd=folder, **case.env(folder))


@pytest.fixture(scope="module", autouse=True)
def possible_here():
    probe = subprocess.run([ROOT / "sim" / "lan", "0", "true"], stderr=subprocess.PIPE, text=True,
                           timeout=BOUND_S, check=False)
    if probe.returncode == 77:
        pytest.skip(probe.stderr)


@pytest.fixture(scope="module")
def runs(request, tmp_path_factory, possible_here):
    """Those of all tests here that are selected, by the case's name: (its folder, its future)."""
    wanted = [item.callspec.params["case"] for item in request.session.items
              if "case" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        folders = {case.name: tmp_path_factory.mktemp(case.name) for case in wanted}
        yield {case.name: (folders[case.name], pool.submit(run_case, case, folders[case.name]))
               for case in wanted}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_fault_gets_its_verdict(runs, case):
    folder, future = runs[case.name]
    done = future.result(BOUND_S * 3)
    print(done.output)
    assert done.status == case.status
    for text in case.says:
        assert text.replace("FOLDER", str(folder)) in done.output
    check_lines(case, done)
    check_results(case, done)
    if case.is_booted:
        check_kept(done)


def check_lines(case, done):
    """One line of the report has the verdict, however many tests there are."""
    assert "INTERNALERROR" not in done.output
    verdicts = [line for line in done.output.splitlines() if "FAILED, the product was not" in line]
    assert len(verdicts) == (case.status == BENCH)
    if case.status == PRODUCT:
        assert f"\nPRODUCT FAILED {case.wanted().count('failed')} of its tests" in done.output
    else:
        assert "PRODUCT FAILED" not in done.output


def check_results(case, done):
    tests = done.tests()
    wanted = case.wanted()
    assert [test["verdict"] for test in tests] == wanted
    for test in tests:
        assert test["verdict"] == "passed" or test["reason"].partition("\n")[0] in done.output
    if wanted:
        suite = xml.etree.ElementTree.parse(done.results / "junit.xml").getroot()
        names = {test.get("name") for test in suite.iter("testcase")}
        assert len(names) == len(wanted)


def check_kept(done):
    kept = [str(done.results / FOLDER / file) for file in ("capture.pcap", "console.log")]
    last = done.tests()[-1]
    assert last["files"] == kept
    assert pathlib.Path(kept[0]).stat().st_size >= 24, "no pcap header"
    assert pathlib.Path(kept[1]).exists()
    assert f"capture.pcap, console.log: {done.results / FOLDER}\n" in done.output


# ---- the command -----------------------------------------------------------------------------


def test_unknown_target_is_wrong_usage(tmp_path):
    done = run("no-such-board", results=tmp_path / "results")
    assert done.status == USAGE
    assert "there is no target 'no-such-board'; tests/hil/run --help lists them" in done.output


def test_results_that_cannot_be_written_are_wrong_usage(tmp_path):
    (tmp_path / "results").write_text("a file", encoding="utf-8")
    done = run("sim-raw", results=tmp_path / "results")
    assert done.status == USAGE
    assert "no folder that can be written to" in done.output


def test_missing_packages_are_the_bench_s_fault(tmp_path):
    """A dpkg-query that knows of none."""
    script(tmp_path, "exit 0")
    (tmp_path / "script").rename(tmp_path / "dpkg-query")
    done = run("sim-raw", results=tmp_path / "results", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.status == BENCH
    assert "BENCH FAILED, the product was not judged: see above for what is missing" in done.output
    assert "python3-labgrid" in done.output


def test_broken_suite_judges_nothing(tmp_path):
    """A test file that cannot be read."""
    (tmp_path / "target.yaml").write_text(json.dumps(fake("Target")(tmp_path)), encoding="utf-8")
    (tmp_path / "test_broken.py").write_text("import no_such_module\n", encoding="utf-8")
    done = run(tmp_path / "target.yaml", tmp_path / "test_broken.py", *QUICKLY,
               results=tmp_path / "results")
    print(done.output)
    assert done.status == BENCH
    assert "No module named 'no_such_module'" in done.output
    assert "BENCH FAILED, the product was not judged: the suite itself is broken" in done.output


def test_without_private_network_nothing_is_judged(tmp_path):
    """pytest without tests/hil/run."""
    (tmp_path / "target.yaml").write_text(json.dumps(fake("Target")(tmp_path)), encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if name != "MSGR_LAN"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:labgrid", "-p", "no:cacheprovider", "--rootdir",
         RUN.parent, "-c", "/dev/null", RUN.parent, "--env", tmp_path / "target.yaml",
         "--results", tmp_path / "results"], env=env, capture_output=True, text=True,
        timeout=BOUND_S, check=False)
    assert done.returncode == BENCH
    assert "no private network: start tests/hil/run, which makes one" in done.stdout
