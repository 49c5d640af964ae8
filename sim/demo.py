# SPDX-License-Identifier: BSD-3-Clause
"""The exchanges that sim/demo shows, inside sim/lan 2; with --wire, on a virtual wire."""

import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIM = ROOT / "build/release/sim/msgr-sim"
TUTORIAL = ROOT / "sim/tutorial"
HOST = "10.77.0.1"  # this end of sim/lan's network
NODES = ("10.77.0.2", "10.77.0.3")
BOUND_S = 10
TEXT = "Hello, server"

SERVER_LINES = {
    "tcp": [
        "Socket created.",
        "Socket bound to address A and port number 9999",
        "Listening for client.",
        "Connection established with client at address A",
        "Message received from the client:",
        TEXT,
        "Sending acknowledgment to the client.",
        "Terminating the connection.",
    ],
    "udp": [
        "Socket created.",
        "Socket bound to address A and port number 9999",
        "Message received from the client:",
        TEXT,
        "Sending acknowledgment to the client.",
    ],
}
CLIENT_LINES = {
    "tcp": [
        "Socket created.",
        "Connection established with the server.",
        f"Sending msg to the server: {TEXT}",
        "Acknowledgment received from the server:",
        f"Message received: {TEXT}. Thank you.",
        "Terminating the Connection.",
    ],
    "udp": [
        "Socket created.",
        f"Sending msg to the server: {TEXT}",
        "Acknowledgment received from the server:",
        f"Message received: b'{TEXT}'. Thank you.",
        "Terminating the Connection.",
    ],
}
READY_LINES = {"tcp": 3, "udp": 2}  # after these lines a server can be talked to


class Side:
    """A program whose lines we read, none of which may keep us waiting for ever."""

    def __init__(self, command, stdin=subprocess.DEVNULL):
        self.lines = []
        self.deadline = time.monotonic() + BOUND_S
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.rest = b""

    def _read(self):
        left = self.deadline - time.monotonic()
        if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
            return False
        got = self.process.stdout.read1(65536)
        *whole, self.rest = (self.rest + got).split(b"\n")
        self.lines += [line.decode(errors="replace") for line in whole]
        return bool(got)

    def wait_for_lines(self, count):
        while len(self.lines) < count and self._read():
            pass

    def finish(self):
        """Its exit status once it has ended, by itself or, when its time is over, by us."""
        while self._read():
            pass
        if time.monotonic() >= self.deadline:
            self.process.send_signal(signal.SIGTERM)
            self.lines.append(f"(still running after {BOUND_S} s, and ended)")
        return self.process.wait()


def run_tutorial(program, localhost):
    """The tutorial's program, to which `localhost` means the other side."""
    mapping = (TUTORIAL / "with_localhost.py", localhost)
    return Side([sys.executable, "-u", *mapping, TUTORIAL / f"{program}.py"])


class Lan:
    """In sim/lan: nodes on TAP devices; Python's programs on this end of the network."""

    title = "a private network with a bridge and two TAP devices"

    def node(self, number, *command):
        interface = ("--tap", f"tap{number}", "--address", f"{NODES[number]}/24")
        return Side([SIM, *interface, *command])

    def python(self, program, localhost):
        return run_tutorial(program, localhost)


class Wire:
    """On a virtual wire: nodes only."""

    title = "a virtual wire (no private network is possible here)"

    def __init__(self, folder):
        self.path = f"{folder}/wire"

    def node(self, number, *command):
        return Side([SIM, "--wire", self.path, "--address", f"{NODES[number]}/24", *command])


def serve_on_lwip(net, transport):
    return net.node(0, "serve", f"--{transport}", "--once"), f"lwIP server, {NODES[0]}"


def send_on_lwip(net, transport, to):
    return net.node(1, "send", transport, to, TEXT), f"lwIP client, {NODES[1]}"


def serve_in_python(net, transport):
    return net.python(f"{transport}_server", HOST), f"Python server, {HOST}"


def send_in_python(net, transport, to):
    return net.python(f"{transport}_client", to), f"Python client, {HOST}"


EXCHANGES = [
    (serve_on_lwip, NODES[0], send_on_lwip),
    (serve_on_lwip, NODES[0], send_in_python),
    (serve_in_python, HOST, send_on_lwip),
]


def print_beside(left, right):
    """Two columns, the right one beginning where the left side is ready."""
    width = min(shutil.get_terminal_size(fallback=(120, 24)).columns, 120) // 2 - 2
    columns = [
        [part for line in lines for part in textwrap.wrap(line, width - 2) or [""]]
        for lines in (left, right)
    ]
    for row in range(max(map(len, columns))):
        cells = [column[row] if row < len(column) else "" for column in columns]
        print(f"  {cells[0]:<{width}}| {cells[1]}".rstrip())


def print_exchange(title, good, left, right):
    """Each side is its name and its lines."""
    print(f"\n{title}: {'as it should be' if good else 'WRONG'}\n")
    print_beside(*([name, "-" * len(name)] for name, _ in (left, right)))
    print_beside(left[1], right[1])


def print_summary(good):
    """The last line, from whether each exchange went well; the exit status."""
    if not all(good):
        print(f"{good.count(False)} of {len(good)} exchanges went wrong.")
        return 1
    print(f"All {len(good)} exchanges were as they should be.")
    return 0


def without_addresses(lines):
    """Addresses and ports differ from run to run; all else may not."""
    lines = [re.sub(r"address \('[0-9.]+', [0-9]+\)$", "address A", line) for line in lines]
    return [re.sub(r"address [a-z0-9.]+ and", "address A and", line) for line in lines]


def run(number, count, net, transport, serve, address, send):
    """One exchange; whether it went as it should."""
    server, server_name = serve(net, transport)
    server.wait_for_lines(READY_LINES[transport])
    client, client_name = send(net, transport, address)
    statuses = (client.finish(), server.finish())
    good = (
        statuses == (0, 0)
        and without_addresses(server.lines) == SERVER_LINES[transport]
        and without_addresses(client.lines) == CLIENT_LINES[transport]
    )
    print_exchange(
        f"{number} of {count}, {transport.upper()}",
        good,
        (server_name, server.lines),
        (client_name, client.lines),
    )
    return good


def main():
    on_wire = sys.argv[1:] == ["--wire"]
    exchanges = EXCHANGES[:1] if on_wire else EXCHANGES
    todo = [(transport, *exchange) for exchange in exchanges for transport in ("tcp", "udp")]
    with tempfile.TemporaryDirectory() as folder:
        net = Wire(folder) if on_wire else Lan()
        print(f"The socket tutorial's messenger, on {net.title}.")
        good = [run(i, len(todo), net, *what) for i, what in enumerate(todo, 1)]
    print()
    if on_wire:
        print("Left out: the exchanges with Python's sockets, which need a private network.")
    return print_summary(good)


if __name__ == "__main__":
    sys.exit(main())
