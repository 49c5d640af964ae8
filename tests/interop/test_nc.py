# SPDX-License-Identifier: BSD-3-Clause
"""OpenBSD's nc, which people have at hand, on either side."""

import re
import shutil
import subprocess

import pytest

from support.lan import HOST, HOST6
from support.node import BOUND_S, Node, Program, address_of, address6_of, serve, tcp_sent, udp_sent
from support.peer import PORT, REFUSAL, acknowledgement, acknowledgement_udp

NC = shutil.which("nc.openbsd") or "nc"

to_node = pytest.mark.parametrize("address", [address_of(0), address6_of(0)], ids=["ipv4", "ipv6"])
to_host = pytest.mark.parametrize("address", [HOST, HOST6], ids=["ipv4", "ipv6"])


def nc(*options, text):
    """One nc, fed with a text by a pipe, from start to end."""
    done = subprocess.run(
        [NC, "-n", *options], input=text, capture_output=True, timeout=BOUND_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@to_node
@pytest.mark.parametrize("text", [b"Hello", b"", "こんにちは\n".encode(), b"\0\xff'\""])
def test_nc_gets_an_acknowledgement_over_tcp(address, text):
    with serve("--tcp") as node:
        assert nc("-N", address, str(PORT), text=text) == acknowledgement(text)
        node.wait_line("Terminating the connection.")
        assert node.rest() == ["TCP: 1 clients, 1 answered, 0 refused, 0 lost."]


def test_nc_sends_too_much_over_tcp_and_is_told():
    with serve("--tcp"):
        assert nc("-N", address_of(0), str(PORT), text=b"x" * 50000) == REFUSAL


@to_node
@pytest.mark.parametrize("text", [b"Hello", "こんにちは\n".encode(), b"\0\xff'\""])
def test_nc_gets_an_acknowledgement_over_udp(address, text):
    with serve("--udp") as node:
        answer = nc("-u", "-W", "1", address, str(PORT), text=text)
        assert answer == acknowledgement_udp(text)
        node.wait_line("Sending acknowledgment to the client.")


def converse(address, transport, text, answer):
    """nc waits for our client; somebody types the answer once the text is on the screen."""
    flags = ["-u"] if transport == "udp" else ["-N"]
    with Program(NC, "-n", "-v", *flags, "-l", address, PORT, stdin=True) as server:
        server.wait_error(re.compile("(Listening|Bound) on .*"))
        with Node("send", transport, address, f"{text}\n", tap=1) as client:
            server.wait_line(text)
            server.process.stdin.write(answer)
            server.process.stdin.close()
            said = client.rest_of_ended()
        server.kill()
    return said


@to_host
def test_nc_acknowledges_our_client_over_tcp(address):
    answer = acknowledgement(b"Hello")
    assert converse(address, "tcp", "Hello", answer) == tcp_sent(r"Hello\x0a", answer.decode())


@to_host
def test_nc_acknowledges_our_client_over_udp(address):
    answer = acknowledgement_udp(b"Hello")
    assert converse(address, "udp", "Hello", answer) == udp_sent(r"Hello\x0a", answer.decode())
