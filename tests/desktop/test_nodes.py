# SPDX-License-Identifier: BSD-3-Clause
"""msgr on Linux and a node with a name on lwIP, on a bridge."""

import re

import pytest
from support import lan
from support.desktop import DELIVERED, Chat, Server, require, run
from support.framed import result_of
from support.node import Console, address6_of, address_of, link_local_of, serve

KINDS = ["udp", "tcp"]
HOSTS = {"ipv4": address_of(0), "ipv6": f"[{address6_of(0)}]",
         "link_local": f"[{link_local_of(0)}%{lan.BRIDGE}]"}
JAPANESE = "こんにちは"


@pytest.fixture(name="bob")
def make_bob():
    """A node on tap0, from the moment on that it can be reached."""
    with Console("--no-dad", "--name", "bob") as bob:
        bob.wait_line("Framed messages for bob on port 9999.")
        lan.wait_up(0)
        yield bob


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("kind", KINDS)
def test_node_is_written_to(bob, kind, host):
    url = f"{kind}://{HOSTS[host]}/bob"
    require(run("send", url, JAPANESE, "--name", "alice"), 0, DELIVERED.pattern)
    bob.wait_line(f"Message from alice: {JAPANESE}")
    require(run("bench", "-c", 1000, url), 0, ".* 1000 delivered, 0 not.*")


@pytest.mark.parametrize("host", [lan.HOST, f"[{lan.HOST6}]"])
@pytest.mark.parametrize("kind", KINDS)
def test_node_writes(kind, host):
    with Server(name="carol", port=9999) as carol, Console(
            "--no-dad", "--name", "bob", "--connect", f"{kind}://{host}") as bob:
        bob.wait_line("carol is up.")
        bob.type("ping carol 1000 64 16")
        assert result_of(bob) == (1000, 1000, 0, 0)
        carol.wait_line(re.compile(r"Message from bob: ping 1000 \.*"))
        bob.rest()


@pytest.mark.parametrize("kind", KINDS)
def test_chat_with_a_node(bob, kind):
    with Chat(f"{kind}://{HOSTS['ipv4']}/bob") as alice:
        alice.type("Hello")
        bob.wait_line("Message from alice: Hello")
        bob.type(f"send alice {JAPANESE}")
        alice.wait_line(f"bob: {JAPANESE}")
        bob.wait_line("Message 1 to alice: delivered.")


@pytest.mark.parametrize("host", HOSTS)
def test_plain_node_is_written_to(host):
    with serve():
        require(run("send", "--plain", f"tcp://{HOSTS[host]}", "Hello"), 0,
                r"Message received: Hello\. Thank you\.")
        require(run("send", "--plain", f"udp://{HOSTS[host]}", "Hello"), 0,
                r"Message received: b'Hello'\. Thank you\.")
