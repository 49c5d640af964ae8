# SPDX-License-Identifier: BSD-3-Clause
"""The target's console: read all the time, so that nothing is lost and the target never waits."""

import re
import threading
import time

from rig.verdict import BenchFault, TargetFault
from support.said import Said

READ_S = 0.1
END_S = 2
SETTLE_S = 10
FLOOD_LINES = 20_000  # more, while one line was waited for, is a flood
FLOOD_BYTES = 2_000_000  # in a second: no UART has that, and it would fill disks
LINE_MAX = 4096  # bytes of a line; a longer one is cut there
SHOWN = 15  # lines
SHOWN_WIDTH = 200  # characters of each
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def printable(line):
    return CONTROLS.sub(lambda raw: f"{raw.group()!a}", line.encode(errors="replace").decode())


class Console(Said):
    """read(timeout_s): bytes, none if there were none in that time; write(bytes). Both raise
    BenchFault when the console is gone; read() TargetFault when the target is, until it is switched
    on again. log: a text file that gets each line, with the time."""

    def __init__(self, read, write, log):
        super().__init__("stdout")
        self._read, self._write, self._log = read, write, log
        self._start_s = time.monotonic()
        self._fault = None
        self._silences = 0
        self._second = (self._start_s, 0)  # when it began, the bytes since
        self._is_closing = False
        self._reader = threading.Thread(target=self._run, daemon=True)
        self._reader.start()

    def _run(self):
        while not self._is_closing:
            try:
                self._read_once()
            except TargetFault as fault:
                self._fail(fault)
            except BenchFault as fault:
                return self._fail(fault)
            except Exception as error:  # whatever it is: not to pass for a target that is silent
                return self._fail(BenchFault(f"the console is gone: {error!r}"))

    def _read_once(self):
        data = self._read(READ_S) or b""
        self._check_flood(len(data))
        with self._news:
            if data and self._fault is None:
                self._take("stdout", data)
            elif not data:
                self._silences += 1
            self._news.notify_all()

    def _check_flood(self, size):
        """While it goes on, nothing is kept."""
        begin_s, count = self._second
        seconds = time.monotonic() - begin_s
        self._second = (begin_s, count + size) if seconds < 1 else (begin_s + seconds, size)
        if self._fault is None and self._second[1] > FLOOD_BYTES:
            raise TargetFault(f"it floods the console: {count + size} bytes in {seconds:.1f} s")

    def _fail(self, fault):
        with self._news:
            self._fault = type(fault)(f"{fault}; the last that it said:\n{self.tail()}")
            self._log.write(f"{time.monotonic() - self._start_s:10.3f} ({fault})\n")
            self._news.notify_all()

    def _take(self, stream, data):
        begin = len(self._lines[stream])
        super()._take(stream, data.replace(b"\r", b""))
        while len(tail := self._tails[stream]) > LINE_MAX:
            self._tails[stream] = b""
            super()._take(stream, tail[:LINE_MAX] + b"\n" + tail[LINE_MAX:])
        time_s = f"{time.monotonic() - self._start_s:10.3f}"
        lines = self._lines[stream][begin:]
        self._log.write("".join(f"{time_s} {printable(line)}\n" for line in lines))

    # ---- asked for ----

    def mark(self):
        """Where it is now: for lines_since()."""
        return len(self.lines())

    def lines_since(self, mark):
        return self.lines()[mark:]

    def skip(self):
        """What has been said so far, no test asks for any more."""
        self._next = len(self.lines())

    def has_said(self, since):
        """Anything, were it a part of a line."""
        return self.mark() > since or bool(self._tails["stdout"])

    def tail(self):
        """The last lines, for a person; the last of them may have no end yet."""
        unended = self._tails["stdout"].decode("utf-8", "surrogateescape")
        lines = [*self.lines()[-SHOWN:], *([unended] if unended else [])]
        shown = [f"    {printable(line[:SHOWN_WIDTH])}" for line in lines]
        return "\n".join(shown) or "    (nothing)"

    def check(self):
        """The console is there, and the target has not said that it is gone."""
        if self._fault is not None:
            raise type(self._fault)(str(self._fault))

    def check_bench(self):
        """The console is there."""
        if isinstance(self._fault, BenchFault):
            self.check()

    def forgive(self):
        """The target is switched on again: what it did wrong before is over."""
        with self._news:
            self._second = (time.monotonic(), 0)
            if isinstance(self._fault, TargetFault):
                self._fault = None

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
            self._fail(TargetFault(f"it floods the console: {count} lines in {seconds:.1f} s, and "
                                   f"{what} not among them"))
            self.check()
        raise TargetFault(f"{what} did not come within {bound_s:g} s; the last that it said:\n"
                          f"{self.tail()}")

    def _wait(self, what, is_there, bound_s):
        self.wait_until(what, is_there, bound_s)

    def wait_said(self, text, since=0, bound_s=20):
        """In one of the lines from there on."""
        self.wait_until(repr(text), lambda: any(text in line for line in self.lines_since(since)),
                        bound_s)

    def wait_settled(self, bound_s, is_there):
        """Until is_there(), or it has been silent for that long, or talks on and on."""
        end_s = time.monotonic() + SETTLE_S
        with self._news:
            while not is_there() and time.monotonic() < end_s:
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
