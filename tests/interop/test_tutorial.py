# SPDX-License-Identifier: BSD-3-Clause
"""The tutorial's four programs, unmodified, and ours in their place: all eight combinations.

`localhost` means the other side to them (sim/tutorial/with_localhost.py). The transcripts of two Python programs are the law for the others, addresses aside.
"""

import pathlib
import re
import sys

import pytest

from conftest import TUTORIALS
from support.node import Node, Program, address_of, serve

PROGRAMS = pathlib.Path(__file__).resolve().parents[2] / "sim" / "tutorial"
TEXT = "Hello, server"

TRANSCRIPTS = {
    "tcp": (
        [
            "Socket created.",
            "Socket bound to address A and port number 9999",
            "Listening for client.",
            "Connection established with client at address ('A', N)",
            "Message received from the client:",
            TEXT,
            "Sending acknowledgment to the client.",
            "Terminating the connection.",
        ],
        [
            "Socket created.",
            "Connection established with the server.",
            f"Sending msg to the server: {TEXT}",
            "Acknowledgment received from the server:",
            f"Message received: {TEXT}. Thank you.",
            "Terminating the Connection.",
        ],
    ),
    "udp": (
        [
            "Socket created.",
            "Socket bound to address A and port number 9999",
            "Message received from the client:",
            TEXT,
            "Sending acknowledgment to the client.",
        ],
        [
            "Socket created.",
            f"Sending msg to the server: {TEXT}",
            "Acknowledgment received from the server:",
            f"Message received: b'{TEXT}'. Thank you.",
            "Terminating the Connection.",
        ],
    ),
}

IN_PYTHON = "Python"
ON_LWIP = "lwIP"


def tutorial(program, localhost):
    """A program of the tutorial's whose `localhost` is this address."""
    mapping = (PROGRAMS / "with_localhost.py", localhost)
    return Program(sys.executable, "-u", *mapping, PROGRAMS / f"{program}.py")


LAST_BEFORE_CLIENTS = {
    "tcp": "Listening for client.",
    "udp": re.compile("Socket bound to .*"),
}


def start_server(side, transport, address):
    if side == ON_LWIP:
        return serve(f"--{transport}", "--once")
    return tutorial(f"{transport}_server", address)


def start_client(side, transport, address):
    if side == ON_LWIP:
        return Node("send", transport, address, TEXT, tap=1)
    return tutorial(f"{transport}_client", address)


def without_addresses(lines):
    lines = [re.sub(r"\('[0-9.]+', [0-9]+\)", "('A', N)", line) for line in lines]
    return [re.sub(r"bound to address [a-z0-9.]+ ", "bound to address A ", line) for line in lines]


def all_of(program):
    """What it said by the time that it has ended, by itself and well."""
    program.rest_of_ended()
    return without_addresses(program.lines())


# A server of the tutorial's closes first, so its address cannot be bound again for a minute: each
# combination has an address of its own.
@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(
    "client_side, server_side, python_address",
    [
        (IN_PYTHON, IN_PYTHON, TUTORIALS[0]),
        (IN_PYTHON, ON_LWIP, None),
        (ON_LWIP, IN_PYTHON, TUTORIALS[1]),
        (ON_LWIP, ON_LWIP, None),
    ],
    ids=["python_to_python", "python_to_lwip", "lwip_to_python", "lwip_to_lwip"],
)
def test_both_sides_say_what_the_tutorial_says(
    transport, client_side, server_side, python_address
):
    address = python_address or address_of(0)
    with start_server(server_side, transport, address) as server:
        if server_side == IN_PYTHON:
            server.wait_line(LAST_BEFORE_CLIENTS[transport])
        with start_client(client_side, transport, address) as client:
            said = all_of(server), all_of(client)
    assert said == TRANSCRIPTS[transport]
