# SPDX-License-Identifier: BSD-3-Clause
"""A board called bob and sim/msgr.py, through QEMU's own network."""

import subprocess
import sys

import pytest

from support import peer
from support.board import ForwardedBoard
from support.node import ROOT, deadline

sys.path.insert(0, str(ROOT / "sim"))
import msgr  # noqa: E402

KINDS = ["udp", "tcp"]
PEERS = 4  # that a board has room for
BOUND_S = 60


@pytest.fixture(name="bob", scope="module")
def make_bob(name):
    with ForwardedBoard(name, "--set", "name=bob", dhcp=True) as bob:
        bob.wait_boot()
        yield bob


def url(bob, kind):
    return f"{kind}://{bob.address[0]}:{bob.address[1]}/bob"


@pytest.mark.parametrize("kind", KINDS)
def test_python_sends_a_thousand_to_a_board(bob, kind):
    name = f"thousand-{kind}"
    done = subprocess.run(
        [sys.executable, ROOT / "sim" / "msgr.py", "ping", url(bob, kind), "--count", "1000",
         "--in-flight", "8", "--name", name],
        capture_output=True, text=True, timeout=BOUND_S, check=False)
    assert done.returncode == 0, done
    assert "1000 delivered, 0 not delivered, 0 unknown" in done.stdout
    said = f"Message from {name}: "
    bob.wait_said(f"{name} is down")
    assert sum(line.startswith(said) for line in bob.lines()) == 1000


def up_from(node, bob, kind):
    """A Python node, from the moment on that it talks with the board."""
    node.connect(url(bob, kind))
    event = node.next(timeout=BOUND_S)
    assert (event.kind, event.peer) == ("up", "bob")


@pytest.mark.parametrize("kind", KINDS)
def test_board_sends_a_thousand_to_python(bob, kind):
    name = f"sink-{kind}"
    texts, left = [], deadline(BOUND_S)
    with msgr.Node(name) as sink:
        up_from(sink, bob, kind)
        bob.type(f"ping {name} 1000 64 8")
        while len(texts) < 1000:
            event = sink.next(timeout=left())
            assert event is not None and event.kind == "message", event
            texts.append(event.data.decode())
        while not bob.says(f"1000 messages to {name}: 1000 delivered, 0 not delivered, 0 unknown",
                           bound_s=0):
            assert left()
            sink.next(timeout=0.01)
    assert [int(text.split()[1]) for text in texts] == list(range(1, 1001))
    bob.wait_said(f"{name} is down")


def test_four_peers_and_plain_messages_are_served_a_fifth_waits_for_a_place(bob):
    """The small preset's limit: two of the peers are on TCP."""
    nodes = [msgr.Node(f"peer-{number}") for number in range(PEERS)]
    try:
        for number, node in enumerate(nodes):
            up_from(node, bob, KINDS[number % 2])
        for node in nodes:
            node.send("bob", b"x" * 512)
        for node in nodes:
            event = node.next(timeout=BOUND_S)
            assert (event.kind, event.outcome) == ("outcome", "delivered"), event
        assert peer.ask_udp(bob.address, b"plain") == peer.acknowledgement_udp(b"plain")
        with peer.connect(bob.address) as client:
            client.sendall(b"plain")
            assert peer.read_all(client) == peer.acknowledgement(b"plain")
        with msgr.Node("fifth") as fifth:
            fifth.connect(url(bob, "udp"))
            event = fifth.next(timeout=BOUND_S)
            assert (event.kind, event.reason) == ("refused", "full"), event
            nodes.pop().close()
            left = deadline(BOUND_S)
            while event is None or event.kind != "up":
                event = fifth.next(timeout=left())
    finally:
        for node in nodes:
            node.close()
