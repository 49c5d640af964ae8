# SPDX-License-Identifier: BSD-3-Clause
"""What something under test says, line by line, and a test's questions about it.

Somebody else's thread calls _take() with what comes; a test waits for lines with wait_line() and
expect(), each with a deadline.
"""

import re
import threading

BOUND_S = 10


def matches(line, wanted):
    return wanted.fullmatch(line) if isinstance(wanted, re.Pattern) else wanted == line


class Said:
    def __init__(self, *streams):
        self.is_ended = False
        self._lines = {stream: [] for stream in streams}
        self._tails = {stream: b"" for stream in streams}  # of lines that have not ended yet
        self._next = 0  # of stdout's lines, the first that no test has asked for yet
        self._news = threading.Condition()

    def _take(self, stream, data):
        *whole, self._tails[stream] = (self._tails[stream] + data).split(b"\n")
        self._lines[stream] += [line.decode("utf-8", "surrogateescape") for line in whole]

    def lines(self, stream="stdout"):
        """All whole lines so far; bytes that are not UTF-8 are surrogates in them."""
        return self._lines[stream]

    def _wait(self, what, is_there, bound_s):
        with self._news:
            self._news.wait_for(lambda: is_there() or self.is_ended, bound_s)
            assert is_there(), f"{what} did not come"

    def expect(self, *wanted, bound_s=BOUND_S):
        """The next lines are exactly these: each a text, or a pattern that matches all of it."""
        end = self._next + len(wanted)
        self._wait(f"{wanted}", lambda: len(self.lines()) >= end, bound_s)
        for number, (line, want) in enumerate(zip(self.lines()[self._next : end], wanted)):
            assert matches(line, want), f"line {self._next + number + 1}: not {want!r}"
        self._next = end

    def wait_line(self, wanted, bound_s=BOUND_S):
        """Skips lines up to one that is this; returns it."""

        def find():
            rest = enumerate(self.lines()[self._next :], self._next)
            return next((at for at, line in rest if matches(line, wanted)), None)

        self._wait(f"{wanted!r}", lambda: find() is not None, bound_s)
        at = find()
        self._next = at + 1
        return self.lines()[at]
