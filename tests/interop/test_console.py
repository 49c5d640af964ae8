# SPDX-License-Identifier: BSD-3-Clause
"""The node as it runs on a board, too: commands on its console while it serves."""

import json
import os
import pathlib
import pty
import random
import re
import select
import signal
import subprocess
import tempfile
import time

import pytest

from support import lan
from support.capabilities import SHOWN
from support.lan import HOST, HOST6
from support.node import (
    BOUND_S,
    SIM_COMMAND,
    Console,
    address_of,
    address6_of,
    link_local_of,
    on_tap,
    tcp_sent,
    udp_sent,
)
from support.peer import (
    PORT,
    acknowledgement,
    acknowledgement_udp,
    ask,
    ask_udp,
    connect,
    read_all,
    send_unpushed,
    Server,
    tcp_server,
    udp_socket,
)

SERVER = (address_of(0), PORT)
RESET_STATUS = 3
BANNER = [
    "lwip-messenger 0.1.0 on linux, after power on.",
    re.compile(rf"lwIP 2\.[12]\.[0-9]{SHOWN}, assertions on\."),
]
LISTENING = ["Socket created.", f"Socket bound to address {address_of(0)} and port number {PORT}"]
BUSY = "error: a message is on its way; send the next one when that has ended"


def console(*options):
    """A node from the moment on that it serves, on all its addresses."""
    node = Console("--no-dad", *options)
    try:
        node.expect(
            *BANNER,
            re.compile(f"Address {address_of(0)}/24, fixed.*"),
            f"Address {link_local_of(0)}/64, preferred",
            f"Address {address6_of(0)}/64, preferred",
        )
        node.expect(*LISTENING, "Listening for client.", *LISTENING)
        lan.wait_up(0)
    except AssertionError:
        node.kill()
        print(node)
        raise
    return node


def answering_once(address, seen):
    """A server over TCP that answers one client as the tutorial's does."""

    def converse(connection):
        seen.append(connection.recv(65536))
        connection.sendall(acknowledgement(seen[-1]))

    return tcp_server(address, converse)


# ---- commands --------------------------------------------------------------------------------


def test_help_lists_all_commands():
    with console() as node:
        node.command(
            "help",
            "help: this list",
            "send tcp|udp HOST [PORT] TEXT...: send one message and show its acknowledgement",
            "stats [--json]: show memory and counters",
            "netif: show the network interface and its addresses",
            "reset: start anew",
        )


def test_what_is_no_command_is_told():
    with console() as node:
        for line in "hlep", "send", "send icmp 10.0.0.1 x", "stats now", "send tcp h 'x", "''":
            node.type(line)
        node.type("send udp fe80::1%2 x")
        node.type("netif")
        node.wait_line(re.compile("Link up.*"))
        node.stop(
            f"Address {address_of(0)}/24, fixed",
            f"Address {link_local_of(0)}/64, preferred",
            f"Address {address6_of(0)}/64, preferred",
            "TCP: 0 clients, 0 answered, 0 refused, 0 lost.",
            "UDP: 0 datagrams, 0 answered, 0 not answered.",
            errors=[
                "error: there is no command hlep; help lists them",
                "error: give it like this: send tcp|udp HOST [PORT] TEXT...",
                "error: give it like this: send tcp|udp HOST [PORT] TEXT...",
                "error: give it like this: stats [--json]",
                "error: a quote is not closed",
                "error: there is no command ; help lists them",
                "error: send to fe80::1%2: there is no such scope; "
                "this node's one interface is %1",
            ],
        )


def test_netif_shows_both_families():
    with console("--dns", "10.77.0.53") as node:
        node.command(
            "netif",
            "Link up, MAC 02:00:0a:4d:00:02, MTU 1500",
            f"Address {address_of(0)}/24, fixed",
            f"Address {link_local_of(0)}/64, preferred",
            f"Address {address6_of(0)}/64, preferred",
            "Name server 10.77.0.53",
        )


def test_netif_shows_the_router():
    with console("--gateway", HOST) as node:
        node.type("netif")
        node.wait_line(f"Address {address_of(0)}/24, fixed, router {HOST}")


def test_stats_count_what_was_served():
    with console() as node:
        assert ask(SERVER, b"one") == acknowledgement(b"one")
        assert ask_udp(SERVER, b"two") == acknowledgement_udp(b"two")
        assert ask_udp(SERVER, b"three") == acknowledgement_udp(b"three")
        node.wait_line("three")
        node.type("stats")
        node.wait_line(re.compile("lwIP heap, bytes: [0-9]+ there, [0-9]+ used, .* 0 times none left."))
        node.wait_line(re.compile("TCP_PCB: 256 there, [0-9]+ used, [1-9] used at most, 0 times .*"))
        node.wait_line(re.compile("PBUF_POOL: 512 there, 0 used, [1-9] used at most, 0 times .*"))
        node.wait_line("TCP: 1 clients, 1 answered, 0 refused, 0 lost.")
        node.wait_line("UDP: 2 datagrams, 2 answered, 0 not answered.")
        node.wait_line(re.compile("Frames: [0-9]+ received, 0 lost .*, [0-9]+ sent, 0 not .*"))


def test_stats_are_json_for_programs():
    with console() as node:
        assert ask(SERVER, b"one") == acknowledgement(b"one")
        node.wait_line("Terminating the connection.")
        node.type("stats --json")
        node.wait_line(re.compile('{"event":"target",.*'))
        begin = node._next - 1
        node.wait_line(re.compile('{"event":"frames",.*'))
        said = [json.loads(line) for line in node.lines()[begin:]]
        node.type("stats --jsn")
        node.wait_error("error: give it like this: stats [--json]")
        node.kill()
    target = said[0]
    assert (target["board"], target["reset"]) == ("linux", "power on")
    assert target["lwip"].endswith("assertions on")
    pools = {one["name"]: one for one in said if one["event"] == "pool"}
    assert pools["TCP_PCB"]["there"] == 256 and pools["TCP_PCB"]["times_none_left"] == 0
    assert 1 <= pools["TCP_PCB"]["used_at_most"] <= 3
    one_of = {one["event"]: one for one in said}
    assert one_of["tcp"]["answered"] == one_of["tcp"]["clients"] == 1
    assert one_of["udp"]["datagrams"] == 0
    assert one_of["frames"]["received"] > 3 and one_of["frames"]["lost_for_want_of_memory"] == 0
    assert "memory" in one_of


def test_reset_ends_the_simulator():
    with console() as node:
        node.type("reset")
        node.ends("Resetting.", status=RESET_STATUS)


def test_reset_leaves_nothing_of_a_wire():
    with tempfile.TemporaryDirectory(prefix="msgr-") as folder:
        wire = ["--wire", str(pathlib.Path(folder) / "wire"), "--address", "10.77.0.2/24"]
        with Console(interface=wire) as node:
            node.wait_line(LISTENING[1])
            assert os.listdir(folder) == ["wire.a"]
            node.type("reset")
            node.wait_line("Resetting.")
            node.ends(status=RESET_STATUS)
        assert os.listdir(folder) == []


def test_node_serves_on_when_nobody_types_any_more():
    with console() as node:
        node.typed.close()
        assert ask(SERVER, b"Hello") == acknowledgement(b"Hello")
        began_s, cpu_began_s = time.monotonic(), cpu_s(node)
        for _ in range(20):
            with connect(SERVER) as client:
                send_unpushed(client, b"quiet")  # answered after 20 ms in which it may sleep
                assert read_all(client) == acknowledgement(b"quiet")
        passed_s, used_s = time.monotonic() - began_s, cpu_s(node) - cpu_began_s
        assert used_s < passed_s / 2, "it does not sleep"
        node.rest()


def cpu_s(node):
    fields = pathlib.Path(f"/proc/{node.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ---- send ------------------------------------------------------------------------------------


def test_message_over_tcp_is_sent_and_acknowledged(ends):
    seen = []
    with console() as node, answering_once(ends.listener, seen):
        answer = "Message received: こんにちは, server. Thank you."
        sent = tcp_sent("こんにちは, server", answer)
        node.command(f"send tcp {ends.send_host} こんにちは, server", *sent)
    assert seen == ["こんにちは, server".encode()]


def test_message_over_udp_is_sent_and_acknowledged(ends):
    with console() as node, udp_socket(ends.listener) as server:

        def answer():
            text, client = server.recvfrom(65536)
            server.sendto(acknowledgement_udp(text), client)
            return text

        with Server(answer) as thread:
            sent = udp_sent("two  spaces", "Message received: b'two  spaces'. Thank you.")
            node.command(f"send udp {ends.send_host} 'two  spaces'", *sent)
        assert thread.result == b"two  spaces"


@pytest.mark.parametrize(
    "typed, port, text",
    [
        ("8888 hello", 8888, b"hello"),
        ("8888 9999", 8888, b"9999"),
        ("9999", 9999, b"9999"),
        ("'42 apples'", 9999, b"42 apples"),
        ("''", 9999, b""),
        ("  a   b ", 9999, b"a b"),
        ("x" * 230, 9999, b"x" * 230),
    ],
)
def test_port_and_text_are_told_apart(typed, port, text):
    with console() as node, udp_socket((HOST, port)) as server:
        node.type(f"send udp {HOST} {typed}")
        received, client = server.recvfrom(65536)
        server.sendto(acknowledgement_udp(received), client)
        assert received == text
        node.wait_line("Terminating the Connection.")


def test_port_that_is_none_is_told():
    with console() as node:
        node.type(f"send udp {HOST} 70000 people")
        node.type(f"send udp {HOST} 0 people")
        hint = "quote a text that begins with a number"
        errors = [
            f"error: a port is a number from 1 to 65535, not {port}; {hint}" for port in (70000, 0)
        ]
        node.wait_error(errors[1])
        stop(node, errors)


def stop(node, errors):
    node.stop(
        "TCP: 0 clients, 0 answered, 0 refused, 0 lost.",
        "UDP: 0 datagrams, 0 answered, 0 not answered.",
        errors=errors,
    )


def test_one_message_at_a_time_and_a_second_is_told():
    with console() as node, udp_socket((HOST, PORT)) as server:
        node.type(f"send udp {HOST} first")
        _, client = server.recvfrom(65536)
        node.type(f"send tcp {HOST} second")
        node.wait_error(BUSY)
        server.sendto(acknowledgement_udp(b"first"), client)
        node.wait_line("Terminating the Connection.")
        node.type(f"send udp {HOST} third")
        received, client = server.recvfrom(65536)
        assert received == b"third"
        server.sendto(acknowledgement_udp(b"third"), client)
        node.wait_line("Terminating the Connection.")
        stop(node, [BUSY])


def test_message_that_cannot_arrive_is_told_and_the_next_one_is_sent():
    with console() as node:
        failure = re.compile(rf"error: TCP to {HOST} port 9999: connection refused, after \d+ ms")
        node.type(f"send tcp {HOST} hello")
        node.wait_error(failure)
        off_link = re.compile("error: UDP to 192.0.2.1 port 9999: no route there .*")
        node.type("send udp 192.0.2.1 hello")
        node.wait_error(off_link)
        seen = []
        with answering_once((HOST, PORT), seen):
            node.type(f"send tcp {HOST} hello")
            node.wait_line("Terminating the Connection.")
        assert seen == [b"hello"]
        stop(node, [failure, off_link])


def test_node_serves_while_it_sends():
    with console() as node, udp_socket((HOST6, PORT)) as server:
        node.type(f"send udp {HOST6} slow")
        received, client = server.recvfrom(65536)
        assert ask(SERVER, b"meanwhile") == acknowledgement(b"meanwhile")
        server.sendto(acknowledgement_udp(received), client)
        node.wait_line("meanwhile")
        node.wait_line("Terminating the Connection.")


# ---- rubbish ---------------------------------------------------------------------------------


def rubbish(generator):
    """A line of some kind: bytes, words, almost a command."""
    words = [b"send", b"tcp", b"udp", b"stats", b"netif", b"help", b"9999", b"'", b'"', b"\\", b"%1"]
    kind = generator.randrange(3)
    if kind == 0:
        return generator.randbytes(generator.randrange(600))
    if kind == 1:
        chosen = generator.choices(words, k=generator.randrange(90))
        return b" ".join(chosen) + b"\n"
    return b"send " + generator.randbytes(generator.randrange(40)).replace(b"\n", b" ") + b"\n"


def test_rubbish_input_does_no_harm():
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed}")
    generator = random.Random(seed)
    with console() as node:
        for _ in range(300):
            node.typed.write(rubbish(generator).replace(b"reset", b""))
        node.typed.write(b"\x15\n")
        node.type("netif")
        node.wait_line(re.compile("Link up, .*"))  # all before it has been taken by now
        assert ask(SERVER, b"Hello") == acknowledgement(b"Hello")
        node.process.send_signal(signal.SIGINT)
        node.wait_line(re.compile("UDP: .*"))
        node.wait_end()
        node.ends(errors=[re.compile("error: .*")] * len(node.lines("stderr")))


def test_line_that_is_too_long_is_told_and_does_nothing():
    with console() as node:
        node.type(f"send udp {HOST} " + "x" * 300)
        node.wait_error("error: a line has 256 bytes at most; nothing was done")
        node.command("help", "help: this list")
        node.process.send_signal(signal.SIGINT)
        node.wait_line(re.compile("UDP: .*"))
        node.ends(errors=["error: a line has 256 bytes at most; nothing was done"])


# ---- a terminal ------------------------------------------------------------------------------


class Terminal:
    """The node with a terminal as its console, as a board has one."""

    def __init__(self):
        try:
            self.own, other = pty.openpty()
        except OSError as error:
            pytest.skip(f"no terminal to be had here: {error}")
        command = [*SIM_COMMAND, *on_tap(0), "--no-dad", "node"]
        self.process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other)
        os.close(other)
        self.shown = b""

    def wait(self, wanted):
        end_s = time.monotonic() + BOUND_S
        while wanted not in self.shown:
            assert time.monotonic() < end_s, f"{wanted} is not in {self.shown}"
            if select.select([self.own], [], [], 0.1)[0]:
                self.shown += os.read(self.own, 65536)
        self.shown = self.shown.partition(wanted)[2]

    def wait_start(self):
        self.wait(b"Listening for client.\r\n")
        self.wait(b"port number 9999\r\n")

    def type(self, keys):
        os.write(self.own, keys)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(BOUND_S)
        os.close(self.own)


def test_terminal_shows_what_is_typed_and_takes_characters_back():
    with Terminal() as terminal:
        terminal.wait_start()
        terminal.type("あ".encode())
        terminal.wait("あ".encode())
        terminal.type(b"\x7f")
        terminal.wait(b"\b \b\b \b")
        terminal.type(b"hexl\b\blp\r")
        terminal.wait(b"hexl\b \b\b \blp\r\nhelp: this list\r\n")


def test_message_that_comes_while_somebody_types_does_not_mix_with_it():
    with Terminal() as terminal:
        terminal.wait_start()
        terminal.type(b"ne")
        terminal.wait(b"ne")
        assert ask_udp(SERVER, b"Hello") == acknowledgement_udp(b"Hello")
        terminal.wait(b"\r\nMessage received from the client:\r\nHello\r\nSending acknowledgment")
        terminal.wait(b"\r\n")
        terminal.type(b"t")
        terminal.wait(b"net")
        terminal.type(b"if\n")
        terminal.wait(b"if\r\nLink up, ")


def test_ctrl_c_ends_the_simulator_on_a_terminal():
    with Terminal() as terminal:
        terminal.wait_start()
        terminal.process.send_signal(signal.SIGINT)
        terminal.wait(b"UDP: 0 datagrams, 0 answered, 0 not answered.\r\n")
        assert terminal.process.wait(BOUND_S) == 0
