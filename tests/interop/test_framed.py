# SPDX-License-Identifier: BSD-3-Clause
"""Two simulator nodes with names on a virtual wire: what their users see of framed messages."""

import json
import re

import pytest

from support.framed import RESULT, Named, pings, result_of, urls, wait_ping, wire
from support.node import run_client, run_sim, tcp_sent, udp_sent

KINDS = ["udp", "tcp"]


@pytest.fixture(name="pair", params=[(kind, family) for kind in KINDS for family in urls],
                ids=lambda param: "-".join(param))
def make_pair(request):
    """alice, who listens, and bob, who calls her."""
    kind, family = request.param
    with wire() as (end, other), Named("alice", 0, end) as alice, \
            Named("bob", 1, other, "--connect", urls[family](kind, 0)) as bob:
        alice.wait_line("bob is up.")
        bob.wait_line("alice is up.")
        yield alice, bob


@pytest.fixture(name="quick_pair", params=KINDS)
def make_quick_pair(request):
    """The same over IPv4 alone."""
    with wire() as (end, other), Named("alice", 0, end, "--deadline", 3000) as alice, \
            Named("bob", 1, other, "--connect", urls["ipv4"](request.param, 0)) as bob:
        alice.wait_line("bob is up.")
        bob.wait_line("alice is up.")
        yield alice, bob


# ---- messages --------------------------------------------------------------------------------


def test_message_each_way_is_delivered(pair):
    for sender, receiver in pair, reversed(pair):
        sender.type(f"send {receiver.name} こんにちは, {receiver.name}")
        receiver.wait_line(f"Message from {sender.name}: こんにちは, {receiver.name}")
        sender.wait_line(f"Message 1 to {receiver.name}: accepted.")
        sender.expect(f"Message 1 to {receiver.name}: delivered.")


def test_thousand_messages_each_way_at_once_come_once_and_in_order(quick_pair):
    alice, bob = quick_pair
    alice.type("ping bob 1000 64 32")
    bob.type("ping alice 1000 64 32")
    for node in quick_pair:
        assert result_of(node) == (1000, 1000, 0, 0)
    for node in quick_pair:
        wait_ping(node, 1000)
    assert pings(alice) == pings(bob) == list(range(1, 1001))


def test_long_messages_are_delivered_whole(quick_pair):
    alice, bob = quick_pair
    alice.type("ping bob 50 1024 8")
    assert result_of(alice) == (50, 50, 0, 0)
    wait_ping(bob, 50)
    said = [line for line in bob.lines() if line.startswith("Message from alice: ")]
    assert said == [f"Message from alice: ping {n} ".ljust(20 + 1024, ".") for n in range(1, 51)]


def test_text_cannot_upset_the_terminal(quick_pair):
    alice, bob = quick_pair
    alice.type("send bob 'a\u202eb' \"c\\\"d\"")
    bob.wait_line("Message from alice: a\\xe2\\x80\\xaeb c\"d")
    alice.wait_line("Message 1 to bob: delivered.")


# ---- who is not there ------------------------------------------------------------------------


def test_message_to_nobody_is_not_delivered(quick_pair):
    alice, _ = quick_pair
    alice.command("send carol hello", "Message 1 to carol: accepted.")
    alice.wait_line(re.compile("Message 1 to carol: not delivered, .*"))


def test_power_cut_gives_each_message_an_outcome_that_is_true(quick_pair):
    alice, bob = quick_pair
    alice.type("ping bob 65535 64 8")
    bob.wait_line(re.compile("Message from alice: ping 100 .*"))
    bob.kill()
    alice.type("ping stop")
    sent, delivered, not_delivered, unknown = result_of(alice)
    assert sent == delivered + not_delivered + unknown
    assert 100 - 8 <= delivered <= len(pings(bob)) <= delivered + unknown  # 8 were under way
    assert pings(bob) == list(range(1, len(pings(bob)) + 1))


def test_peer_that_comes_back_is_talked_to_again(quick_pair):
    alice, bob = quick_pair
    bob.kill()
    with Named("bob", 1, bob.interface, *bob.options) as again:
        again.wait_line("alice is up.")
        alice.wait_line(re.compile(r"bob is down: .*\."))
        alice.wait_line("bob is up.")
        alice.type("send bob welcome back")
        again.wait_line("Message from alice: welcome back")
        alice.wait_line("Message 1 to bob: delivered.")


def test_disconnected_link_is_gone_and_may_come_again(quick_pair):
    alice, bob = quick_pair
    bob.type("disconnect 0")
    bob.wait_line(re.compile(r"alice is down: .*\."))
    bob.command("links", "There is no link.")
    bob.type(f"connect {bob.options[1]}")
    bob.wait_line("alice is up.")
    bob.type("send alice hello again")
    alice.wait_line("Message from bob: hello again")
    bob.wait_line("Message 1 to alice: delivered.")


@pytest.mark.parametrize("kind", KINDS)
def test_second_node_of_a_name_is_refused(kind):
    with wire() as (end, other), Named("alice", 0, end) as alice, \
            Named("alice", 1, other, "--connect", urls["ipv4"](kind, 0)) as double:
        shown = re.compile("Connection 0: .*, last: .*name.*")
        while not any(shown.fullmatch(line) for line in double.lines()):
            double.type("links")
            double.wait_line(re.compile("Connection 0: .*"))
        alice.type("peers")
        alice.wait_line("No peer is known yet.")


# ---- tables ----------------------------------------------------------------------------------


def test_peers_and_links_tell_who_is_where(pair):
    alice, bob = pair
    bob.type("send alice hello")
    bob.wait_line("Message 1 to alice: delivered.")
    bob.command("peers", re.compile(r"alice: up on link 0, round trip \d+ ms, 0 messages without "
                                    r"an outcome, 0 fragments under way\."))
    bob.command("links", re.compile(r"Connection 0: (TCP|UDP) to .* port 9999, link 0\."),
                re.compile(r"Link 0: (TCP|UDP) with .* port 9999, alice\."))
    bob.type("stats")
    bob.wait_line(re.compile("Messages: 1 sent, 1 delivered, 0 not delivered, 0 unknown, .*"))
    alice.wait_line("Message from bob: hello")
    alice.command("links", re.compile(r"Link 0: (TCP|UDP) with .* port \d+, bob\."))


@pytest.mark.parametrize("line, complaint", [
    ("send bob", "give it like this: send NAME TEXT... | tcp|udp HOST [PORT] TEXT..."),
    ("ping", "give it like this: ping NAME [COUNT [SIZE [IN_FLIGHT]]] | stop"),
    ("ping bob 0", "COUNT is a number from 1 to 65535"),
    ("ping bob 1 15", "SIZE is a number from 16 to 1024"),
    ("ping bob 1 64 33", "IN_FLIGHT is a number from 1 to 32"),
    ("ping alice", "that is this node itself"),
    ("send " + "x" * 32 + " hi", "send to " + "x" * 32 + ": not a name: 1 to 31 bytes of UTF-8"),
    ("connect ftp://host", "connect to ftp://host: give udp://HOST or tcp://HOST, with :PORT or "
                           "without"),
    ("disconnect 8", "CONNECTION is a number from 0 to 7"),
    ("trace", "give it like this: trace on|off"),
    ("json maybe", "give it like this: json on|off"),
])
def test_wrong_command_says_what_to_do(line, complaint):
    with wire() as (end, _), Named("alice", 0, end) as alice:
        alice.wait_line("Framed messages for alice on port 9999.")
        alice.type(line)
        alice.wait_error(f"error: {complaint}")
        alice.stop(errors=[f"error: {complaint}"])


@pytest.mark.parametrize("words, complaint", [
    (["serve", "--name", "alice"], "are options of node"),
    (["node", "--connect", "udp://10.77.0.3"], "give this node a --name"),
    (["node", "--deadline", "5"], "give this node a --name"),
    (["node", "--name", "x" * 32], "--name " + "x" * 32 + ": give 1 to 31 bytes"),
    (["node", "--name", "alice", "--connect", "ftp://x"], "--connect ftp://x: give udp://HOST"),
    (["node", "--name", "alice", "--deadline", "0"], "--deadline 0: give a number from 1 to"),
])
def test_wrong_option_says_what_to_do(words, complaint):
    with wire() as (end, _):
        done = run_sim(*end, "--address", "10.77.0.2/24", *words)
        assert done.returncode == 2
        assert complaint in done.stderr


@pytest.mark.parametrize("options, complaint", [
    (["--name", "a\u0085"], "error: framed messages: "),
    (["--name", "alice", "--connect", "udp://a/b"], "error: connect to udp://a/b: give udp://HOST"),
])
def test_node_that_cannot_be_says_why(options, complaint):
    with wire() as (end, _):
        done = run_sim(*end, "--address", "10.77.0.2/24", "node", *options)
        assert done.returncode == 1
        assert complaint in done.stderr


# ---- programs --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_line_is_json_for_programs(kind):
    with wire() as (end, other), Named("alice", 0, end, "--json") as alice, \
            Named("bob", 1, other, "--connect", urls["ipv4"](kind, 0)) as bob:
        bob.wait_line("alice is up.")
        bob.type("send alice 'say \"hi\"'")
        bob.wait_line("Message 1 to alice: delivered.")
        alice.type("ping bob 5")
        alice.wait_line(re.compile(".*\"event\":\"ping\".*"))
        for line in "send bob hi", "peers", "links", "trace on", "send bob more":
            alice.type(line)
        bob.wait_line("Message from alice: more")
        for line in "trace off", "stats", "send nobody", "help":
            alice.type(line)
        alice.wait_line(re.compile(".*start anew.*"))
        events = [json.loads(line) for line in alice.lines()]
    kinds = {event.get("event") for event in events}
    assert kinds >= {"ready", "peer_up", "message", "accepted", "outcome", "ping", "peer", "link",
                     "trace", "stats", "target", "memory", "pool", "tcp", "udp", "frames"}
    assert {"event": "message", "peer": "bob", "text": 'say "hi"'} in events
    assert {"event": "outcome", "peer": "bob", "message": 6, "outcome": "delivered",
            "reason": ""} in events
    ping = next(event for event in events if event.get("event") == "ping")
    assert (ping["messages"], ping["delivered"]) == (5, 5)
    assert any("error" in event for event in events)


# ---- one port for both protocols -------------------------------------------------------------


@pytest.mark.parametrize("options, is_served", [(["--plain"], True), ([], False)])
def test_plain_messages_are_served_where_they_are_asked_for(options, is_served):
    with wire() as (end, other), Named("alice", 0, end, *options) as alice:
        interface = [*other, "--address", "10.77.0.3/24"]
        for transport, sent, answer in [
            ("tcp", tcp_sent, "Message received: hi. Thank you."),
            ("udp", udp_sent, "Message received: b'hi'. Thank you."),
        ]:
            done = run_client("--timeout", 5000 if is_served else 500, transport, "10.77.0.2", "hi",
                              interface=interface)
            assert done.returncode == (0 if is_served else 1)
            if is_served:
                assert done.stdout.splitlines() == sent("hi", answer)
        with Named("bob", 1, other, "--connect", "udp://10.77.0.2") as bob:
            bob.wait_line("alice is up.")
            bob.type("send alice framed")
            alice.wait_line("Message from bob: framed")


def test_result_is_shown_in_words(quick_pair):
    alice, _ = quick_pair
    alice.type("ping bob 20")
    alice.wait_line(RESULT)
    alice.expect(re.compile(r"Until delivered: \d+ ms at least, \d+ ms half of them, "
                            r"\d+ ms 99 of 100, \d+ ms all\."))
