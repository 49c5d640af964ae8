# SPDX-License-Identifier: BSD-3-Clause
"""What became of each test: JUnit's XML is pytest's own; this adds

    results.jsonl                  one JSON object for each test: verdict, reason, figures, files
    console.log                    the target's console, all of it, with times
    failed/TEST/console.log        of a test that did not pass: its part of it
    failed/TEST/capture.pcap       and the frames at the target's interface
"""

import json
import pathlib
import re
import shutil

from rig.verdict import BENCH, FAILED, PASSED, SKIPPED, BenchFault

REASON_MAX = 1000  # characters
NAME_MAX = 120


class Results:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder / "failed", ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lines = open(self.folder / "results.jsonl", "w", encoding="utf-8",
                           errors="backslashreplace", buffering=1)
        self.console = open(self.folder / "console.log", "w", encoding="utf-8", buffering=1)
        self.counts = dict.fromkeys([PASSED, FAILED, SKIPPED, BENCH], 0)

    def write(self, test, verdict, seconds, reason="", figures=None, files=()):
        self.counts[verdict] += 1
        line = {"test": test, "verdict": verdict, "seconds": round(seconds, 3)}
        if reason:
            line["reason"] = reason[:REASON_MAX]
        if figures:
            line["figures"] = figures
        if files:
            line["files"] = [str(file) for file in files]
        self._lines.write(json.dumps(line, ensure_ascii=False) + "\n")

    def failed_folder(self, test):
        folder = self.folder / "failed" / file_name(test)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def close(self):
        self._lines.close()
        self.console.close()


def file_name(test):
    return re.sub(r"[^\w.\-]+", "_", test).strip("_")[:NAME_MAX]


def in_words(error):
    """Of an assertion its message; of others, which often is not enough, their kind, too."""
    if error is None or isinstance(error, AssertionError):
        return str(error or "")
    return f"{type(error).__name__}: {error}"


def verdict_of(reports, faults):
    """(verdict, reason) of a test's reports: of setting up, of itself, of clearing up. Once the
    bench has failed, what else failed in the test does not judge the product."""
    failed = [(report, faults.get(report.when)) for report in reports if report.failed]
    for _, fault in failed:
        if isinstance(fault, BenchFault):
            return BENCH, str(fault)
    for report, fault in failed:
        return FAILED, in_words(fault) or report.longreprtext
    for report in reports:
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            return SKIPPED, reason.removeprefix("Skipped: ")
    return PASSED, ""
