# SPDX-License-Identifier: BSD-3-Clause
"""The target's console: read all the time, so that nothing is lost and the target never waits."""

import re
import threading
import time

from rig.verdict import BenchFault, TargetFault
from support.said import Said

READ_S = 0.1
END_S = 2
FLOOD_LINES = 20_000  # more, while one line was waited for, is a flood
LINE_MAX = 4096  # bytes of a line; a longer one is cut there
SHOWN = 15  # lines
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def printable(line):
    return CONTROLS.sub(lambda raw: f"{raw.group()!a}", line.encode(errors="replace").decode())


class Console(Said):
    """read(timeout_s): bytes, none if there were none in that time; write(bytes). Both raise
    BenchFault when the console is gone. log: a text file that gets each line, with the time."""

    def __init__(self, read, write, log):
        super().__init__("stdout")
        self._read, self._write, self._log = read, write, log
        self._start_s = time.monotonic()
        self._fault = None
        self._silences = 0
        self._is_closing = False
        self._reader = threading.Thread(target=self._run, daemon=True)
        self._reader.start()

    def _run(self):
        try:
            while not self._is_closing:
                data = self._read(READ_S)
                with self._news:
                    if data:
                        self._take("stdout", data)
                    else:
                        self._silences += 1
                    self._news.notify_all()
        except BenchFault as fault:
            with self._news:
                self._fault = fault
                self._news.notify_all()

    def _take(self, stream, data):
        begin = len(self._lines[stream])
        super()._take(stream, data.replace(b"\r", b""))
        if len(self._tails[stream]) > LINE_MAX:
            super()._take(stream, b"\n")
        for line in self._lines[stream][begin:]:
            self._log.write(f"{time.monotonic() - self._start_s:10.3f} {printable(line)}\n")

    # ---- asked for ----

    def mark(self):
        """Where it is now: for lines_since()."""
        return len(self.lines())

    def lines_since(self, mark):
        return self.lines()[mark:]

    def skip(self):
        """What has been said so far, no test asks for any more."""
        self._next = len(self.lines())

    def tail(self):
        """The last lines, for a person."""
        lines = [printable(line) for line in self.lines()[-SHOWN:]]
        return "\n".join(f"    {line}" for line in lines) or "    (nothing)"

    def check(self):
        """The console is there."""
        if self._fault is not None:
            raise self._fault

    def wait_until(self, what, is_there, bound_s):
        """Waits until the lines are such that is_there(); says what did not come."""
        begin, start_s = self.mark(), time.monotonic()

        def is_over():
            return (is_there() or self._fault is not None
                    or self.mark() - begin > FLOOD_LINES)

        with self._news:
            self._news.wait_for(is_over, bound_s)
            if is_there():
                return
        self.check()
        count, seconds = self.mark() - begin, time.monotonic() - start_s
        if count > FLOOD_LINES:
            raise TargetFault(f"it floods the console: {count} lines in {seconds:.1f} s, and {what} "
                              "not among them")
        raise TargetFault(f"{what} did not come within {bound_s:g} s; the last that it said:\n"
                          f"{self.tail()}")

    def _wait(self, what, is_there, bound_s):
        self.wait_until(what, is_there, bound_s)

    def wait_said(self, text, since=0, bound_s=20):
        """In one of the lines from there on."""
        self.wait_until(repr(text), lambda: any(text in line for line in self.lines_since(since)),
                        bound_s)

    def wait_news(self, bound_s):
        """Until it says something, or that long."""
        with self._news:
            self._news.wait(bound_s)

    def wait_settled(self, bound_s, is_there):
        """Until is_there(), or it has been silent for that long."""
        with self._news:
            while not is_there():
                count = self.mark()
                self._news.wait_for(lambda: self.mark() > count or self._fault, bound_s)
                if self.mark() == count:
                    return

    def end_line(self):
        """The power is off: what it said has come, and a line that has no end will get none."""
        silences = self._silences
        with self._news:
            self._news.wait_for(lambda: self._silences > silences or self._fault, END_S)
            if self._tails["stdout"]:
                self._take("stdout", b"\n")

    def press(self, keys):
        """These bytes, as they are."""
        self.check()
        self._write(keys)

    def type(self, line):
        self.press(line.encode() + b"\r")

    def close(self):
        self._is_closing = True
        self._reader.join(10 * READ_S)
