# SPDX-License-Identifier: BSD-3-Clause
"""A board on the bridge that sim/lan makes, beside Linux itself and a simulator node."""

import os

import pytest

from support import lan, node, peer
from support.board import Board
from support.node import tcp_sent, tcp_served, udp_sent, udp_served

TEXT = "こんにちは"
HOSTS = {"ipv4": lan.HOST, "ipv6": lan.HOST6}
NODES = {"ipv4": node.address_of(1), "ipv6": node.address6_of(1)}
OWN = {"ipv4": node.address_of(0), "ipv6": node.address6_of(0)}
ANSWERS = {"tcp": peer.acknowledgement, "udp": peer.acknowledgement_udp}
SENT = {"tcp": tcp_sent, "udp": udp_sent}

pytestmark = [
    pytest.mark.parametrize("transport", ["tcp", "udp"]),
    pytest.mark.parametrize("version", ["ipv4", "ipv6"]),
]


@pytest.fixture(name="board", scope="module")
def make_board(name):
    """On tap0, with an address of both kinds."""
    if "MSGR_LAN" not in os.environ:
        pytest.skip("needs a private network: sim/lan 2 -- python3 -m pytest FILE")
    with Board(
        name, "--tap", "tap0", "--set", f"address6={OWN['ipv6']}/64", host=OWN["ipv4"]
    ) as board:
        board.wait_boot()
        board.wait_said(f"Address {OWN['ipv6']}/64, preferred")
        yield board


def answer_of(transport, text=TEXT):
    return ANSWERS[transport](text.encode())


def wait_served(board, transport):
    served = tcp_served(TEXT, "")[1:] if transport == "tcp" else udp_served(TEXT)
    board.wait_line(served[0])
    board.expect(*served[1:])


def wait_sent(board, transport):
    board.wait_line("Socket created.")
    board.expect(*SENT[transport](TEXT, answer_of(transport).decode())[1:])


def test_board_answers_python(board, version, transport):
    ask = peer.ask if transport == "tcp" else peer.ask_udp
    assert ask((OWN[version], node.PORT), TEXT.encode()) == answer_of(transport)
    wait_served(board, transport)


def test_board_sends_to_python(board, version, transport):
    address = (HOSTS[version], 0)
    with peer.listen(address) if transport == "tcp" else peer.udp_socket(address) as server:
        board.type(f"send {transport} {HOSTS[version]} {server.getsockname()[1]} {TEXT}")
        assert peer.answer_once(server) == TEXT.encode()
    wait_sent(board, transport)


def test_board_answers_a_simulator_node(board, version, transport):
    done = node.run_client("--no-dad", transport, OWN[version], TEXT)
    assert done.stdout.splitlines() == SENT[transport](TEXT, answer_of(transport).decode())
    wait_served(board, transport)


def test_board_sends_to_a_simulator_node(board, version, transport):
    with node.serve("--no-dad", tap=1) as other:
        board.type(f"send {transport} {NODES[version]} {TEXT}")
        wait_sent(board, transport)
        wait_served(other, transport)
