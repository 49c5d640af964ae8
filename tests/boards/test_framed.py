# SPDX-License-Identifier: BSD-3-Clause
"""A board called bob and a simulator node called alice, on a virtual wire: framed messages."""

import re

import pytest

from support.board import ADDRESS, Board, wire
from support.framed import NamedOnBoardsNetwork, pings, result_of, wait_ping, wait_pings

KINDS = ["udp", "tcp"]
TRANSIENT = ["lwIP heap, bytes", "TCP_SEG", "PBUF", "PBUF_POOL"]  # what is under way


def named(name, end, *settings):
    """The board, called bob."""
    return Board(name, *end, "--set", "name=bob", *settings)


@pytest.fixture(name="pair", params=KINDS)
def make_pair(request, name):
    """bob, and alice who calls him."""
    with wire() as (end, other), named(name, end) as bob:
        bob.wait_boot()
        url = f"{request.param}://{ADDRESS}"
        with NamedOnBoardsNetwork("alice", other, "--connect", url, "--deadline", 5000) as alice:
            alice.wait_line("bob is up.")
            bob.wait_said("alice is up.")
            yield alice, bob


def test_message_each_way_is_delivered(pair):
    alice, bob = pair
    alice.type("send bob こんにちは, bob")
    bob.wait_said("Message from alice: こんにちは, bob")
    alice.wait_line("Message 1 to bob: delivered.")
    bob.type("send alice hello from a board")
    alice.wait_line("Message from bob: hello from a board")
    bob.wait_said("Message 1 to alice: delivered.")


def test_board_calls_the_node(name):
    with wire() as (end, other), NamedOnBoardsNetwork("alice", other) as alice, \
            named(name, end, "--set", f"connect=udp://{alice.host} tcp://{alice.host}") as bob:
        bob.wait_boot()
        bob.wait_said("alice is up.")
        alice.wait_line("bob is up.")
        bob.type("send alice hello")
        alice.wait_line("Message from bob: hello")
        bob.wait_said("Message 1 to alice: delivered.")


def test_thousand_messages_each_way_at_once_come_once_and_in_order(pair):
    alice, bob = pair
    alice.type("ping bob 1000 64 16")
    bob.type("ping alice 1000 64 16")
    for node in pair:
        assert result_of(node) == (1000, 1000, 0, 0)
    for node in pair:
        wait_ping(node, 1000)
    assert pings(alice) == pings(bob) == list(range(1, 1001))


def test_pools_are_as_before_when_all_is_delivered(pair):
    alice, bob = pair
    alice.type("send bob first of all")
    alice.wait_line("Message 1 to bob: delivered.")
    before = {**bob.pools(), **dict.fromkeys(TRANSIENT, 0)}
    alice.type("ping bob 100 512 16")
    bob.type("ping alice 100 512 16")
    for node in pair:
        assert result_of(node) == (100, 100, 0, 0)
    bob.wait_pools(before)


def test_message_longer_than_the_board_takes_is_refused(pair):
    """The small preset's limit; alice has been told of it."""
    alice, _ = pair
    alice.type("ping bob 1 513")
    alice.wait_error("error: ping: too long")
    alice.kill()


def test_power_cut_gives_each_message_an_outcome_that_is_true(pair):
    alice, bob = pair
    alice.type("ping bob 65535 64 8")
    wait_ping(bob, 100)
    bob.reset()
    alice.type("ping stop")
    sent, delivered, not_delivered, unknown = result_of(alice)
    assert sent == delivered + not_delivered + unknown
    bob.wait_boot()
    wait_pings(bob, delivered)
    assert len(pings(bob)) <= sent - not_delivered
    assert pings(bob) == sorted(set(pings(bob)))  # what was under way is missing
    bob.wait_said("alice is up.")
    alice.type("send bob welcome back")
    bob.wait_said("Message from alice: welcome back")


def test_pulled_cable_delays_messages_and_loses_none(pair):
    alice, bob = pair
    alice.type("ping bob 200 64 4")
    wait_ping(bob, 20)
    bob.cable(False)
    alice.type("send bob through the gap")
    bob.cable(True)
    assert result_of(alice) == (200, 200, 0, 0)
    wait_ping(bob, 200)
    assert pings(bob) == list(range(1, 201))
    bob.wait_said("Message from alice: through the gap")


def test_trace_shows_the_frames_of_a_message(pair):
    alice, bob = pair
    bob.type("trace on")
    bob.wait_said("trace on")
    alice.type("send bob traced")
    bob.wait_said("Message from alice: traced")
    alice.wait_line("Message 1 to bob: delivered.")
    bob.wait_line(re.compile(r"# \d+ ms, (UDP|TCP) from .* port \d+"))
    bob.expect(re.compile("I 000000( [0-9a-f]{2})+ 74 72 61 63 65 64( [0-9a-f]{2}){4}"))
