# SPDX-License-Identifier: BSD-3-Clause
"""A board called bob and msgr, the program for a computer, through QEMU's own network."""

import re

import pytest

from support.board import ForwardedBoard
from support.desktop import DELIVERED, MSGR, Chat, require, run
from support.terminal import OnTerminal

KINDS = ["udp", "tcp"]
JAPANESE = "こんにちは、ボブ"
BOUND_S = 60


@pytest.fixture(name="bob", scope="module")
def make_bob(name):
    with ForwardedBoard(name, "--set", "name=bob", dhcp=True) as bob:
        bob.wait_boot()
        yield bob


def url(bob, kind):
    return f"{kind}://{bob.address[0]}:{bob.address[1]}/bob"


@pytest.mark.parametrize("kind", KINDS)
def test_board_is_written_to(bob, kind):
    require(run("send", url(bob, kind), JAPANESE, "--name", "alice"), 0, DELIVERED.pattern)
    bob.wait_said(f"Message from alice: {JAPANESE}")
    require(run("ping", "-c", 20, "-i", 0, url(bob, kind)), 0, ".*20 delivered, 0% loss.*")
    require(run("bench", "-c", 300, "-w", 8, url(bob, kind)), 0, ".* 300 delivered, 0 not.*")
    require(run("send", url(bob, kind), "x" * 513, "--name", "alice"), 1,
            "Message to bob: not delivered: longer than the peer takes, .*")
    require(run("send", "--plain", f"{kind}://{bob.address[0]}:{bob.address[1]}", "Hello"), 0,
            "Message received: (b'Hello'|Hello). Thank you.")


@pytest.mark.parametrize("kind", KINDS)
def test_chat_with_a_board_that_reboots_in_the_middle_loses_nothing(bob, kind):
    """What was typed before, meanwhile and afterwards has one mark each, and it is true."""
    name = f"lena-{kind}"
    with OnTerminal(MSGR, "chat", "--name", name, url(bob, kind)) as lena:
        lena.wait("bob is up.", "bob>", bound_s=BOUND_S)
        lena.line("before")
        lena.wait("✓ bob> before", bound_s=BOUND_S)
        bob.type(f"send {name} I am about to reboot")
        lena.wait("bob: I am about to reboot", bound_s=BOUND_S)
        with bob.monitor() as monitor:
            monitor.say("stop")  # the power is off
            lena.line("meanwhile")
            lena.wait("… bob> meanwhile")
            monitor.say("system_reset")
            monitor.say("cont")
        lena.wait("bob has begun anew.", bound_s=BOUND_S)
        lena.line("afterwards")
        lena.wait("✓ bob> afterwards", bound_s=BOUND_S)
        bob.wait_said(f"Message from {name}: afterwards")
        is_delivered = lena.shows("✓ bob> meanwhile")
        assert is_delivered or lena.shows("? bob> meanwhile")
        assert any(f"Message from {name}: meanwhile" in line for line in bob.lines()) or not is_delivered
        lena.line("/quit")
        lena.wait_end(status=0 if is_delivered else 3)


def test_what_is_typed_while_a_board_is_off_is_delivered_when_it_is_back(name):
    """QEMU is ended, and started again at the same port."""
    with ForwardedBoard(name, "--set", "name=bob", dhcp=True) as bob:
        bob.wait_boot()
        port = bob.address[1]
        with Chat(url(bob, "tcp"), name="lena") as lena:
            lena.type("before")
            lena.wait_line("✓ bob> before", bound_s=BOUND_S)
            bob.kill()
            lena.wait_line("bob is down: no link.", bound_s=BOUND_S)
            for number in range(10):
                lena.type(f"kept {number}")
            lena.wait_line("bob is not there: messages are kept for it, 300 s each.")
            with ForwardedBoard(name, "--set", "name=bob", dhcp=True, port=port) as again:
                for number in range(10):
                    again.wait_said(f"Message from lena: kept {number}")
                    lena.wait_line(re.compile(f"✓ bob> kept {number}"), bound_s=BOUND_S)
                lena.end_input()
                lena.ends()
