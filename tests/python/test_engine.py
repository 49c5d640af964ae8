# SPDX-License-Identifier: BSD-3-Clause
"""The node in Python and the engine in C understand each other: two implementations, written apart
from each other from one specification."""

import itertools
import os
import pathlib

import pytest
from support.node import Program
from world import ALICE, BOB, World

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINE_NODE = os.environ.get("MSGR_ENGINE_NODE", str(ROOT / "build/debug/tests/engine_node"))
COUNT = 1000


class Engine(Program):
    """carol, with the engine in C; it has said on which port it listens, if it does."""

    def __init__(self, identity, kind, role, port=0, count=COUNT, size=64):
        words = ["carol", f"{identity:x}", kind, role, port, count, size]
        super().__init__(ENGINE_NODE, *words, stdin=True)
        if role == "listen":
            self.port = int(self.wait_port().split()[1])

    def wait_port(self):
        self._wait("its port", lambda: self.lines(), 10)
        self._next = 1
        return self.lines()[0]

    def has_said(self, line):
        return line in self.lines()

    def ends_with(self, line):
        self.process.stdin.close()
        self.wait_end()
        assert self.lines()[-1] == line
        self._next = len(self.lines())
        self.ends()


def exchange(world, alice, carol, count=COUNT, size=64):
    """Messages both ways at the same time; all of them are delivered, once and in order."""
    texts = [b"%d " % number + b"." * size for number in range(count)]
    handles = [alice.send("carol", text[:size]) for text in texts]
    everything = f"outcomes: {count} 0 0"
    world.run_until(lambda: len(alice.outcomes) == count and carol.has_said(everything), 60)
    assert {alice.outcomes[handle] for handle in handles} == {("delivered", None)}
    assert [int(message.split()[0]) for message in alice.messages] == list(range(count))
    assert {len(message) for message in alice.messages} == {size}
    carol.ends_with(f"received: {count}")


# Which of the two identities is lower says who opens the conversation.
CASES = list(itertools.product(["udp", "tcp"], ["listen", "connect"], [ALICE - 1, BOB]))


@pytest.mark.parametrize("kind, role, identity", CASES)
def test_a_thousand_messages_each_way(kind, role, identity):
    with World() as world:
        alice = world.app("alice", ALICE)
        if role == "connect":
            port = alice.node.listen("127.0.0.1", 0, udp=kind == "udp", tcp=kind == "tcp")
        with Engine(identity, kind, role, 0 if role == "listen" else port) as carol:
            if role == "listen":
                alice.node.connect(f"{kind}://127.0.0.1:{carol.port}/carol")
            exchange(world, alice, carol)


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_long_messages(kind):
    with World() as world, Engine(BOB, kind, "listen", count=100, size=4096) as carol:
        alice = world.app("alice", ALICE)
        alice.node.connect(f"{kind}://127.0.0.1:{carol.port}/carol")
        exchange(world, alice, carol, 100, 4096)


@pytest.mark.parametrize("identity", [ALICE - 1, BOB])
def test_loss_repetition_and_reordering(identity):
    with World() as world, Engine(identity, "udp", "listen", count=200) as carol:
        alice = world.app("alice", ALICE)
        relay = world.relay(("127.0.0.1", carol.port), loss=0.3, repeat=0.1, reorder=0.1)
        alice.node.connect(f"udp://127.0.0.1:{relay.port}/carol")
        exchange(world, alice, carol, 200)
