# SPDX-License-Identifier: BSD-3-Clause
"""What real nodes say to each other, in words: from a capture, and from a console's trace."""

import re

import pytest

from support.framed import Named, urls, wire

KINDS = ["udp", "tcp"]
TRACED = re.compile(r"# \d+ ms, .*|[IO] 000000( [0-9a-f]{2})+")


def talk(kind, *options, trace=False):
    """bob calls alice; each says something. What alice's console showed of it."""
    with wire() as (end, other), Named("alice", 0, end, *options) as alice:
        if trace:
            alice.type("trace on")
        with Named("bob", 1, other, "--connect", urls["ipv4"](kind, 0)) as bob:
            bob.wait_line("alice is up.")
            for sender, receiver in (bob, alice), (alice, bob):
                sender.type(f"send {receiver.name} I am {sender.name}")
                sender.wait_line(f"Message 1 to {receiver.name}: delivered.")
        if trace:
            alice.type("trace off")
        alice.rest()
        return [line for line in alice.lines() if TRACED.fullmatch(line)]


def require_words(info):
    """The conversation, in this order."""
    at = 0
    for wanted in [r"bob > .*: HELLO", r"WELCOME", r"OPEN", r"ACCEPT",
                   r'bob > alice: .*DATA 1, "I am bob"', r"alice > bob: .*ACK 2 taken 2",
                   r'alice > bob: .*DATA 1, "I am alice"', r"bob > alice: .*ACK 2 taken 2"]:
        found = [number for number, line in enumerate(info) if re.search(wanted, line)]
        assert found and found[-1] >= at, f"no {wanted} behind line {at} of\n" + "\n".join(info)
        at = next(number for number in found if number >= at)


@pytest.mark.parametrize("kind", KINDS)
def test_capture_of_two_nodes_reads_in_words(tshark, kind):
    file = tshark.folder / "nodes.pcap"
    talk(kind, "--pcap", file)
    require_words(tshark.read_file(file, "-o", 'gui.column.format:"Info","%i"').splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_trace_of_a_console_reads_in_words(tshark, kind):
    dump, capture = tshark.folder / "trace.txt", tshark.folder / "trace.pcap"
    dump.write_text("\n".join(talk(kind, trace=True)) + "\n")
    dump.chmod(0o644)
    capture.touch()
    capture.chmod(0o666)
    ports = "-u" if kind == "udp" else "-T"
    tshark.run("text2pcap", "-q", "-D", ports, "9999,9999", dump, capture)
    info = tshark.read_file(capture, "-o", 'gui.column.format:"Info","%i"').splitlines()
    text = "\n".join(info)
    for wanted in "HELLO", "WELCOME", "OPEN", "ACCEPT", '"I am bob"', '"I am alice"', "taken 2":
        assert wanted in text, text
