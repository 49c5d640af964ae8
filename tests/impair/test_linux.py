# SPDX-License-Identifier: BSD-3-Clause
"""Linux's own TCP and UDP talk through the impairer with a node; in sim/lan 1 --impair later."""

import time

import pytest

from support import peer
from support.impair import Impairer
from support.node import PORT, address6_of, address_of, deadline, run_client, serve

ENDS = ["tap:impair0", "tap:impair1"]
LOSSY_BOUND_S = 60
NODES = [(address_of(0), PORT), (address6_of(0), PORT)]


@pytest.mark.parametrize("node", NODES, ids=["ipv4", "ipv6"])
def test_tcp_repeats_what_is_lost(node):
    with Impairer(*ENDS, "--loss", "10%", "--seed", "2", "--spare-arp") as impairer:
        with serve() as served:
            for number in range(5):
                text = f"message {number} ".encode() + b"x" * 1000
                with peer.connect(node) as connection:
                    connection.settimeout(LOSSY_BOUND_S)
                    connection.sendall(text)
                    assert peer.read_all(connection) == peer.acknowledgement(text)
            served.kill()  # its last FIN may be on its way for long
        counters = impairer.counters()
    assert counters["ab"]["lost"] + counters["ba"]["lost"] > 0


def test_udp_loses_as_much_as_was_asked_for():
    with Impairer(*ENDS, "--seed", "3", "--spare-arp") as impairer, serve("--udp"):
        with peer.udp_socket(connected=NODES[0]) as datagrams:
            peer.ask_udp(NODES[0], b"for ARP")
            impairer.command("ab loss 50%")
            before = impairer.counters()["ab"]
            for _ in range(200):
                datagrams.send(b"Hello")
            left = deadline()
            while impairer.counters()["ab"]["in"] < before["in"] + 200:
                left()
            lost = impairer.wait_settled()["lost"]
    assert 60 <= lost <= 140  # with what Linux itself may have to say


def test_cable_is_pulled_under_a_conversation():
    with Impairer(*ENDS) as impairer, serve("--udp"):
        assert peer.ask_udp(NODES[0], b"before") == peer.acknowledgement_udp(b"before")
        impairer.command("cut")
        with peer.udp_socket(connected=NODES[0]) as datagrams:
            datagrams.settimeout(0.2)
            datagrams.send(b"during")
            with pytest.raises(TimeoutError):
                datagrams.recv(2000)
        impairer.command("mend")
        assert peer.ask_udp(NODES[0], b"after") == peer.acknowledgement_udp(b"after")


@pytest.mark.parametrize("_", range(3))
def test_nothing_goes_past_the_impairer(_):
    with Impairer(*ENDS, "--delay", "30ms"), serve("--udp"):
        for node in NODES:
            peer.ask_udp(node, b"for its hardware address")
            start_s = time.monotonic()
            peer.ask_udp(node, b"Hello")
            assert time.monotonic() - start_s >= 0.060


def test_broadcasts_do_not_go_past_the_impairer():
    with Impairer(*ENDS, "--ba", "loss=100%"):
        with peer.udp_socket(("", PORT)) as datagrams:
            run_client("--timeout", "200", "udp", "10.77.0.255", "Hello", tap=0)
            run_client("--timeout", "200", "udp", "255.255.255.255", "Hello", tap=0)
            assert peer.has_nothing(datagrams)
