# SPDX-License-Identifier: BSD-3-Clause
"""Whatever comes along the wire, the target answers afterwards, and has kept nothing of it."""

import pytest
from rig import hostile
from support import lan, peer

pytestmark = pytest.mark.needs("ipv4")

STORM = 2000
AGAIN_S = 1  # a datagram may be lost
MALFORMED = 400
CONNECTIONS = 40
SOON_S = 15
ANSWER_S = 60  # half-open connections are given up after 20 s, silent ones after 30 s


def wait_answer(dut, bound_s=SOON_S):
    """It may be busy, or its places for connections may be taken, for a while."""
    text = b"are you still there?"
    dut.network.retry(bound_s, "an answer over UDP",
                      lambda: peer.ask_udp(dut.at(), text, bound_s=AGAIN_S)
                      == peer.acknowledgement_udp(text))
    dut.network.retry(bound_s, "an answer over TCP",
                      lambda: peer.ask(dut.at(), text) == peer.acknowledgement(text))


def test_broadcast_storm(dut, seed, figures):
    before = dut.stats()["frames"]
    hostile.send_all(hostile.storm(STORM, seed))
    wait_answer(dut)
    after = dut.stats()["frames"]
    figures.update({"sent": STORM, **{name: after[name] - before[name] for name in before
                                      if name != "event"}})
    assert after["received"] + after["lost_for_want_of_memory"] > (
        before["received"] + before["lost_for_want_of_memory"] + 10), "no storm came"


@pytest.mark.lingers("fragments wait for the rest of their packets")
def test_malformed_packets(dut, seed, figures):
    address6 = dut.host("ipv6") if dut.can("ipv6") else None
    frames = hostile.malformed(dut.network.mac_of(dut.address), dut.address, address6, dut.port,
                               MALFORMED, seed)
    hostile.send_all(frames)
    figures["packets"] = len(frames)
    wait_answer(dut)


@pytest.mark.lingers("whoever says nothing is thrown out after a while")
def test_connections_that_say_nothing_keep_nobody_out_for_long(dut):
    with hostile.connection_flood(dut.at(), CONNECTIONS):
        wait_answer(dut, ANSWER_S)


@pytest.mark.lingers("half-open connections are given up after some repetitions")
def test_syn_flood(dut):
    hostile.send_all(hostile.syn_flood(dut.network.mac_of(dut.address), dut.address, dut.port, 200))
    wait_answer(dut, ANSWER_S)


@pytest.mark.needs("framed")
def test_conversation_survives_a_storm(dut, new_host, seed):
    with new_host(heartbeat=10) as host:
        host.connect(dut.url("udp"))
        for number in range(5):
            hostile.send_all(hostile.storm(STORM // 10, seed + number))
            host.send(dut.peer_name, f"in the storm {number}")
        host.run_until("all outcomes", host.is_settled, 60)
        assert len(host.texts_of("delivered")) == 5


def test_forged_arp_lasts_until_this_computer_speaks_up(dut):
    """Somebody claims this computer's address. ARP believes the last one that spoke."""
    mac = dut.network.mac_of(dut.address)
    for own_mac in "02:66:66:66:66:66", hostile.OWN_MAC:
        hostile.send_all([hostile.Ether(src=own_mac, dst=mac) / hostile.ARP(
            op=1, hwsrc=own_mac, psrc=lan.HOST, pdst=dut.address)])
    wait_answer(dut)
