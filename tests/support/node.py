# SPDX-License-Identifier: BSD-3-Clause
"""Programs under test, msgr-sim above all: started, listened to, ended; never waited for blindly.

What a test says about a node it says line by line. Whatever a test does not say is checked here
for each of them: nothing on stderr (so no sanitizer's report either), exit status 0, valid UTF-8,
and never a character that could do something to a terminal. A failing test prints everything that
its nodes have said.
"""

import os
import pathlib
import re
import selectors
import shlex
import signal
import subprocess
import threading
import time

from support import lan
from support.said import BOUND_S, Said, matches

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIM = os.environ.get("MSGR_SIM", str(ROOT / "build" / "debug" / "sim" / "msgr-sim"))
API = os.environ.get("MSGR_SIM_API", "raw")  # which of lwIP's APIs the nodes use
SIM_COMMAND = [SIM, "--api", API] if "MSGR_SIM_API" in os.environ else [SIM]
PORT = 9999
SHOWN = 40  # lines of a very long transcript: so many from its beginning and from its end

# C0, DEL, C1, separators, bidirectional controls; and what was not UTF-8.
RAW = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
SANITIZER = re.compile("Sanitizer|runtime error:")


class Program(Said):
    """A running program whose output is read while it runs: it never waits for its reader.

    A thread reads, so that a test may have its hands full elsewhere.
    """

    def __init__(self, *words, stdin=False):
        super().__init__("stdout", "stderr")
        self.words = [str(word) for word in words]
        self._is_checked = False
        self.process = subprocess.Popen(
            self.words,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        with selectors.DefaultSelector() as pipes:
            pipes.register(self.process.stdout, selectors.EVENT_READ, "stdout")
            pipes.register(self.process.stderr, selectors.EVENT_READ, "stderr")
            while pipes.get_map():
                for pipe, _ in pipes.select():
                    data = os.read(pipe.fd, 65536)
                    if not data:
                        pipes.unregister(pipe.fileobj)
                    with self._news:
                        self._take(pipe.data, data)
                        self._news.notify_all()
        with self._news:
            self.is_ended = True
            self._news.notify_all()

    # ---- what it says ----

    def __str__(self):
        said = [f"$ {shlex.join(self.words)}"]
        for stream, mark in ("stdout", "  "), ("stderr", "! "):
            tail = self._tails[stream].decode("utf-8", "surrogateescape")
            lines = self._lines[stream] + ([f"{tail} (no line end)"] if tail else [])
            if len(lines) > 2 * SHOWN:
                hidden = f"({len(lines) - 2 * SHOWN} more lines)"
                lines = [*lines[:SHOWN], hidden, *lines[-SHOWN:]]
            said += [mark + RAW.sub(lambda raw: f"{raw.group()!a}", line) for line in lines]
        status = self.process.poll()
        return "\n".join(said + [f"(exit status {status})" if status is not None else "(runs)"])

    def wait_error(self, wanted, bound_s=BOUND_S, count=1):
        """Waits for a line on stderr, or for so many of them."""
        self._wait(
            f"{wanted!r}",
            lambda: sum(bool(matches(line, wanted)) for line in self.lines("stderr")) >= count,
            bound_s,
        )

    # ---- how it ends ----

    def wait_end(self, bound_s=BOUND_S):
        self._reader.join(bound_s)
        assert not self._reader.is_alive(), "it did not end"
        self.process.wait(bound_s)

    def ends(self, *wanted, status=0, errors=(), bound_s=BOUND_S):
        """It ends by itself: these are its last lines, and this is all that it said on stderr."""
        self.wait_end(bound_s)
        assert self.process.returncode == status, f"exit status is not {status}"
        self.expect(*wanted)
        assert self.lines()[self._next :] == [], f"more was said than {wanted}"
        self._check(errors)

    def stop(self, *wanted, status=0, errors=(), number=signal.SIGINT):
        """Ctrl-C; then as ends()."""
        self.process.send_signal(number)
        self.ends(*wanted, status=status, errors=errors)

    def rest(self):
        """It has ended or is ended by Ctrl-C, well; these are the lines that no test asked for."""
        self.process.send_signal(signal.SIGINT)
        return self.rest_of_ended()

    def rest_of_ended(self):
        """It ends by itself, well; these are the lines that no test asked for."""
        self.wait_end()
        rest = self.lines()[self._next :]
        self._next += len(rest)
        self.ends()
        return rest

    def kill(self):
        """For what ends in no other way; and for what has ended."""
        self._is_checked = True
        self.process.kill()
        self.process.wait(BOUND_S)
        self._reader.join(BOUND_S)

    def _check(self, errors):
        self._is_checked = True
        said = self.lines("stderr")
        assert not SANITIZER.search("\n".join(said)), "a sanitizer's report"
        assert len(said) == len(errors), f"not {len(errors)} lines on stderr"
        for line, want in zip(said, errors):
            assert matches(line, want), f"stderr: not {want!r}"
        raw = RAW.search("\n".join(self.lines()))
        assert raw is None, f"raw {raw.group()!a} went to the terminal"
        assert self._tails == {"stdout": b"", "stderr": b""}, "the last line has no end"

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        is_well = False
        try:
            if kind is None and not self._is_checked:
                self.rest()
            is_well = kind is None
        finally:
            self.kill()
            for pipe in self.process.stdin, self.process.stdout, self.process.stderr:
                if pipe is not None:
                    pipe.close()
            if not is_well:
                print(self)


# ---- msgr-sim --------------------------------------------------------------------------------


def address_of(tap):
    return f"10.77.0.{tap + 2}"


def address6_of(tap):
    return f"fd77::{tap + 2}"


def link_local_of(tap):
    return f"fe80::aff:fe4d:{tap + 2}"


def on_tap(tap):
    """Interface and addresses of the node on tapN."""
    return [
        *("--tap", f"tap{tap}"),
        *("--address", f"{address_of(tap)}/24"),
        *("--address6", f"{address6_of(tap)}/64"),
    ]


class Node(Program):
    """msgr-sim with these words, on tap0 unless they are told otherwise by interface=[...]."""

    def __init__(self, *words, tap=0, interface=None, stdin=False):
        start = on_tap(tap) if interface is None else interface
        super().__init__(*SIM_COMMAND, *start, *words, stdin=stdin)


class Console(Node):
    """msgr-sim node: what runs on a board, with its console in the test's hands."""

    def __init__(self, *options, tap=0, interface=None):
        super().__init__(*options, "node", tap=tap, interface=interface, stdin=True)
        self.typed = self.process.stdin

    def type(self, line):
        self.typed.write(line.encode() + b"\n")

    def command(self, line, *wanted):
        """What it says next, and to nothing else."""
        self.type(line)
        self.expect(*wanted)


def serve(*options, tap=0, interface=None, address=None, port=PORT):
    """A node that serves, from the moment on that it does so."""
    node = Node(*options, "serve", tap=tap, interface=interface)
    bound = f"Socket bound to address {address or address_of(tap)} and port number {port}"
    listening = ["Socket created.", bound]
    try:
        if "--udp" not in options or "--tcp" in options:
            node.expect(*listening, "Listening for client.")
        if "--tcp" not in options or "--udp" in options:
            node.expect(*listening)
        if "--tap" in node.words:
            lan.wait_up(tap)
    except AssertionError:
        node.kill()
        print(node)
        raise
    return node


def run_sim(*words, bound_s=BOUND_S):
    """msgr-sim with these words, from start to end."""
    done = subprocess.run(
        [*SIM_COMMAND, *map(str, words)], capture_output=True, timeout=bound_s, stdin=subprocess.DEVNULL
    )
    done.stdout = done.stdout.decode("utf-8")
    done.stderr = done.stderr.decode("utf-8")
    assert not SANITIZER.search(done.stderr), f"a sanitizer's report\n{done.stderr}"
    assert not RAW.search(done.stdout), f"raw control characters: {done.stdout!a}"
    assert done.returncode in (0, 1, 2), f"{words}: exit status {done.returncode}\n{done.stderr}"
    return done


def run_client(*words, tap=1, interface=None, bound_s=BOUND_S):
    """A node that sends: run_client("tcp", "10.77.0.1", "hi"); options come first."""
    start = on_tap(tap) if interface is None else interface
    at = min(words.index(word) for word in ("tcp", "udp") if word in words)
    return run_sim(*start, *words[:at], "send", *words[at:], bound_s=bound_s)


# ---- the transcripts -------------------------------------------------------------------------


def tcp_served(shown, address):
    """What a server says about one client over TCP; the address as Python prints it."""
    return [
        f"Connection established with client at address {address}",
        "Message received from the client:",
        shown,
        "Sending acknowledgment to the client.",
        "Terminating the connection.",
    ]


def udp_served(shown):
    return [
        "Message received from the client:",
        shown,
        "Sending acknowledgment to the client.",
    ]


def tcp_sent(shown, answer):
    """What a client says over TCP when all goes well."""
    return [
        "Socket created.",
        "Connection established with the server.",
        f"Sending msg to the server: {shown}",
        "Acknowledgment received from the server:",
        answer,
        "Terminating the Connection.",
    ]


def udp_sent(shown, answer):
    return [line for line in tcp_sent(shown, answer) if not line.startswith("Connection")]


def summary(tcp=None, udp=None, framed=0):
    """The last lines of a server: tcp = clients, answered, refused, lost;
    udp = datagrams, answered, not answered; framed = how many of these."""
    lines = []
    end = f", {framed} framed." if framed else "."
    if tcp is not None:
        lines.append("TCP: {} clients, {} answered, {} refused, {} lost".format(*tcp) + end)
    if udp is not None:
        lines.append("UDP: {} datagrams, {} answered, {} not answered".format(*udp) + end)
    return lines


def deadline(bound_s=BOUND_S):
    """A function that tells the seconds left, and fails when there are none."""
    end = time.monotonic() + bound_s

    def left():
        seconds = end - time.monotonic()
        assert seconds > 0, f"took longer than {bound_s} s"
        return seconds

    return left
