# SPDX-License-Identifier: BSD-3-Clause
"""A board as client, told so on its console, towards Python's sockets on QEMU's own network."""

import pytest

from support import peer
from support.board import HOST, HOST6, ForwardedBoard
from support.node import tcp_sent, udp_sent

TEXT = "こんにちは, server"
LOOPBACKS = {HOST: "127.0.0.1", HOST6: "::1"}  # what QEMU makes of the address the board sends to


@pytest.fixture(name="client", scope="module")
def make_client(name):
    """With an address of both kinds; IPv6's comes from QEMU's router."""
    with ForwardedBoard(name) as board:
        board.wait_boot()
        board.wait_said("Address fec0:")
        yield board


def listening(make, host):
    try:
        return make((LOOPBACKS[host], 0))
    except OSError as error:
        pytest.skip(f"{LOOPBACKS[host]} is not to be had here: {error}")


hosts = pytest.mark.parametrize("host", [HOST, HOST6], ids=["ipv4", "ipv6"])


@hosts
def test_board_sends_to_python_over_tcp(client, host):
    with listening(peer.listen, host) as listener:
        client.type(f"send tcp {host} {listener.getsockname()[1]} {TEXT}")
        assert peer.answer_once(listener) == TEXT.encode()
    client.wait_line("Socket created.")
    client.expect(*tcp_sent(TEXT, peer.acknowledgement(TEXT.encode()).decode())[1:])


@hosts
def test_board_sends_to_python_over_udp(client, host):
    with listening(peer.udp_socket, host) as datagrams:
        client.type(f"send udp {host} {datagrams.getsockname()[1]} {TEXT}")
        assert peer.answer_once(datagrams) == TEXT.encode()
    client.wait_line("Socket created.")
    client.expect(*udp_sent(TEXT, peer.acknowledgement_udp(TEXT.encode()).decode())[1:])
