# SPDX-License-Identifier: BSD-3-Clause
"""Framed conversations, and every outcome that a message can have, told by either end."""

import re

import pytest
from rig.companion import Companion

pytestmark = pytest.mark.needs("framed", "ipv4")

KINDS = ["udp", "tcp"]
TEXT = "こんにちは"
LOST_S = 0.3
OWN_DEADLINE_S = 30  # of messages from the target's console
REPEATED_S = 3  # it was sent again by then, several times


@pytest.fixture(name="host", params=KINDS)
def make_host(request, dut, new_host):
    """A peer here, in conversation with the target."""
    with new_host() as host:
        host.kind = request.param
        host.connect(dut.url(host.kind))
        yield host


def tell_to_send(dut, host, text):
    """The target's message to it, accepted; its number."""
    mark = dut.console.mark()
    dut.console.type(f"send {host.name} {text}")
    accepted = re.compile(rf"Message (\d+) to {host.name}: accepted\.")
    dut.console.wait_line(accepted)
    found = filter(None, map(accepted.fullmatch, dut.console.lines_since(mark)))
    return int(next(found)[1])


def wait_outcome(dut, host, number, outcome):
    """What the target says became of its message."""
    said = re.compile(rf"Message {number} to {host.name}: {outcome}.*\.")
    host.run_until(f"{outcome!r} for message {number}",
                   lambda: any(map(said.fullmatch, dut.console.lines())))


def test_message_each_way_is_delivered(dut, host):
    host.send(dut.peer_name, TEXT)
    host.run_until("an outcome", host.is_settled)
    assert host.texts_of("delivered") == [TEXT]
    dut.console.wait_line(f"Message from {host.name}: {TEXT}")
    number = tell_to_send(dut, host, f"hello, {TEXT}")
    wait_outcome(dut, host, number, "delivered")
    assert host.texts == [f"hello, {TEXT}"]


@pytest.mark.needs("ipv6")
@pytest.mark.parametrize("kind", KINDS)
def test_message_over_ipv6_is_delivered(dut, new_host, kind):
    with new_host() as host:
        host.connect(dut.url(kind, "ipv6"))
        host.send(dut.peer_name, TEXT)
        host.run_until("an outcome", host.is_settled)
        assert host.texts_of("delivered") == [TEXT]


def test_hundred_messages_each_way_come_once_and_in_order(dut, host):
    texts = [f"{number} of a hundred" for number in range(100)]
    mark = dut.console.mark()
    for text in texts:
        host.send(dut.peer_name, text)
    dut.console.type(f"ping {host.name} 100 64 8")
    host.run_until("all outcomes", host.is_settled)
    assert host.texts_of("delivered") == texts
    host.run_until("a hundred messages", lambda: len(host.texts) >= 100)
    assert [int(text.split()[1]) for text in host.texts] == list(range(1, 101))
    said = f"Message from {host.name}: "
    dut.console.wait_said(f"{said}{texts[-1]}", mark)
    shown = [line.removeprefix(said) for line in dut.console.lines_since(mark)
             if line.startswith(said)]
    assert shown == texts


def test_acknowledgement_that_was_lost_is_repeated(dut, new_host):
    """The message comes again, and each time it is acknowledged again (app/SPEC.md, 10); only that,
    for the next heartbeat is far."""
    with new_host(heartbeat=30) as host:
        host.connect(dut.url("udp"))
        dut.network.lose_all("ba")
        host.send(dut.peer_name, "heard, and not answered")
        host.run_until("the message", lambda: dut.said("heard, and not answered"))
        host.run_for(LOST_S, lambda: None)  # by then it has acknowledged what it had to say
        dut.network.clear()
        host.run_until("an acknowledgement", host.is_settled, REPEATED_S)
        assert host.texts_of("delivered") == ["heard, and not answered"]


def test_message_to_a_peer_that_went_waits_for_it_to_come_back(dut, host, new_host):
    """It was never transmitted, so it may be, to the one that has begun anew."""
    with new_host() as gone:
        gone.connect(dut.url(host.kind))
        wait_outcome(dut, gone, tell_to_send(dut, gone, "first"), "delivered")
    host.run_until("word that it is down", lambda: dut.said(f"{gone.name} is down"))
    number = tell_to_send(dut, gone, "too late")
    with Companion(gone.name) as back:
        back.connect(dut.url(host.kind))
        back.run_until("the message", lambda: back.texts == ["too late"])
        wait_outcome(dut, back, number, "delivered")


def test_message_to_a_peer_that_stays_away_is_not_delivered(dut, new_host):
    """It was never transmitted, and is given up at the console's deadline."""
    with new_host() as host:
        host.connect(dut.url("udp"))
    dut.console.wait_line(re.compile(f"{host.name} is down.*"))
    number = tell_to_send(dut, host, "anybody?")
    said = re.compile(rf"Message {number} to {host.name}: (.*)\.")
    outcome = said.fullmatch(dut.console.wait_line(said, OWN_DEADLINE_S + 5))[1]
    assert outcome.startswith("not delivered"), outcome


def test_message_that_nobody_hears_is_not_delivered_at_its_deadline(dut, host):
    dut.power_off()
    host.node.close()
    host.node = type(host.node)(host.name)
    host.send(dut.peer_name, "anybody?", deadline_s=0.5)
    host.run_until("an outcome", host.is_settled)
    assert host.texts_of("not delivered") == ["anybody?"]
    dut.boot()


def test_message_that_was_under_way_when_the_peer_began_anew_is_unknown(dut, host):
    """The target's: transmitted to one that is deaf, which then begins anew."""
    dut.network.lose_all("ba")
    before = dut.network.lost("ba")
    number = tell_to_send(dut, host, "into the dark")
    host.run_until("the message to be lost", lambda: dut.network.lost("ba") > before)
    dut.network.clear()
    host.node.close()
    with Companion(host.name) as anew:
        anew.connect(dut.url(host.kind))
        wait_outcome(dut, anew, number, "unknown")
        wait_outcome(dut, anew, tell_to_send(dut, anew, "and now"), "delivered")
        assert anew.texts == ["and now"]


def test_message_longer_than_the_target_takes_is_refused(dut, host):
    longest = host.node.peers[dut.peer_name].conversation.message_max
    host.send(dut.peer_name, "x" * longest)
    host.run_until("an outcome", host.is_settled)
    assert len(host.texts_of("delivered")) == 1
    with pytest.raises(ValueError, match="takes at most"):
        host.send(dut.peer_name, "x" * (longest + 1))
