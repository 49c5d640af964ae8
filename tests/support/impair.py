# SPDX-License-Identifier: BSD-3-Clause
"""msgr-impair in a test's hands: its commands, its counters, and plain sockets as its ends."""

import contextlib
import json
import os
import pathlib
import re
import socket
import tempfile
import threading
import time

from support.node import ROOT, Program, deadline

IMPAIR = os.environ.get("MSGR_IMPAIR", str(ROOT / "build" / "debug" / "sim" / "msgr-impair"))
BOUND_S = 20
HEADER = 14  # bytes of an Ethernet header
ANY = re.compile(".*")


class Impairer(Program):
    """From the moment on that both its ends are open."""

    def __init__(self, a, b, *options):
        super().__init__(IMPAIR, a, b, "--json", *options, stdin=True)
        try:
            ready = self.wait_json()
        except AssertionError:
            self.kill()
            print(self)
            raise
        self.seed = ready["seed"]

    def wait_json(self):
        return json.loads(self.wait_line(ANY))

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")

    def command(self, line, is_good=True):
        """Does not return before it has been done."""
        self.type(line)
        assert self.wait_json() == {"ok": is_good}

    def counters(self):
        self.type("counters")
        return self.wait_json()["counters"]

    def wait_settled(self, way="ab", **wanted):
        """Waits until the counters of one direction are these, and nothing is under way."""
        left = deadline(BOUND_S)
        while left():
            now = self.counters()[way]
            if wanted.items() <= now.items() and now["waiting"] == 0:
                return now

    def final(self):
        """Ends it."""
        return json.loads(self.rest()[-1])["final"]


class Side:
    """A plain socket at the other side of an end, which reads all the time."""

    def __init__(self, path, impairer_path, is_reading=True):
        self.arrived = []  # (time, frame)
        self._path = path
        self._to = impairer_path
        self._news = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        self._reader = threading.Thread(target=self._read, daemon=True)
        if is_reading:
            self.start()

    def start(self):
        self._reader.start()

    def _read(self):
        while frame := self._socket.recv(65536):
            now_s = time.monotonic()
            with self._news:
                self.arrived.append((now_s, frame))
                self._news.notify_all()

    def send(self, *frames):
        """Waits for room. The times before each."""
        times = []
        for frame in frames:
            times.append(time.monotonic())
            self._socket.sendto(frame, self._to)
        return times

    def wait(self, count):
        """The frames, when so many are there."""
        with self._news:
            self._news.wait_for(lambda: len(self.arrived) >= count, BOUND_S)
            assert len(self.arrived) == count
            return [frame for _, frame in self.arrived]

    def close(self):
        if self._reader.is_alive():
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
                own.sendto(b"", self._path)
            self._reader.join(BOUND_S)
        self._socket.close()
        os.unlink(self._path)


class Between:
    """An impairer between two sides, in a folder of their own."""

    def __init__(self, folder, *options):
        self.paths = {name: str(pathlib.Path(folder) / name) for name in ("a", "A", "b", "B")}
        self.impairer = Impairer(
            f"wire:{self.paths['A']},{self.paths['a']}",
            f"wire:{self.paths['B']},{self.paths['b']}",
            *options,
        )

    def side(self, name, **options):
        return Side(self.paths[name], self.paths[name.upper()], **options)


@contextlib.contextmanager
def between(*options):
    """(impairer, side a, side b)."""
    with tempfile.TemporaryDirectory(prefix="msgr-") as folder:
        pair = Between(folder, *options)
        with pair.impairer as impairer, contextlib.closing(pair.side("a")) as a:
            with contextlib.closing(pair.side("b")) as b:
                yield impairer, a, b
        assert list(pathlib.Path(folder).iterdir()) == [], "sockets are left"


def frames_of(count, size=60):
    """Numbered frames of a kind that no protocol has."""
    head = bytes.fromhex("0200000000b1 0200000000a1 88b5")
    return [(head + number.to_bytes(4, "big")).ljust(size, b"\x5a") for number in range(count)]


def number_of(frame):
    return int.from_bytes(frame[HEADER : HEADER + 4], "big")
