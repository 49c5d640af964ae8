# SPDX-License-Identifier: BSD-3-Clause
"""Rubbish on a board's console. On a wire, so that nothing that looks like an address is one."""

import itertools
import os
import random
import re

import pytest

from support import node, peer
from support.board import ADDRESS, Board, wire
from support.node import RAW, deadline

NODE = "10.0.2.3"
PIECE = 96  # with a mark behind it no more than the board's ring of 128 bytes takes at once
PIECES = 60
FLOOD = 10_000  # far more than the ring takes: some of it is lost
LINE_MAX = 256
AGAIN_S = 0.5
CTRL_C, CTRL_U = b"\x03", b"\x15"
ECHOED = "\x07\x08"  # what an editor of lines may say to a terminal besides text: bell, backspace
WORDS = b"send tcp udp stats netif help hlep ' \" \\ %1 ::".split()
NOT_UTF8 = [
    *(b"\x80", b"\xbf\xbf", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xf0\x9f\x98"),  # in pieces
    *(b"\xc0\xaf", b"\xe0\x80\xaf"),  # longer than need be
    *(b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff" * 5),
]


def rubbish(generator):
    """A piece of some kind: bytes, words, almost a command."""
    kind = generator.randrange(3)
    if kind == 0:
        return generator.randbytes(generator.randrange(PIECE))
    if kind == 1:
        return b" ".join(generator.choices(WORDS, k=generator.randrange(20)))[: PIECE - 1] + b"\r"
    return b"send " + generator.randbytes(generator.randrange(40)) + b"\r"


class Marks:
    """Unknown commands, each another one: the board says when it has come so far."""

    def __init__(self, board):
        self.board = board
        self.numbers = itertools.count()

    def press(self):
        mark = f"mark{next(self.numbers)}"
        self.board.press(CTRL_U + mark.encode() + b"\r")
        return f"error: there is no command {mark}; help lists them"

    def wait(self):
        self.board.wait_line(self.press())

    def wait_after_loss(self):
        """A mark may be lost in its turn; then another one is not."""
        left = deadline()
        while not self.board.says(self.press(), bound_s=AGAIN_S):
            assert left(), "no mark came"


@pytest.fixture(name="wired", scope="module")
def make_wired(name):
    """A board that has nothing to do, and how a node at the wire's other end asks it."""
    with wire() as (end, other), Board(name, *end) as board:
        board.wait_boot()
        board.wait_said("/64, preferred")

        def exchange():
            interface = [*other, "--address", f"{NODE}/24"]
            for transport in "tcp", "udp":
                done = node.run_client(transport, ADDRESS, "are you there?", interface=interface)
                assert done.returncode == 0, done.stdout + done.stderr

        board.exchange = exchange
        board.marks = Marks(board)
        yield board


def is_well(board, before):
    """It answers its user and the network, was not reset, and holds nothing back."""
    board.press(CTRL_C)
    board.type("help")
    board.wait_line("help")
    board.wait_line("help: this list")
    board.wait_pools(before)
    board.exchange()
    assert sum(line.startswith("lwip-messenger ") for line in board.lines()) == 1, "it was reset"
    shown = "\n".join(board.lines()).translate({ord(character): None for character in ECHOED})
    raw = RAW.search(shown)
    assert raw is None, f"raw {raw.group()!a} went to the terminal"


def test_rubbish_on_the_console_does_no_harm(wired):
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed}")
    generator = random.Random(seed)
    before = wired.pools()
    for piece in [bytes([byte]) * 3 for byte in range(256)] + NOT_UTF8:
        wired.press(piece)
        wired.marks.wait()
    for _ in range(PIECES):
        wired.press(rubbish(generator).replace(b"reset", b""))
        wired.marks.wait()
    is_well(wired, before)


def test_more_than_the_console_can_take_does_no_harm(wired):
    before = wired.pools()
    for flood in b"\xe3\x81\x82" * (FLOOD // 3), b"netif stats help\r" * (FLOOD // 17):
        wired.press(flood)
        wired.marks.wait_after_loss()
    is_well(wired, before)


def test_line_that_is_too_long_is_told_and_does_nothing(wired):
    before = wired.pools()
    for size in LINE_MAX + 1, 20 * LINE_MAX:
        shown = 0
        while shown < size:
            piece = min(PIECE, size - shown)
            wired.press(b"x" * piece)
            shown += piece
            wired.wait_echo("x" * min(shown, LINE_MAX) + "\x07" * max(shown - LINE_MAX, 0))
        wired.press(b"\r")
        wired.wait_line(re.compile("x+\x07+"))
        wired.expect(f"error: a line has {LINE_MAX} bytes at most; nothing was done")
    is_well(wired, before)


def test_rubbish_as_a_command_is_told(wired):
    wired.command("hlep", "error: there is no command hlep; help lists them")
    wired.command("send", "error: give it like this: send NAME TEXT... | tcp|udp HOST [PORT] TEXT...")
    wired.command("stats now", "error: give it like this: stats [--json]")
    wired.command("send tcp 'x", "error: a quote is not closed")
    wired.command("a " * 65, "error: too many words; quote a text that is long")
