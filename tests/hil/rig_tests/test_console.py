# SPDX-License-Identifier: BSD-3-Clause
"""The console keeps what a target says, whatever that is; and its end is no silence."""

import io
import queue

import pytest
from rig import console as consoles
from rig.console import Console
from rig.verdict import BenchFault, TargetFault

BOUND_S = 10


class Line:
    """A console's far end, in the test's hands. What is raised in say(error) read() raises."""

    def __init__(self):
        self._said = queue.Queue()
        self.typed = b""
        self.log = io.StringIO()
        self.console = Console(self._read, self._write, self.log)

    def say(self, what):
        self._said.put(what)

    def _read(self, timeout_s):
        try:
            said = self._said.get(timeout=timeout_s)
        except queue.Empty:
            return b""
        if isinstance(said, Exception):
            raise said
        return said

    def _write(self, data):
        self.typed += data

    def wait(self, count):
        lines = self.console.lines()
        self.console.wait_until(f"{count} lines", lambda: len(lines) >= count, BOUND_S)
        return lines

    def wait_fault(self):
        with pytest.raises((BenchFault, TargetFault)) as caught:
            self.console.wait_until("what never comes", lambda: False, BOUND_S)
        return caught.value


@pytest.fixture(name="line")
def make_line():
    line = Line()
    yield line
    line.console.close()


def test_lines_come_together_from_any_pieces(line):
    for piece in b"o", b"ne\r", b"\ntw", b"o\n", b"three\nfour\n":
        line.say(piece)
    assert line.wait(4) == ["one", "two", "three", "four"]


def test_bytes_that_are_no_text_are_kept(line):
    line.say(b"\xff\x1b[2J\n")
    assert line.wait(1)[0].encode("utf-8", "surrogateescape") == b"\xff\x1b[2J"
    assert "\x1b" not in line.log.getvalue()
    assert "'\\x1b'[2J" in line.console.tail()


def test_long_line_is_cut(line):
    line.say(b"x" * (2 * consoles.LINE_MAX + 10))
    line.say(b"y\n")
    assert [len(text) for text in line.wait(3)] == [consoles.LINE_MAX, consoles.LINE_MAX, 11]


def test_part_of_a_line_is_something_said(line):
    """Who prints it is not silent, and a person is shown it."""
    assert not line.console.has_said(0)
    line.say(b"boot? ")
    line.console.wait_until("something", lambda: line.console.has_said(0), BOUND_S)
    assert line.console.tail() == "    boot? "


def test_power_off_ends_a_line(line):
    line.say(b"half a li")
    line.console.wait_until("something", lambda: line.console.has_said(0), BOUND_S)
    line.console.end_line()
    assert line.wait(1) == ["half a li"]


def test_what_does_not_come_is_named_together_with_what_came(line):
    line.say(b"hello\n")
    line.wait(1)
    with pytest.raises(TargetFault) as caught:
        line.console.wait_until("the banner", lambda: False, 0.05)
    assert str(caught.value) == \
        "the banner did not come within 0.05 s; the last that it said:\n    hello"


def test_many_lines_while_one_is_waited_for_are_a_flood(line):
    line.say(b"\n" * (consoles.FLOOD_LINES + 1))
    assert "it floods the console: 20001 lines in" in str(line.wait_fault())


def test_many_bytes_in_a_second_are_a_flood_and_not_kept(line):
    for _ in range(100):
        line.say(b"x" * 65536)
    fault = line.wait_fault()
    assert isinstance(fault, TargetFault) and "it floods the console: " in str(fault)
    line.console.end_line()
    assert sum(map(len, line.console.lines())) <= consoles.FLOOD_BYTES


def test_target_that_is_switched_on_again_is_forgiven(line):
    line.say(TargetFault("it has crashed"))
    assert "it has crashed" in str(line.wait_fault())
    line.console.check_bench()
    line.console.forgive()
    line.say(b"hello\n")
    assert line.wait(1) == ["hello"]
    line.console.check()


@pytest.mark.parametrize("error", [BenchFault("unplugged"), ValueError("unplugged")])
def test_console_that_is_gone_stays_gone(line, error):
    """Whatever the reader fails of, nobody takes it for a silent target."""
    line.say(b"last words\n")
    line.say(error)
    fault = line.wait_fault()
    assert isinstance(fault, BenchFault)
    assert "unplugged" in str(fault) and "last words" in str(fault)
    line.console.forgive()
    for use in line.console.check, line.console.check_bench, lambda: line.console.type("hello"):
        with pytest.raises(BenchFault, match="unplugged"):
            use()
    assert line.typed == b""


def test_console_that_goes_while_the_power_does_is_no_wait(line):
    line.say(BenchFault("unplugged"))
    line.console.end_line()
    line.console.close()
