# SPDX-License-Identifier: BSD-3-Clause
"""A terminal of 80 by 24 and a program on it: what a person types, and what he sees.

Of what a program may say to a terminal it knows what msgr and libedit say; anything else fails.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

BOUND_S = 20
ROWS, COLUMNS = 24, 80
ESCAPE = re.compile(r"\x1b(?:\[([0-9;?]*)([A-Za-z])|([78=>(])|\][^\x07]*\x07)")


def width(char):
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    """The rows that are to be seen, and those that have gone up."""

    def __init__(self, columns=COLUMNS):
        self.columns = columns
        self.lines = [[" "] * columns for _ in range(ROWS)]
        self.row = self.column = 0
        self.saved = 0, 0
        self.colours = set()
        self.tail = ""

    def __str__(self):
        return "\n".join("".join(line).rstrip() for line in self.lines).rstrip("\n")

    def feed(self, text):
        text = self.tail + text
        at = 0
        self.tail = ""
        while at < len(text):
            if text[at] == "\x1b":
                match = ESCAPE.match(text, at)
                if not match:
                    assert len(text) - at < 16, f"unknown: {text[at:at + 16]!r}"
                    self.tail = text[at:]
                    return
                self.obey(match)
                at = match.end()
            else:
                self.put(text[at])
                at += 1

    def obey(self, match):
        number = int(match[1]) if match[1] and match[1].isdigit() else 1
        what = match[2] or match[3]
        if what == "A":
            self.row = max(0, self.row - number)
        elif what == "B":
            self.row = min(ROWS - 1, self.row + number)
        elif what == "C":
            self.column = min(self.columns - 1, self.column + number)
        elif what == "D":
            self.column = max(0, min(self.column, self.columns - 1) - number)
        elif what == "G":
            self.column = number - 1
        elif what == "K":
            self.lines[self.row][self.column:] = [" "] * (self.columns - self.column)
        elif what == "J":
            self.lines[self.row][self.column:] = [" "] * (self.columns - self.column)
            self.lines[self.row + 1:] = [[" "] * self.columns for _ in range(ROWS - self.row - 1)]
        elif what == "P":
            line = self.lines[self.row]
            del line[self.column:self.column + number]
            line += [" "] * number
        elif what == "@":
            line = self.lines[self.row]
            line[self.column:self.column] = [" "] * number
            del line[self.columns:]
        elif what == "7":
            self.saved = self.row, self.column
        elif what == "8":
            self.row, self.column = self.saved
        elif what == "m":
            self.colours.add(match[1])
        else:
            assert what in "hl=>", f"unknown: {match[0]!r}"

    def down(self):
        if self.row == ROWS - 1:
            self.lines.append([" "] * self.columns)
            del self.lines[0]
        else:
            self.row += 1

    def put(self, char):
        if char == "\n":
            self.down()
        elif char == "\r":
            self.column = 0
        elif char == "\b":
            self.column = max(0, min(self.column, self.columns - 1) - 1)
        elif char == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif char != "\x07":
            assert char >= " ", f"unknown: {char!r}"
            self.show(char)

    def show(self, char):
        taken = width(char)
        if self.column + taken > self.columns:
            self.down()
            self.column = 0
        if taken == 0:
            return
        self.lines[self.row][self.column] = char
        self.lines[self.row][self.column + 1:self.column + taken] = [""] * (taken - 1)
        self.column += taken


class OnTerminal:
    """A program whose terminal this is."""

    def __init__(self, *words, columns=COLUMNS, **environment):
        self.screen = Screen(columns)
        self.words = [str(word) for word in words]
        self.fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        given = {**os.environ, "TERM": "xterm", "LANG": "C.UTF-8", **environment}
        given.pop("NO_COLOR", None) if "NO_COLOR" not in environment else None
        self.process = subprocess.Popen(
            self.words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env=given, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def type(self, text):
        os.write(self.fd, text.encode())

    def line(self, text):
        self.type(text + "\r")

    def _read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        self.screen.feed(os.read(self.fd, 65536).decode(errors="surrogateescape"))
        return True

    def wait(self, *wanted, bound_s=BOUND_S):
        """These lines are to be seen, one behind the other."""
        end = time.monotonic() + bound_s
        while not self.shows(*wanted):
            left = end - time.monotonic()
            assert left > 0, f"{wanted} is not to be seen:\n{self.screen}"
            self._read(left)

    def shows(self, *wanted):
        lines = str(self.screen).split("\n")
        ranges = range(len(lines) - len(wanted) + 1)
        return any(all(matches(line, want) for line, want in zip(lines[at:], wanted))
                   for at in ranges)

    def wait_end(self, status=0, bound_s=BOUND_S):
        """It ends by itself, and the terminal is as it was before."""
        end = time.monotonic() + bound_s
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it did not end:\n{self.screen}"
            self._read(0.05)
        while self._read(0):
            pass
        assert self.process.returncode == status, str(self)
        assert termios.tcgetattr(self.slave) == self.before, "the terminal is not as before"

    def resize(self, columns):
        self.screen.columns = columns
        for line in self.screen.lines:
            line[:] = (line + [" "] * columns)[:columns]
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))

    def __str__(self):
        return f"$ {' '.join(self.words)}\n{self.screen}\n({self.process.poll()})"

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(BOUND_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self.fd)
        os.close(self.slave)
        if kind is not None:
            print(self)


def matches(line, wanted):
    return wanted.fullmatch(line) if isinstance(wanted, re.Pattern) else wanted == line
