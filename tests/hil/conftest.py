# SPDX-License-Identifier: BSD-3-Clause
"""One target for the whole session; after each test it is asked whether it is well.

A test gets `dut` and says what it needs of a target by @pytest.mark.needs("ipv6"); what the target
lacks is skipped, with the reason that its environment file gives. Figures that a test records go
to `figures`; they are results, and not judged.
"""

import errno
import itertools
import os
import pathlib
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from rig import results as rig_results  # noqa: E402
from rig.companion import Companion  # noqa: E402
from rig.dut import Dut  # noqa: E402
from rig.network import Capture, Network  # noqa: E402
from rig.provider import CAPABILITIES, LabgridBench, facts_of  # noqa: E402
from rig.verdict import (BENCH, FAILED, STATUS_BENCH, STATUS_FAILED,  # noqa: E402
                         STATUS_INTERRUPTED, STATUS_USAGE, BenchFault)

from support import peer  # noqa: E402

collect_ignore = ["rig_tests"]
SUITE_BROKEN = "BENCH FAILED, the product was not judged: the suite itself is broken, see above"
HOST_NUMBERS = itertools.count(1)


def pytest_addoption(parser):
    group = parser.getgroup("hardware in the loop")
    group.addoption("--env", required=True, help="the target: an environment file of labgrid's")
    group.addoption("--results", default="results", help="folder for results; see README.md")
    group.addoption("--times", type=int, default=3, help="power cuts and link flaps: how many")
    group.addoption("--minutes", type=float, default=0.1, help="how long the soak takes")
    group.addoption("--seed", type=int, default=None, help="of what is random in tests")
    group.addoption("--flash", action="store_true", help="write the firmware first")


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(capability, ...): skipped where the target lacks one")
    config.addinivalue_line("markers", "lingers(why): what it made the target take is given back only "
                            "later; it runs among the last, and test_end.py looks")
    config.addinivalue_line("markers", "settings: the test boots the target with other settings")
    config.rig = Rig(config)


def pytest_collection_modifyitems(items):
    """What lingers comes at the end, and behind it what looks at that."""
    items.sort(key=lambda item: (item.path.name == "test_end.py",
                                 item.get_closest_marker("lingers") is not None))


class Rig:
    """The session: target, network, results; made when the first test wants them."""

    def __init__(self, config):
        self.config = config
        self.results = None
        self.bench = None
        self.dut = None
        self.network = None
        self.bench_fault = None
        self.end_faults = []  # when all was judged
        self.is_suite_broken = False
        self.is_dirty = False  # a test has failed: nobody knows what state the target is in
        self.reports = {}  # by the test's node id
        self.figures = {}
        self.notes = {}  # what else is to be said of a failure
        self.faults = {}  # by (node id, when)
        self.seed = config.getoption("--seed")
        if self.seed is None:
            self.seed = int.from_bytes(os.urandom(4), "big")

    def open_results(self):
        if self.results is None:
            self.results = rig_results.Results(self.config.getoption("--results"))
        return self.results

    def open(self):
        self.bench = LabgridBench(self.config.getoption("--env"))
        self.network = Network()
        self.dut = Dut(self.bench, self.network, self.open_results().console)
        if self.config.getoption("--flash"):
            self.dut.flash()
        if not self.dut.can("settings"):
            self.network.keep_dhcp()
        self.boot()
        return self.dut

    def boot(self):
        self.dut.boot()
        if self.dut.can("ipv6"):
            self.dut.wait_address6()
        self.dut.check()
        self.is_dirty = False

    def close(self):
        """All of it, and whatever fails then, it does not hide what failed before."""
        for part in self.dut, self.network, self.bench:
            try:
                if part is not None:
                    part.close()
            except Exception as error:
                self.end_faults.append(error)


@pytest.fixture(scope="session", name="rig")
def make_rig(request):
    rig = request.config.rig
    try:
        rig.open()
        yield rig
    finally:
        rig.close()


@pytest.fixture(autouse=True)
def lacks(request):
    """Skips what the target cannot do, before it is even switched on."""
    wanted = [name for marker in request.node.iter_markers("needs") for name in marker.args]
    unknown = set(wanted) - set(CAPABILITIES)
    if unknown:
        raise BenchFault(f"a test needs what is no capability: {', '.join(sorted(unknown))}")
    if wanted:
        known = facts_of(request.config.getoption("--env")).lacks
        for name in wanted:
            if name in known:
                pytest.skip(f"needs a target that {CAPABILITIES[name]}; this one lacks it: "
                            f"{known[name]}")


@pytest.fixture
def figures(request, record_property):
    """A test's figures: figures["round_trip_ms"] = 1.3"""
    found = request.config.rig.figures[request.node.nodeid] = {}
    yield found
    for name, value in found.items():
        record_property(name, value)


@pytest.fixture
def times(request):
    return range(request.config.getoption("--times"))


@pytest.fixture
def minutes(request):
    return request.config.getoption("--minutes")


@pytest.fixture
def seed(request):
    """Of the random choices of this session; a failure prints it."""
    print(f"--seed {request.config.rig.seed}")
    return request.config.rig.seed


@pytest.fixture
def new_host():
    """Makes peers, each with a name that the target has not met: what it knew of another one is no
    part of the test."""
    return lambda **options: Companion(f"host-{next(HOST_NUMBERS)}", **options)


@pytest.fixture
def exchange():
    """Plain messages are acknowledged, over both transports."""
    def ask(dut, version="ipv4"):
        text = b"are you there?"
        assert peer.ask(dut.at(version), text) == peer.acknowledgement(text)
        assert peer.ask_udp(dut.at(version), text) == peer.acknowledgement_udp(text)

    return ask


@pytest.fixture
def dut(request, rig, lacks):
    """The target, reachable, on a good network; afterwards it is looked at."""
    folder = rig.results.failed_folder(name_of(request.node))
    mark = rig.dut.console.mark()
    capture = Capture(folder / "capture.pcap")
    is_good = False
    try:
        rig.network.clear()
        if rig.is_dirty:
            rig.dut.excuse_resets()
            rig.boot()
        rig.dut.console.skip()
        yield rig.dut
        rig.network.clear()
        if not has_failed(request.node):
            if request.node.get_closest_marker("settings"):
                rig.boot()
            if request.node.get_closest_marker("lingers"):
                rig.dut.check_resets()
            else:
                rig.dut.check()
            is_good = True
        elif rig.bench_fault is None:
            rig.dut.console.check_bench()
    finally:
        rig.is_dirty = not is_good
        if not is_good:
            keep_console(rig.dut.console.lines_since(mark), folder / "console.log")
        capture.stop(is_wanted=not is_good)
        if is_good:
            folder.rmdir()


def name_of(item):
    return f"{item.path.stem}::{item.name}"


def has_failed(item):
    return any(report.failed for report in item.config.rig.reports.get(item.nodeid, []))


def keep_console(lines, path):
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8",
                    errors="backslashreplace")


# ---- verdicts and results --------------------------------------------------------------------


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    rig = item.config.rig
    if report.failed and report.when == "call" and rig.dut is not None:
        if reset := rig.dut.unexpected_reset():
            rig.notes[item.nodeid] = reset
            report.sections.append(("The target", reset))
    rig.reports.setdefault(item.nodeid, []).append(report)
    if call.excinfo is None:
        return
    fault = call.excinfo.value
    if report.failed and not is_judgement(fault):
        fault = BenchFault(f"the suite itself, in {name_of(item)}: {fault!r}")
    rig.faults[item.nodeid, report.when] = fault
    if isinstance(fault, BenchFault):
        rig.bench_fault = rig.bench_fault or fault
        item.session.shouldstop = f"the bench has failed, not the target: {first_line(fault)}"
    elif report.failed and rig.dut is None or (report.when == "setup" and report.failed):
        item.session.shouldstop = f"the target cannot be tested: {first_line(fault)}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    start_s = time.monotonic()
    yield
    rig = item.config.rig
    reports = rig.reports.get(item.nodeid, [])
    faults = {when: fault for (nodeid, when), fault in rig.faults.items() if nodeid == item.nodeid}
    verdict, reason = rig_results.verdict_of(reports, faults)
    if note := rig.notes.get(item.nodeid):
        reason = f"{note}; {reason}"
    files = []
    if verdict in (FAILED, BENCH):
        files = sorted((rig.open_results().folder / "failed").glob(
            f"{rig_results.file_name(name_of(item))}/*"))
    rig.open_results().write(name_of(item), verdict, time.monotonic() - start_s, reason,
                             rig.figures.get(item.nodeid), files)


def is_judgement(fault):
    """The rig's, or a target's that does not answer; all else is a mistake of the suite's."""
    return (isinstance(fault, (AssertionError, BenchFault, ConnectionError, TimeoutError))
            or isinstance(fault, OSError) and fault.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH))


def first_line(fault):
    return str(fault).partition("\n")[0]


def pytest_terminal_summary(terminalreporter, config):
    rig = config.rig
    write = terminalreporter.write_line
    if rig.results is not None:
        write(f"seed: {rig.seed}")
    failed = rig.results.counts[FAILED] if rig.results is not None else 0
    if rig.dut is not None and rig.dut.version is not None:
        write(f"{rig.dut.name}: version {rig.dut.version}, booted {len(rig.dut.boots)} times")
    if failed:
        write(f"PRODUCT FAILED {failed} of its tests", red=True)
    if rig.bench_fault is not None:
        judged = "only by the tests before" if failed else "not"
        write(f"BENCH FAILED, the product was {judged} judged: {rig.bench_fault}", red=True)
    elif rig.end_faults:
        write(f"BENCH FAILED, but only at the end: {rig.end_faults[0]}", red=True)
    elif rig.is_suite_broken:
        write(SUITE_BROKEN, red=True)
    if rig.results is not None:
        for folder in sorted((rig.results.folder / "failed").glob("*")):
            write(f"  {', '.join(sorted(file.name for file in folder.iterdir()))}: {folder}")
        write(f"results, and all that the console said: {rig.results.folder}")


def pytest_internalerror():
    """There will be no summary."""
    print(SUITE_BROKEN, file=sys.stderr)


def pytest_unconfigure(config):
    if config.rig.results is not None:
        config.rig.results.close()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    rig = session.config.rig
    rig.is_suite_broken = exitstatus == pytest.ExitCode.INTERNAL_ERROR or (
        session.testsfailed > 0 and rig.results is None)  # tests that cannot be collected
    if rig.bench_fault is not None or rig.is_suite_broken:
        session.exitstatus = STATUS_BENCH
    elif rig.results is not None and rig.results.counts[FAILED]:
        session.exitstatus = STATUS_FAILED
    elif rig.end_faults:
        session.exitstatus = STATUS_BENCH
    elif exitstatus == pytest.ExitCode.INTERRUPTED:
        session.exitstatus = STATUS_INTERRUPTED
    elif exitstatus in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = STATUS_USAGE
