# SPDX-License-Identifier: BSD-3-Clause
"""The exchanges that sim/demo shows with a board's firmware under QEMU.

usage: demo_board.py BOARD [--keep]
"""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import time
import tty

from demo import (
    CLIENT_LINES,
    READY_LINES,
    ROOT,
    SERVER_LINES,
    TEXT,
    Side,
    print_exchange,
    print_summary,
    run_tutorial,
    without_addresses,
)

BOOT_S = 30  # DHCP and all, on a slow machine
EXCHANGE_S = 10
PORT = 19999  # of 127.0.0.1, if it is free
HOST = "10.0.2.2"  # this machine, as the board sees it
READY = re.compile(r"Address 10\.0\.2\.15/")
SETTLED = re.compile(r"Address fec0:")  # the last address that QEMU's network gives
AT_ANY_TIME = re.compile(r"Address |$")  # lines that belong to no exchange


class Board(Side):
    """QEMU with the board's console; an exchange is told from what the board says since begin()."""

    def __init__(self, name, ports):
        forward = ("--tcp-port", str(ports["tcp"]), "--udp-port", str(ports["udp"]))
        super().__init__([ROOT / "sim/board", name, *forward], stdin=subprocess.PIPE)
        self.mark = 0

    def begin(self, bound_s=EXCHANGE_S):
        self.mark = len(self.lines)
        self.deadline = time.monotonic() + bound_s

    def since(self):
        lines = [line.rstrip("\r") for line in self.lines[self.mark :]]
        return [line for line in lines if not AT_ANY_TIME.match(line)]

    def wait_since(self, count):
        while len(self.since()) < count and self._read():
            pass

    def wait_match(self, pattern):
        while not any(pattern.match(line) for line in self.lines):
            if not self._read():
                return False
        return True

    def type(self, line):
        with contextlib.suppress(BrokenPipeError):  # it has ended: the missing answer tells
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def free_port(kind, preferred):
    """That port of 127.0.0.1, or another one if it is taken."""
    for port in (preferred, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(port != 0))
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    sys.exit("error: no port of 127.0.0.1 is free")


def kind_of(transport):
    return socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM


def send_to_board(board, transport, port):
    """Python's client, through the forwarded port. Both sides' lines, expected and real."""
    expected = SERVER_LINES[transport][READY_LINES[transport] :]
    client = run_tutorial(f"{transport}_client", f"127.0.0.1:{port}")
    status = client.finish()
    board.wait_since(len(expected))
    good = (
        status == 0
        and without_addresses(board.since()) == expected
        and client.lines == CLIENT_LINES[transport]
    )
    return good, ("server", board.since()), ("Python client, 127.0.0.1", client.lines)


def send_from_board(board, transport, _):
    """The other way: the board's console is told to send to Python's server."""
    port = free_port(kind_of(transport), 0)
    server = run_tutorial(f"{transport}_server", f"127.0.0.1:{port}")
    server.wait_for_lines(READY_LINES[transport])
    command = f"send {transport} {HOST} {port} {TEXT}"
    board.type(command)
    expected = [command, *CLIENT_LINES[transport]]
    board.wait_since(len(expected))
    good = (
        server.finish() == 0
        and board.since() == expected
        and without_addresses(server.lines) == SERVER_LINES[transport]
    )
    return good, ("client", board.since()), ("Python server, 127.0.0.1", server.lines)


def run_all(board, name, ports):
    """All exchanges; whether each went as it should."""
    todo = [(how, t) for how in (send_to_board, send_from_board) for t in ("tcp", "udp")]
    good = []
    for number, (how, transport) in enumerate(todo, 1):
        board.begin()
        is_good, (role, lines), python = how(board, transport, ports[transport])
        title = f"{number} of {len(todo)}, {transport.upper()}"
        print_exchange(title, is_good, (f"{name}, {role}, 10.0.2.15", lines), python)
        good.append(is_good)
    print(flush=True)
    return print_summary(good)


@contextlib.contextmanager
def keys_as_typed():
    """The board shows what is typed; a terminal here must not show it, too."""
    if not sys.stdin.isatty():
        yield
        return
    saved = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)


def relay(board):
    """The board's console here, until Ctrl-C or the board's end."""
    console = board.process.stdout
    sources = [console, sys.stdin]
    while True:
        for source in select.select(sources, [], [])[0]:
            data = os.read(source.fileno(), 4096)
            if source is console:
                if not data:
                    return
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            elif data:
                board.process.stdin.write(data)
                board.process.stdin.flush()
            else:
                sources.remove(source)


def keep(board, name, ports):
    print(f"""
{name} goes on running. It can be reached from another terminal:
  nc -N 127.0.0.1 {ports["tcp"]}
  nc -u 127.0.0.1 {ports["udp"]}
Its console is here: "help" lists what it knows. Ctrl-C ends it.
""", flush=True)
    with keys_as_typed(), contextlib.suppress(KeyboardInterrupt):
        relay(board)
    print(f"\n{name} has been ended.")


def main():
    name, *options = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    ports = {transport: free_port(kind_of(transport), PORT) for transport in ("tcp", "udp")}
    print(f"The socket tutorial's messenger as firmware for {name}, under QEMU.\n", flush=True)
    board = Board(name, ports)
    try:
        board.begin(BOOT_S)
        is_ready = board.wait_match(READY)
        board.begin()
        is_ready and board.wait_match(SETTLED)
        print("\n".join("  " + line.rstrip("\r") for line in board.lines))
        if not is_ready:
            has_ended = board.process.poll() is not None
            print("\nQEMU has ended." if has_ended else f"\nNo address after {BOOT_S} s.")
            return 1
        status = run_all(board, name, ports)
        if "--keep" in options:
            keep(board, name, ports)
        return status
    finally:
        board.stop()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
