# SPDX-License-Identifier: BSD-3-Clause
"""Nodes with names, and what they say of their messages: simulator nodes and boards alike."""

import re

from support import board
from support.node import Console, address6_of, address_of, link_local_of

RESULT = re.compile(r"(\d+) messages to (\S+): (\d+) delivered, (\d+) not delivered, "
                    r"(\d+) unknown; (\d+) ms in all\.")
RESULT_JSON = re.compile(r'{"event":"ping".*')
PING = re.compile(r"Message from \S+: ping (\d+) \.*")
BOUND_S = 60

wire = board.wire


def link_local_url(kind, number):
    return f"{kind}://[{link_local_of(number)}]"


# How the node on wire's end 0 or 1 is reached.
urls = {
    "ipv4": lambda kind, number: f"{kind}://{address_of(number)}",
    "ipv6": lambda kind, number: f"{kind}://[{address6_of(number)}]:9999",
    "link_local": link_local_url,
}


class Named(Console):
    """msgr-sim node with a name, at an end of a wire; the addresses are as on tapN."""

    def __init__(self, name, number, interface, *options):
        self.name = name
        self.interface = interface
        self.options = options
        addresses = ["--address", f"{address_of(number)}/24",
                     "--address6", f"{address6_of(number)}/64"]
        super().__init__("--no-dad", "--name", name, *options, interface=[*interface, *addresses])


def result_of(node, bound_s=BOUND_S):
    """What a ping has come to: sent, delivered, not delivered, unknown."""
    words = RESULT.fullmatch(node.wait_line(RESULT, bound_s))
    return tuple(int(words[number]) for number in (1, 3, 4, 5))


def pings(node):
    """The numbers of the pings that have come, in order."""
    found = [PING.fullmatch(line) for line in node.lines()]
    return [int(ping[1]) for ping in found if ping]


def wait_ping(node, number):
    """That one has come."""
    node._wait(f"ping {number}", lambda: number in pings(node), BOUND_S)


def wait_pings(node, count):
    """So many have come, at least."""
    node._wait(f"{count} pings", lambda: len(pings(node)) >= count, BOUND_S)


class NamedOnBoardsNetwork(Console):
    """msgr-sim node with a name, where boards have their addresses."""

    host = board.HOST

    def __init__(self, name, interface, *options):
        self.name = name
        super().__init__("--no-dad", "--name", name, *options,
                         interface=[*interface, "--address", f"{self.host}/24"])
