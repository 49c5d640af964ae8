# SPDX-License-Identifier: BSD-3-Clause
"""One verdict for each test, from what pytest reports of its parts; and files that can be read."""

import dataclasses
import json

import pytest
from rig.results import NAME_MAX, REASON_MAX, Results, file_name, verdict_of
from rig.verdict import BENCH, FAILED, PASSED, SKIPPED, BenchFault, TargetFault


@dataclasses.dataclass
class Report:
    """As pytest's are."""

    when: str
    outcome: str = "passed"
    longrepr: object = None
    longreprtext: str = "as pytest shows it"

    @property
    def failed(self):
        return self.outcome == "failed"

    @property
    def skipped(self):
        return self.outcome == "skipped"


def verdict(**faults):
    """Of a test whose parts (setup, call, teardown) failed so."""
    reports = [Report(when, "failed" if when in faults else "passed")
               for when in ("setup", "call", "teardown")]
    return verdict_of(reports, faults)


def test_nothing_failed():
    assert verdict() == (PASSED, "")


@pytest.mark.parametrize("when", ["setup", "call", "teardown"])
def test_target_s_fault_fails_the_product(when):
    assert verdict(**{when: TargetFault("it hangs")}) == (FAILED, "it hangs")


@pytest.mark.parametrize("when", ["setup", "call", "teardown"])
def test_bench_s_fault_judges_nothing(when):
    assert verdict(**{when: BenchFault("unplugged")}) == (BENCH, "unplugged")


def test_first_fault_is_told():
    assert verdict(call=TargetFault("first"), teardown=TargetFault("second")) == (FAILED, "first")


def test_what_fails_beside_the_bench_judges_nothing():
    gone = BenchFault("unplugged")
    assert verdict(call=OSError("no route"), teardown=gone) == (BENCH, "unplugged")


def test_errors_are_told_with_their_kind():
    assert verdict(call=KeyError("used")) == (FAILED, "KeyError: 'used'")


@pytest.mark.parametrize("fault", [None, AssertionError()])
def test_fault_without_words_is_told_as_pytest_does(fault):
    assert verdict(call=fault) == (FAILED, "as pytest shows it")


def test_skipped_has_its_reason():
    reports = [Report("setup", "skipped", ("file", 1, "Skipped: has no power")), Report("teardown")]
    assert verdict_of(reports, {}) == (SKIPPED, "has no power")


# ---- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("test", "name"), [
    ("test_boot::test_banner", "test_boot_test_banner"),
    ("test_plain::test_it[tcp-ipv6]", "test_plain_test_it_tcp-ipv6"),
    ("test_plain::test_it[../../etc/passwd]", "test_plain_test_it_.._.._etc_passwd"),
    ("test_plain::test_it[a b\n*?]", "test_plain_test_it_a_b"),
    ("x" * 500, "x" * NAME_MAX),
])
def test_folder_s_name_is_one_anywhere(test, name):
    assert file_name(test) == name


def lines_of(folder):
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]


def test_each_test_is_a_line(tmp_path):
    results = Results(tmp_path)
    results.write("a", PASSED, 1.23456, figures={"round_trip_ms": 1.5})
    results.write("b", FAILED, 2, "y" * 2 * REASON_MAX, files=[tmp_path / "console.log"])
    assert lines_of(tmp_path) == [
        {"test": "a", "verdict": "passed", "seconds": 1.235, "figures": {"round_trip_ms": 1.5}},
        {"test": "b", "verdict": "failed", "seconds": 2, "reason": "y" * REASON_MAX,
         "files": [str(tmp_path / "console.log")]}]
    assert (results.counts[PASSED], results.counts[FAILED], results.counts[BENCH]) == (1, 1, 0)
    results.close()


def test_reason_that_is_no_text_is_written(tmp_path):
    """A target says any bytes, and an assertion may quote them."""
    results = Results(tmp_path)
    results.write("a", FAILED, 1, b"\xff\x00\xf0".decode("utf-8", "surrogateescape"))
    assert lines_of(tmp_path)[0]["verdict"] == "failed"
    results.close()


def test_new_results_replace_old_ones(tmp_path):
    for _ in range(2):
        results = Results(tmp_path)
        assert list(tmp_path.glob("failed/*")) == []
        (results.failed_folder("test_a::b") / "console.log").touch()
        results.write("a", FAILED, 1)
        results.close()
    assert len(lines_of(tmp_path)) == 1
