# SPDX-License-Identifier: BSD-3-Clause
"""The stack: what a load has taken of it is less than what port/stack.py says it can take."""

import contextlib
import re
import subprocess
import sys

import pytest

from support import peer
from support.node import ROOT

HOST = "10.0.2.2"  # the host, in QEMU's own network
MEASURED = re.compile(r"Stack: (\d+) of (\d+) bytes used at most\.")
STATIC = re.compile(r"worst stack, static: (\d+) of (\d+) bytes")
COMMAND_BOUND_S = 60  # a name that no server knows is asked for several times


def analyse(name, edges=ROOT / "port" / "stack-edges.txt"):
    build = ROOT / "build" / name
    words = [ROOT / "port" / "stack.py", build / "firmware.elf", edges, build]
    return subprocess.run([sys.executable, *words], capture_output=True, text=True)


def static(name):
    """The bound, and the stack's reserve."""
    done = analyse(name)
    assert done.returncode == 0, done.stdout + done.stderr
    return tuple(map(int, STATIC.search(done.stdout).groups()))


def type_line(board, line):
    board.process.stdin.write(line.encode() + b"\r")
    board.process.stdin.flush()


def load_server(board):
    for size in 1, 536, 1024:
        text = b"\0" * size  # the longest of answers over UDP
        assert peer.ask(board.address, text) == peer.acknowledgement(text)
        assert peer.ask_udp(board.address, text) == peer.acknowledgement_udp(text)
    assert peer.ask(board.address, b"x" * 1025) == peer.REFUSAL
    for _ in range(8):
        peer.reset(peer.connect(board.address))
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(peer.connect(board.address)) for _ in range(4)]
        for client in clients:
            client.sendall(b"x" * 1024)
        for client in clients:
            assert peer.read_all(client) == peer.acknowledgement(b"x" * 1024)


def load_client(board):
    with peer.listen(("127.0.0.1", 0)) as listener:
        listener.settimeout(COMMAND_BOUND_S)
        port = listener.getsockname()[1]
        type_line(board, f"send tcp {HOST} {port} 'from the board'")
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(COMMAND_BOUND_S)
            text = connection.recv(1024)
            assert text == b"from the board"
            connection.sendall(peer.acknowledgement(text))
            assert connection.recv(1024) == b""
    with peer.udp_socket(("127.0.0.1", 0)) as datagrams:
        datagrams.settimeout(COMMAND_BOUND_S)
        type_line(board, f"send udp {HOST} {datagrams.getsockname()[1]} 'from the board'")
        text, sender = datagrams.recvfrom(1024)
        datagrams.sendto(peer.acknowledgement_udp(text), sender)
    for line in "help", "netif", "send udp fe80::1%1 9999 x", "send tcp name.invalid 9999 x", "'":
        type_line(board, line)


def measured(board):
    """The high-water mark, and the stack's reserve. Its first line was at boot, before the load."""
    type_line(board, "stats")
    board.wait_line(re.compile("Frames: .*"), bound_s=COMMAND_BOUND_S)
    lines = [MEASURED.fullmatch(line) for line in board.lines()]
    return tuple(map(int, [line for line in lines if line][-1].groups()))


def test_measured_stack_stays_below_the_static_one(board, record_property):
    load_server(board)
    load_client(board)
    used, reserved = measured(board)
    worst, also_reserved = static(board.name)
    print(f"{board.name}: stack: {used} bytes measured, {worst} static, {reserved} reserved")
    record_property("stack_measured", used)
    record_property("stack_static", worst)
    assert reserved == also_reserved
    assert 0 < used < worst <= reserved


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("dns_call_found -> lookup.c:on_found framed_connect.c:on_found", "dns_call_found (dns.c): calls through a pointer"),
        ("ip_reass_tmr", "ip_reass_tmr (None): its address is taken"),
        ("recursion 2 pbuf_free", "recursion without a bound (pbuf_free)"),
    ],
)
def test_there_is_no_bound_without_each_edge(name, tmp_path, text, complaint):
    edges = (ROOT / "port" / "stack-edges.txt").read_text()
    assert edges.count(text) == 1
    file = tmp_path / "edges"
    file.write_text(edges.replace(text, "recursion 1" if "recursion" in text else ""))
    done = analyse(name, file)
    assert done.returncode == 2
    assert complaint in done.stderr
