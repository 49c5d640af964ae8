# SPDX-License-Identifier: BSD-3-Clause
"""The node as firmware, on each board that QEMU emulates: as anybody on the network sees it."""

import contextlib
import re
import select
import socket

import pytest

from support import peer
from support.board import ForwardedBoard

SERVED = 4  # clients at a time
SYN_BOUND_S = 60  # QEMU's network repeats the SYN of a client that has to wait; seconds pass
QUIET_S = 2
ROOM_FOR_ANSWERS = 1 << 20  # or our own socket loses some


def exchange(board):
    """It answers, over TCP and UDP."""
    text = b"are you there?"
    assert peer.ask(board.address, text) == peer.acknowledgement(text)
    assert peer.ask_udp(board.address, text) == peer.acknowledgement_udp(text)


# ---- one at a time ---------------------------------------------------------------------------


def test_tells_why_it_started_and_what_memory_it_uses(board):
    board.wait_said("Memory: ")


def test_takes_its_address_from_dhcp(name):
    with ForwardedBoard(name, dhcp=True) as board:
        exchange(board.wait_boot())


@pytest.mark.parametrize("size", [1, 536, 1024])
def test_tcp_text_is_acknowledged(board, size):
    text = b"x" * size
    assert peer.ask(board.address, text) == peer.acknowledgement(text)


@pytest.mark.parametrize("size", [0, 1, 536, 1024])
def test_udp_text_is_acknowledged(board, size):
    text = b"x" * size
    assert peer.ask_udp(board.address, text) == peer.acknowledgement_udp(text)


def test_utf8_is_shown_as_it_is(board):
    text = "κόσμε, こんにちは"
    assert peer.ask(board.address, text.encode()) == peer.acknowledgement(text.encode())
    board.wait_line(text)


def test_udp_answer_longer_than_a_frame_is_fragmented(board):
    text = b"\0" * 1024  # four bytes each in the answer
    assert peer.ask_udp(board.address, text) == peer.acknowledgement_udp(text)


# ---- many ------------------------------------------------------------------------------------


def connect_served(board):
    connection = peer.connect(board.address)
    board.wait_line(re.compile("Connection established with client at address .*"))
    return connection


def test_four_clients_at_once_and_a_fifth_after(board):
    with contextlib.ExitStack() as stack:
        clients = []
        for number in range(SERVED):
            clients.append(stack.enter_context(peer.connect(board.address)))
        fifth = stack.enter_context(peer.connect(board.address))
        fifth.settimeout(SYN_BOUND_S)
        fifth.sendall(b"the fifth")
        for number, client in enumerate(clients):
            client.sendall(b"client %d" % number)
        for number, client in enumerate(clients):
            assert peer.read_all(client) == peer.acknowledgement(b"client %d" % number)
            client.close()
        assert peer.read_all(fifth) == peer.acknowledgement(b"the fifth")


def answers(datagrams):
    """All that come until a while after the last one."""
    while select.select([datagrams], [], [], QUIET_S)[0]:
        yield datagrams.recv(65536)


def count_datagrams(board):
    """What the board itself says: datagrams, answered, frames lost for want of memory."""
    said = "\n".join(board.stats())
    datagrams = re.search(r"^UDP: (\d+) datagrams, (\d+) answered", said, re.MULTILINE)
    return *map(int, datagrams.groups()), int(re.search(r"(\d+) lost for want", said)[1])


def test_burst_of_300_datagrams_gets_right_answers_or_none(board, record_property):
    texts = [b"datagram %03d of a burst, long enough not to be rationed" % i for i in range(300)]
    exchange(board)  # QEMU's network knows the board's MAC address only after a first packet
    board.wait_said("Address fec0:")  # the last one: now nothing is taken by starting
    pools, before = board.pools(), count_datagrams(board)
    with peer.udp_socket(connected=board.address) as datagrams:
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_FOR_ANSWERS)
        for text in texts:
            datagrams.send(text)
        got = list(answers(datagrams))
    assert len(set(got)) == len(got), "a datagram was answered twice"
    assert set(got) <= {peer.acknowledgement_udp(text) for text in texts}
    board.wait_pools(pools)
    came, answered, lost = (now - then for now, then in zip(count_datagrams(board), before))
    print(
        f"{board.name}: of a burst of {len(texts)} datagrams {answered} were answered, {lost} lost "
        f"for want of memory, {len(texts) - came - lost} by the Ethernet controller"
    )
    record_property("answered", len(got))
    record_property("lost_for_want_of_memory", lost)
    assert 0 < len(got) <= answered <= came <= len(texts) - lost
    assert len(got) == answered, "answers were lost on their way back"
    exchange(board)


def push(board, size):
    with peer.connect(board.address) as connection:
        connection.sendall(b"x" * size)
        connection.shutdown(socket.SHUT_WR)
        return peer.read_all(connection)


def test_200_kb_of_oversize_texts_are_refused(board):
    for _ in range(4):
        assert push(board, 50_000) == peer.REFUSAL
    exchange(board)


# ---- upset -----------------------------------------------------------------------------------


def test_client_that_resets_is_forgotten(board):
    for _ in range(2 * SERVED):
        peer.reset(peer.connect(board.address))
    exchange(board)


def is_over(connection):
    """Without an answer. QEMU's network makes a FIN of the board's reset."""
    try:
        return connection.recv(65536) == b""
    except ConnectionResetError:
        return True


def test_reset_in_mid_exchange(board):
    with connect_served(board) as connection:
        board.reset()
        board.wait_boot("power on")
        connection.sendall(b"to the one that was here before")
        assert is_over(connection)
    exchange(board)


def test_power_cut_and_restart(name):
    with ForwardedBoard(name) as board:
        exchange(board.wait_boot())
    with ForwardedBoard(name) as board:
        exchange(board.wait_boot())


def test_cable_pulled_and_put_back(board):
    board.cable(is_in=False)
    if board.name != "lm3s6965evb":  # whose PHY is not emulated
        board.wait_line("Link is down.")
    with peer.udp_socket(connected=board.address) as datagrams:
        datagrams.send(b"nobody hears this")
        assert not list(answers(datagrams))
    board.cable(is_in=True)
    if board.name != "lm3s6965evb":
        board.wait_line("Link is up.")
    exchange(board)


CRASHES = [
    ("fault", "a fault", re.compile(r"  pc [0-9a-f]{8}  lr [0-9a-f]{8}  psr [0-9a-f]{8}")),
    ("assert", "a fault", re.compile(r"assertion failed: crash\.c:\d+")),
    ("overflow", "a fault", re.compile(r"  sp [0-9a-f]{8} is not on the stack")),
    ("hang", "a reset by the watchdog", "watchdog: the main loop hangs"),
    ("reset", "a reset by software", None),
]


@pytest.mark.parametrize("way, reason, said", CRASHES, ids=[crash[0] for crash in CRASHES])
def test_crash_ends_in_a_reset_with_its_reason(name, way, reason, said):
    with ForwardedBoard(name, "--set", f"crash={way}", firmware="firmware-test") as board:
        board.wait_banner("power on")
        if said is not None:
            board.wait_line(said)
        board.wait_boot(reason)
        exchange(board)
