# SPDX-License-Identifier: BSD-3-Clause
"""sim/msgr.py on Linux, and a node with a name on lwIP: each as its user runs it."""

import re
import subprocess
import sys

import pytest

from support import lan
from support.dnsmasq import NAME, NAME6, NO_NAME, Dnsmasq
from support.framed import result_of
from support.node import (
    Console, Program, ROOT, address6_of, address_of, deadline, link_local_of)

PROGRAM = ROOT / "sim" / "msgr.py"
KINDS = ["udp", "tcp"]
HOSTS = {"ipv4": address_of(0), "ipv6": f"[{address6_of(0)}]",
         "link_local": f"[{link_local_of(0)}%{lan.BRIDGE}]"}
OWN_HOSTS = {"ipv4": lan.HOST, "ipv6": f"[{lan.HOST6}]"}


def run(*words):
    return subprocess.run([sys.executable, PROGRAM, *map(str, words)], capture_output=True,
                          text=True, timeout=30, stdin=subprocess.DEVNULL)


@pytest.fixture(name="bob")
def make_bob():
    """A node on tap0, from the moment on that it can be reached."""
    with Console("--no-dad", "--name", "bob") as bob:
        bob.wait_line("Framed messages for bob on port 9999.")
        lan.wait_up(0)
        yield bob


class Listener(Program):
    """carol, in Python, on the bridge."""

    def __init__(self):
        super().__init__(sys.executable, PROGRAM, "listen", "--name", "carol")
        self.expect("Listening as carol on port 9999.")


@pytest.mark.parametrize("family", HOSTS)
@pytest.mark.parametrize("kind", KINDS)
def test_python_sends_to_a_node(bob, kind, family):
    done = run("send", f"{kind}://{HOSTS[family]}/bob", "こんにちは", "--name", "alice")
    assert re.fullmatch(r"Message to bob: delivered, [0-9.]+ ms\.\n", done.stdout), done
    bob.wait_line("alice is up.")
    bob.expect("Message from alice: こんにちは")
    bob.wait_line(re.compile("alice is down: .*"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size, in_flight", [(64, 10), (64, 1), (4096, 3)])
def test_python_sends_many_to_a_node(bob, kind, size, in_flight):
    done = run("ping", f"{kind}://{HOSTS['ipv4']}/bob", "--count", 1000 if size < 100 else 100,
               "--size", size, "--in-flight", in_flight)
    assert done.returncode == 0, done
    assert " 0 not delivered, 0 unknown." in done.stdout


@pytest.mark.parametrize("family", OWN_HOSTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_node_sends_to_python(kind, family):
    with Listener() as carol, Console(
            "--no-dad", "--name", "bob", "--connect", f"{kind}://{OWN_HOSTS[family]}") as bob:
        bob.wait_line("carol is up.")
        carol.wait_line("bob is up.")
        bob.type("ping carol 1000 64 16")
        assert result_of(bob) == (1000, 1000, 0, 0)
        carol.wait_line(re.compile(r"Message from bob: ping 1000 \.*"))
        said = [line for line in carol.lines() if line.startswith("Message from bob: ping ")]
        assert [int(line.split()[4]) for line in said] == list(range(1, 1001))
        bob.rest()


@pytest.mark.parametrize("host", [NAME, NAME6])
@pytest.mark.parametrize("kind", KINDS)
def test_a_node_calls_by_name(kind, host):
    with Dnsmasq(), Listener() as carol, Console(
            "--no-dad", "--name", "bob", "--dns", lan.HOST, "--connect", f"{kind}://{host}") as bob:
        bob.wait_line("carol is up.")
        carol.wait_line("bob is up.")
        bob.type("send carol found by name")
        carol.wait_line("Message from bob: found by name")
        bob.rest()


def test_a_name_that_nobody_has_is_looked_up_again_and_again():
    shown = re.compile(rf"Connection 0: UDP to {NO_NAME} port 9999, attempts in vain: (\d+)\.")
    attempts = deadline()
    with Dnsmasq(), Console("--no-dad", "--name", "bob", "--dns", lan.HOST,
                            "--connect", f"udp://{NO_NAME}") as bob:
        bob.wait_line("Framed messages for bob on port 9999.")
        while attempts():
            bob.type("links")
            if int(shown.fullmatch(bob.wait_line(re.compile("Connection 0: .*")))[1]) >= 2:
                break
        bob.rest()


@pytest.mark.parametrize("kind", KINDS)
def test_a_node_notices_that_python_began_anew(kind):
    with Console("--no-dad", "--name", "bob", "--connect", f"{kind}://{OWN_HOSTS['ipv4']}") as bob:
        for _ in range(2):
            with Listener() as carol:
                carol.wait_line("bob is up.")  # in a new conversation
                bob.type("send carol hello")
                carol.wait_line("Message from bob: hello")
                bob.wait_line(re.compile("Message [12] to carol: delivered."))
                carol.kill()
        bob.rest()


def test_what_a_node_does_not_take_is_not_delivered(bob):
    done = run("send", f"udp://{HOSTS['ipv4']}/bob", "x" * 5000)
    assert done.returncode == 1
    assert "not delivered: the message has 5000 bytes: bob takes at most 4096" in done.stdout
    bob.rest()
