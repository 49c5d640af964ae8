# SPDX-License-Identifier: BSD-3-Clause
"""Whatever is typed at the console, it takes commands afterwards, and nothing is kept or reset."""

import random
import string

import pytest

LINES = 60
WORDS = ["send", "tcp", "udp", "stats", "netif", "help", "peers", "links", "connect", "disconnect",
         "ping", "trace", "json", "on", "off", "stop", "9999", "0", "-1", "4294967296", "10.77.0.1",
         "10.77.0.1:9999", "udp://10.77.0.9", "[fe80::1]", "'", '"', "\\", "%s%n", "こんにちは", "--json"]
KEYS = [b"\x08", b"\x7f", b"\x15", b"\x03", b"\x04", b"\x1b[A", b"\x1b[D", b"\x1b", b"\0", b"\xff",
        b"\xc0\x80", b"\xf0\x9f\x98", b"\t", b"\n", b"\r\n"]


def random_line(dice):
    """Words that commands are made of, in any order; or anything. Never the one that resets."""
    kind = dice.random()
    if kind < 0.5:
        return " ".join(dice.choices(WORDS, k=dice.randrange(1, 8))).encode()
    if kind < 0.7:
        return dice.choice(WORDS).encode() + b"x" * dice.randrange(0, 1200)
    if kind < 0.85:
        return b"".join(dice.choices(KEYS, k=dice.randrange(1, 20)))
    return "".join(dice.choices(string.punctuation + " ", k=dice.randrange(1, 200))).encode()


@pytest.mark.lingers("messages to names that are nobody's wait for their deadline")
def test_rubbish_on_the_console(dut, seed, exchange):
    dice = random.Random(seed)
    for _ in range(LINES):
        line = random_line(dice)
        dut.console.press(line + b"\r")
        dut.wait_awake()
    for line in "json off", "trace off", "ping stop", *(f"disconnect {number}" for number in range(8)):
        dut.console.type(line)
        dut.wait_awake()
    exchange(dut)


def test_help_names_every_command(dut):
    mark = dut.console.mark()
    dut.console.type("help")
    for command in "send", "stats", "netif", "reset":
        dut.console.wait_said(command, mark)
