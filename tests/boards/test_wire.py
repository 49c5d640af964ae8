# SPDX-License-Identifier: BSD-3-Clause
"""Two boards, or a board and a simulator node, on a virtual wire: IPv4 and IPv6, no privileges."""

import re

import pytest

from support import board as boards
from support import node, peer
from support.board import ADDRESS, Board, link_local, wire
from support.impair import Impairer
from support.node import tcp_sent, tcp_served, udp_sent, udp_served

MAC = "02:10:20:30:40:50"
OTHER_MAC = "02:10:20:30:40:51"
OTHER = "10.0.2.16"
NODE = "10.0.2.3"
TRIES = 3  # an IPv6 address is not used before nobody has objected to it (RFC 4862, 5.4)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("version", ["ipv4", "ipv6"])
def test_simulator_node_sends_on_a_wire(name, version, transport):
    target = ADDRESS if version == "ipv4" else link_local(MAC) + "%1"
    with wire() as (end, other), Board(name, *end, "--mac", MAC) as board:
        board.wait_boot()
        for _ in range(TRIES):
            interface = [*other, "--address", f"{NODE}/24"]
            done = node.run_client(transport, target, "over the wire", interface=interface)
            if done.returncode == 0:
                break
        assert done.returncode == 0, done.stdout + done.stderr
        board.wait_line("over the wire")


def sends(board, other, transport, version, text):
    """What one board is told on its console to send, the other one shows and acknowledges."""
    host = other.host if version == "ipv4" else f"{link_local(other.mac)}%1"
    board.type(f"send {transport} {host} {text}")
    if transport == "tcp":
        expected, answer = tcp_sent, peer.acknowledgement(text.encode())
    else:
        expected, answer = udp_sent, peer.acknowledgement_udp(text.encode())
    board.wait_line("Socket created.")
    board.expect(*expected(text, answer.decode())[1:])
    served = tcp_served(text, "")[1:] if transport == "tcp" else udp_served(text)
    other.wait_line(served[0])
    other.expect(*served[1:])


def next_to(name):
    return boards.BOARDS[(boards.BOARDS.index(name) + 1) % len(boards.BOARDS)]


def test_two_boards_exchange_messages_on_a_wire(name):
    boards.build(next_to(name))
    with wire() as (end, other_end), \
            Board(name, *end, "--mac", MAC) as one, \
            Board(next_to(name), *other_end, "--mac", OTHER_MAC, host=OTHER) as other:
        for board, mac in (one, MAC), (other, OTHER_MAC):
            board.mac = mac
            board.wait_boot()
        for board in one, other:
            board.wait_said(f"Address {link_local(board.mac)}/64, preferred")
        for version in "ipv4", "ipv6":
            for transport in "tcp", "udp":
                sends(one, other, transport, version, f"{transport} over {version}, there")
                sends(other, one, transport, version, f"{transport} over {version}, back")


def test_board_that_was_killed_finds_its_end_of_the_wire_free(name):
    with wire() as (end, _):
        with Board(name, *end) as board:
            board.wait_boot()
            board.kill()
        with Board(name, *end) as board:
            board.wait_boot()


def test_board_and_node_talk_through_a_bad_network(name):
    with wire() as (end, left), wire() as (other, right):
        words = ["--loss", "10%", "--duplicate", "10%", "--delay", "2ms", "--seed", "1"]
        with Impairer(f"wire:{left[1]}", f"wire:{right[1]}", *words, "--spare-arp") as impairer:
            with Board(name, *end, "--mac", MAC) as board:
                board.wait_boot()
                for number in range(3):
                    done = node.run_client(
                        *("--timeout", "60000", "tcp", ADDRESS, f"message {number}"),
                        interface=[*other, "--address", f"{NODE}/24"],
                        bound_s=70,
                    )
                    assert done.returncode == 0, done.stdout + done.stderr
                    board.wait_line(f"message {number}", bound_s=70)
            final = impairer.final()
    assert final["ab"]["lost"] + final["ba"]["lost"] > 0


@pytest.mark.parametrize("gateway", [None, "192.0.2.1"])
def test_set_address_drops_the_built_in_router(name, gateway):
    """One in another network leads nowhere; only one that is set, too, is used."""
    settings = ["--set", f"gateway={gateway}"] if gateway else []
    router = f", router {gateway}" if gateway else ""
    with wire() as (end, _), Board(name, *end, *settings, host="192.0.2.15") as board:
        board.wait_boot()
        board.command("netif", re.compile("Link .*"), f"Address 192.0.2.15/24, fixed{router}")
