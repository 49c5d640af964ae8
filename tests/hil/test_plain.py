# SPDX-License-Identifier: BSD-3-Clause
"""Plain messages, each way, over both transports and both IP versions, with plain sockets here."""

import pytest
from support import lan, peer
from support.node import tcp_sent, udp_sent

TEXTS = ["x", "hello, target", "κόσμε, こんにちは", "y" * 536, "z" * 1024]
HOSTS = {"ipv4": lan.HOST, "ipv6": lan.HOST6}
SENT = {"tcp": tcp_sent, "udp": udp_sent}
ANSWERS = {"tcp": peer.acknowledgement, "udp": peer.acknowledgement_udp}
ASK = {"tcp": peer.ask, "udp": peer.ask_udp}

each_way = [
    pytest.mark.parametrize("transport", ["tcp", "udp"]),
    pytest.mark.parametrize("version", [
        pytest.param("ipv4", marks=pytest.mark.needs("ipv4")),
        pytest.param("ipv6", marks=pytest.mark.needs("ipv6"))]),
]
pytestmark = each_way


def test_target_acknowledges(dut, transport, version):
    for text in TEXTS:
        answer = ASK[transport](dut.at(version), text.encode())
        assert answer == ANSWERS[transport](text.encode())
        dut.console.wait_line(text)


def test_target_sends_and_shows_the_acknowledgement(dut, transport, version):
    address = (HOSTS[version], 0)
    dut.host(version)  # it may be used
    with peer.listen(address) if transport == "tcp" else peer.udp_socket(address) as server:
        port = server.getsockname()[1]
        for text in TEXTS[:3]:
            dut.console.type(f"send {transport} {HOSTS[version]} {port} {text}")
            assert peer.answer_once(server) == text.encode()
            sent = SENT[transport](text, ANSWERS[transport](text.encode()).decode())
            dut.console.wait_line(sent[0])
            dut.console.expect(*sent[1:])
