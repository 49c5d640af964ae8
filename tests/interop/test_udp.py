# SPDX-License-Identifier: BSD-3-Clause
"""Plain over UDP (app/SPEC.md, 4): what is answered and how, and above all what is not.

That no answer comes is never waited for: a node deals with one datagram after the other, so once
it has answered a later one (a *fence*), all that it would have said to the earlier ones is there.
"""

import contextlib
import os
import random
import re
import select
import socket
import struct
import time

import pytest

from conftest import OFF_LINK6
from support import lan
from support.capabilities import QUEUES_A_FLOOD
from support.lan import HOST, HOST6, Sniffer, bridge_index, forge, udp_ports
from support.node import (
    Node,
    address6_of,
    address_of,
    deadline,
    run_client,
    serve,
    summary,
    udp_sent,
    udp_served,
)
from support.peer import ask as ask_tcp
from support.peer import (
    BOUND_S,
    PORT,
    REFUSAL,
    Server,
    acknowledgement_udp,
    ask_udp,
    has_nothing,
    udp_socket,
)

SERVER = (address_of(0), PORT)
AGAIN_S = 1
FENCE = b"a fence, longer than seventeen bytes"
BURST = 100  # SPEC.md, 4.3, rule 6
PER_S = 20

GROUP = "sent to or from a broadcast or multicast address"
OFF_LINK = "sent from beyond this link"
SERVICE_PORT = "sent from a service's port"
ECHO = "it is a server's answer itself"
RATE = "too many answers to this source"


def unanswered(shown, address, why):
    return [
        "Message received from the client:",
        shown,
        f"No acknowledgment to the client at address {address}: {why}.",
    ]


def fence(node, server=SERVER):
    """The node has dealt with everything that was sent to it before; if it lost the fence, too, once
    more."""
    left = deadline()
    with udp_socket(None, server) as datagrams:
        datagrams.send(FENCE)
        while not QUEUES_A_FLOOD and left() and not select.select([datagrams], [], [], AGAIN_S)[0]:
            datagrams.send(FENCE)
        assert datagrams.recv(65536) == acknowledgement_udp(FENCE)
    node.wait_line(FENCE.decode())
    node.expect("Sending acknowledgment to the client.")


def send_unanswered(ends, node, datagrams, text, to, why):
    """Sends a text; the node shows it, and does not answer."""
    datagrams.sendto(text, to)
    address = ends.shown(datagrams.getsockname())
    node.expect(*unanswered(text.decode(), address, why))
    fence(node, ends.server)
    assert has_nothing(datagrams)


# ---- one exchange ----------------------------------------------------------------------------


def test_text_is_acknowledged_and_the_transcript_is_the_tutorials(ends):
    with serve("--udp") as node:
        assert ask_udp(ends.server, b"Hello") == b"Message received: b'Hello'. Thank you."
        node.expect(*udp_served("Hello"))
        node.stop(*summary(udp=(1, 1, 0)))


def test_our_client_gets_our_servers_acknowledgement(ends):
    with serve() as node:
        client = run_client("udp", ends.node_host + ("%1" if ends.scoped else ""), "Hello")
        answer = "Message received: b'Hello'. Thank you."
        assert client.stdout.splitlines() == udp_sent("Hello", answer)
        assert (client.returncode, client.stderr) == (0, "")
        node.expect(*udp_served("Hello"))


def test_empty_datagram_is_acknowledged(ends):
    with serve("--udp") as node:
        assert ask_udp(ends.server, b"") == b"Message received: b''. Thank you."
        node.expect(*udp_served(""))


def test_tcp_and_udp_are_served_at_once(ends):
    with serve() as node:
        assert ask_udp(ends.server, b"datagram") == acknowledgement_udp(b"datagram")
        assert ask_tcp(ends.server, b"stream") == b"Message received: stream. Thank you."
        assert node.rest()[-1:] == summary(udp=(1, 1, 0))


def test_other_port_is_served_instead():
    with serve("--udp", "--port", 7777, port=7777):
        assert ask_udp((address_of(0), 7777), b"hi") == acknowledgement_udp(b"hi")


def test_nobody_is_there_where_only_tcp_is_served(ends):
    with serve("--tcp"), pytest.raises(ConnectionRefusedError):
        ask_udp(ends.server, b"hi")


def test_once_ends_after_one_datagram(ends):
    with serve("--udp", "--once") as node:
        assert ask_udp(ends.server, b"only me") == acknowledgement_udp(b"only me")
        node.ends(*udp_served("only me"))


@pytest.mark.parametrize("first", ["tcp", "udp"])
def test_once_ends_after_one_client_of_each_service(first):
    def ask(transport):
        if transport == "udp":
            assert ask_udp(SERVER, b"datagram") == acknowledgement_udp(b"datagram")
        else:
            assert ask_tcp(SERVER, b"stream") == b"Message received: stream. Thank you."

    with serve("--once") as node:
        ask(first)
        assert node.process.poll() is None
        ask({"tcp": "udp", "udp": "tcp"}[first])
        said = node.rest_of_ended()
        assert "stream" in said and "datagram" in said


# ---- repr: Python's own is the law -----------------------------------------------------------


class ManySources:
    """Asks from one address after the other, so that none uses up its allowance."""

    def __init__(self, ends):
        self.server = ends.server
        self.sources = ends.sources
        self.asked = 0

    def __call__(self, text):
        source = self.sources[self.asked // (BURST - 10) % len(self.sources)]
        self.asked += 1
        return ask_udp(self.server, text, (source, 0))


def test_repr_of_every_single_byte_is_pythons(routed_ends):
    with serve("--udp"):
        ask = ManySources(routed_ends)
        for byte in range(256):
            assert ask(bytes([byte])) == acknowledgement_udp(bytes([byte]))


@pytest.mark.parametrize(
    "text, shown",
    [
        (b"it's", b'b"it\'s"'),
        (b'say "x"', b"b'say \"x\"'"),
        (b'it\'s "x"', b"b'it\\'s \"x\"'"),
        ("あ".encode(), rb"b'\xe3\x81\x82'"),
        (b"\0\t\n\r\\\x7f", rb"b'\x00\t\n\r\\\x7f'"),
    ],
)
def test_repr_is_that_of_the_specifications_table(text, shown):
    with serve("--udp"):
        assert ask_udp(SERVER, text) == b"Message received: " + shown + b". Thank you."
        assert b"Message received: " + shown + b". Thank you." == acknowledgement_udp(text)


def test_repr_of_quotes_and_backslashes_in_all_combinations_is_pythons():
    with serve("--udp"):
        for number in range(4**4):
            text = bytes(b"'\"\\x"[number >> shift & 3] for shift in (0, 2, 4, 6))
            text += b" and something long, so that nothing is left out"
            assert ask_udp(SERVER, text) == acknowledgement_udp(text)


def test_repr_of_random_bytes_is_pythons(routed_ends):
    seed = int(os.environ.get("MSGR_SEED", time.time_ns() % 2**32))
    chance = random.Random(seed)
    with serve("--udp"):
        ask = ManySources(routed_ends)
        for _ in range(300):
            alphabet = chance.choice([bytes(range(256)), b"ab'\"\\\n\r\t", b"'\x00\x7f\x80\xff "])
            text = bytes(chance.choices(alphabet, k=chance.randrange(200)))
            if not text.startswith(b"\xf9MG"):
                again = f"MSGR_SEED={seed}, the text is {text!r}"
                assert ask(text) == acknowledgement_udp(text), again


@pytest.mark.parametrize(
    "text, shown",
    [
        ("こんにちは".encode(), "こんにちは"),
        (b"a\0b\xff\x1b[2J\r\n", r"a\x00b\xff\x1b[2J\x0d\x0a"),
        ("\u202eabc\u2069\x85".encode(), r"\xe2\x80\xaeabc\xe2\x81\xa9\xc2\x85"),
    ],
    ids=["japanese", "control", "bidirectional"],
)
def test_bytes_are_shown_safely(text, shown):
    with serve("--udp") as node:
        assert ask_udp(SERVER, text) == acknowledgement_udp(text)
        node.expect(*udp_served(shown))


# ---- length ----------------------------------------------------------------------------------


def test_text_of_1024_bytes_is_acknowledged(ends):
    text = b"0123456789abcdef" * 64
    with serve("--udp") as node:
        assert ask_udp(ends.server, text) == acknowledgement_udp(text)
        node.expect(*udp_served(text.decode()))


def test_answer_larger_than_the_mtu_arrives_whole(ends):
    text = bytes(range(128, 256)) * 8
    with serve("--udp"):
        answer = ask_udp(ends.server, text)
        assert len(answer) == 4129
        assert answer == acknowledgement_udp(text)


def test_our_client_takes_an_answer_larger_than_the_mtu():
    with serve():
        client = run_client("udp", SERVER[0], "あ" * 341)
    assert client.returncode == 0
    assert client.stdout.splitlines()[3] == acknowledgement_udp(("あ" * 341).encode()).decode()


@pytest.mark.parametrize("size", [1025, 1472, 5000, 60000])
def test_longer_text_is_refused(ends, size):
    with serve("--udp") as node:
        with udp_socket(None, ends.server) as datagrams:
            datagrams.send(b"x" * size)
            assert datagrams.recv(65536) == REFUSAL
            address = ends.shown(datagrams.getsockname())
        node.expect(
            f"Message refused from the client at address {address}: too long.",
            "Sending refusal to the client.",
        )


# ---- groups ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["10.77.0.255", "255.255.255.255"])
def test_broadcast_is_shown_and_not_answered(address):
    with serve("--udp") as node, udp_socket((HOST, 0)) as datagrams:
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, lan.BRIDGE.encode())
        datagrams.sendto(b"hello, all", (address, PORT))
        node.expect(*unanswered("hello, all", datagrams.getsockname(), GROUP))
        fence(node)
        assert has_nothing(datagrams)
        node.stop(*summary(udp=(2, 1, 1)))


def multicast_socket(group):
    if ":" in group:
        datagrams = udp_socket((HOST6, 0))
        datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, bridge_index())
        return datagrams
    datagrams = udp_socket((HOST, 0))
    datagrams.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HOST))
    return datagrams


@pytest.mark.parametrize("group", ["239.77.0.1", "ff02::7777", "ff05::7777"])
def test_joined_group_is_heard_and_not_answered(group):
    with serve("--join", group, "--udp") as node, multicast_socket(group) as datagrams:
        datagrams.sendto(b"hello, group", (group, PORT))
        address = datagrams.getsockname()
        node.expect(*unanswered("hello, group", address, GROUP))
        fence(node)
        assert has_nothing(datagrams)
        node.stop(*summary(udp=(2, 1, 1)))


@pytest.mark.parametrize("group", ["239.77.0.1", "ff02::7777", "ff05::7777"])
def test_group_that_was_not_joined_is_not_heard(group):
    with serve("--udp") as node, multicast_socket(group) as datagrams:
        datagrams.sendto(b"hello, group", (group, PORT))
        fence(node)
        node.stop(*summary(udp=(1, 1, 0)))


@pytest.mark.parametrize("group", ["239.77.0.{}", "ff02::77:{}"], ids=["ipv4", "ipv6"])
def test_eight_groups_can_be_joined_and_not_nine(group):
    groups = [group.format(number) for number in range(1, 10)]
    options = [word for group in groups for word in ("--join", group)]
    with Node(*options, "serve") as node:
        errors = [re.compile(f"error: --join {groups[8]}: .*"), re.compile(".*--help.*")]
        node.ends(status=2, errors=errors)
    with serve(*options[:-2], "--udp") as node:
        for group in groups[:-1]:
            with multicast_socket(group) as datagrams:
                datagrams.sendto(group.encode(), (group, PORT))
                node.wait_line(group)


# ---- what is not answered --------------------------------------------------------------------


@pytest.mark.parametrize("port", [1023, PORT])
def test_source_port_of_a_service_is_not_answered(ends, port):
    with serve("--udp") as node:
        with udp_socket((ends.host, port, *ends.scoped)) as datagrams:
            send_unanswered(ends, node, datagrams, b"a service speaks", ends.server, SERVICE_PORT)
        node.stop(*summary(udp=(2, 1, 1)))


def test_lowest_port_of_clients_is_answered():
    with serve("--udp"):
        assert ask_udp(SERVER, b"hi", (HOST, 1024)) == acknowledgement_udp(b"hi")


def test_own_port_is_the_one_that_is_served():
    with serve("--udp", "--port", 7777, port=7777):
        assert ask_udp((SERVER[0], 7777), b"hi", (HOST, PORT)) == acknowledgement_udp(b"hi")
        with udp_socket((HOST, 7777)) as datagrams:
            datagrams.sendto(b"own port", (SERVER[0], 7777))
            assert ask_udp((SERVER[0], 7777), FENCE) == acknowledgement_udp(FENCE)
            assert has_nothing(datagrams)


@pytest.mark.parametrize(
    "text", [b"Message received: ", b"Message received: b'hi'. Thank you.", REFUSAL]
)
def test_answer_is_not_answered(ends, text):
    with serve("--udp") as node, udp_socket((ends.host, 0, *ends.scoped)) as datagrams:
        send_unanswered(ends, node, datagrams, text, ends.server, ECHO)


@pytest.mark.parametrize(
    "text", [b"Message received:", b"message received: ", b" Message received: "]
)
def test_text_that_resembles_an_answer_is_answered(text):
    with serve("--udp"):
        assert ask_udp(SERVER, text) == acknowledgement_udp(text)


def test_framed_datagram_is_dropped_and_the_next_text_answered(ends):
    with serve("--udp") as node, udp_socket(None, ends.server) as datagrams:
        datagrams.send(b"\xf9MG\x01 what only frames may say")
        datagrams.send(b"\xf9MG")
        datagrams.send(b"plain again")
        assert datagrams.recv(65536) == acknowledgement_udp(b"plain again")
        node.expect(*udp_served("plain again"))
        node.stop(*summary(udp=(3, 1, 0), framed=2))


@pytest.mark.parametrize("text", [b"\xf9", b"\xf9M", b"\xf9MH", b"x\xf9MG\x01"])
def test_text_that_resembles_the_mark_is_a_text(text):
    with serve("--udp"):
        assert ask_udp(SERVER, text) == acknowledgement_udp(text)


# ---- off the link ----------------------------------------------------------------------------

# IPv4: a node whose subnet ends at 10.77.0.15. IPv6: this end has an address in another subnet.
SMALL_SUBNET = ["--tap", "tap0", "--address", "10.77.0.2/28", "--gateway", HOST]
BEYOND = "10.77.0.108"
BEYOND6 = OFF_LINK6


def test_ipv4_source_beyond_the_link_is_not_answered():
    with serve("--udp", interface=SMALL_SUBNET) as node, udp_socket((BEYOND, 0)) as datagrams:
        datagrams.sendto(b"from afar", SERVER)
        node.expect(*unanswered("from afar", datagrams.getsockname(), OFF_LINK))
        assert ask_udp(SERVER, FENCE, (HOST, 0)) == acknowledgement_udp(FENCE)
        assert has_nothing(datagrams)


def test_ipv4_source_beyond_the_link_is_answered_if_wanted():
    with serve("--udp", "--off-link", interface=SMALL_SUBNET) as node:
        assert ask_udp(SERVER, b"from afar", (BEYOND, 0)) == acknowledgement_udp(b"from afar")
        node.expect(*udp_served("from afar"))


def test_ipv6_source_beyond_the_link_is_not_answered():
    server = (address6_of(0), PORT)
    with serve("--udp") as node, udp_socket((BEYOND6, 0)) as datagrams:
        datagrams.sendto(b"from afar", server)
        why = re.compile(rf"No acknowledgment to the client at address .*: {OFF_LINK}\.")
        node.expect("Message received from the client:", "from afar", why)
        fence(node, server)
        assert has_nothing(datagrams)


def test_ipv6_address_with_two_runs_of_zeros_is_shown_as_python_shows_it():
    with serve("--udp") as node, udp_socket((BEYOND6, 0)) as datagrams:
        datagrams.sendto(b"from afar", (address6_of(0), PORT))
        node.expect(*unanswered("from afar", datagrams.getsockname(), OFF_LINK))


def test_ipv6_source_beyond_the_link_is_answered_if_wanted():
    with serve("--udp", "--off-link") as node:
        lan.advertise_router()
        answer = ask_udp((address6_of(0), PORT), b"from afar", (BEYOND6, 0))
        assert answer == acknowledgement_udp(b"from afar")
        node.expect(*udp_served("from afar"))


# ---- amplification ---------------------------------------------------------------------------


def flood(node, server, source, text=b"?"):
    """Sends three times the allowance at once; returns the answers and the time that it took."""
    with udp_socket((source, 0), server) as datagrams:
        datagrams.send(FENCE)  # so that the node knows this neighbour's hardware address
        assert datagrams.recv(65536) == acknowledgement_udp(FENCE)
        answers, start_s = [], time.monotonic()
        for _ in range(3 * BURST):
            datagrams.send(text)
            answers += arrived(datagrams)
        fence(node, server)
        return answers + arrived(datagrams), time.monotonic() - start_s


def arrived(datagrams):
    """What has come so far."""
    answers = []
    datagrams.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            answers.append(datagrams.recv(65536))
    datagrams.settimeout(BOUND_S)
    return answers


def test_short_texts_beyond_the_allowance_are_not_answered(routed_ends):
    with serve("--udp") as node:
        answers, took_s = flood(node, routed_ends.server, routed_ends.sources[0])
        assert BURST <= len(answers) <= BURST + PER_S * took_s + 1
        assert set(answers) == {acknowledgement_udp(b"?")}
        said = node.rest()
        shown = node.lines()
        asked, fences = shown.count("?"), shown.count(FENCE.decode())
        assert (asked, fences) == (3 * BURST, 2) or not QUEUES_A_FLOOD
        received, answered = asked + fences, len(answers) + fences
        assert said[-1:] == summary(udp=(received, answered, received - answered))
        assert sum(line.endswith(f": {RATE}.") for line in shown) == received - answered


def test_flood_from_one_source_takes_nothing_from_its_neighbours(routed_ends):
    with serve("--udp") as node:
        flood(node, routed_ends.server, routed_ends.sources[0])
        for source in routed_ends.sources[1:]:
            answer = ask_udp(routed_ends.server, b"?", (source, 0))
            assert answer == acknowledgement_udp(b"?")


def test_long_texts_are_answered_when_the_allowance_is_used_up(routed_ends):
    text = b"seventeen letters"
    assert len(text) == 17
    source = routed_ends.sources[0]
    with serve("--udp") as node:
        flood(node, routed_ends.server, source)
        with udp_socket((source, 0), routed_ends.server) as datagrams:
            for _ in range(3 * BURST):
                datagrams.send(text)
                assert datagrams.recv(65536) == acknowledgement_udp(text)


def test_long_texts_whose_answer_is_much_longer_are_limited_too():
    with serve("--udp") as node:
        answers, took_s = flood(node, SERVER, "10.77.0.101", b"\xff" * 100)
        assert BURST <= len(answers) <= BURST + PER_S * took_s + 1


def test_allowance_comes_back():
    with serve("--udp") as node:
        flood(node, SERVER, "10.77.0.101")
        with udp_socket(("10.77.0.101", 0), SERVER) as datagrams:
            for _ in range(10000):
                datagrams.send(b"?")
                fence(node)
                if arrived(datagrams):
                    break
            else:
                raise AssertionError("nothing came back")


# ---- forged sources --------------------------------------------------------------------------


def between(nodes):
    """The frames with UDP between service ports that two TAP devices have carried."""
    return [f for tap in nodes for f in tap.frames() if udp_ports(f) == (PORT, PORT)]


@pytest.mark.parametrize("of", [address_of, address6_of], ids=["ipv4", "ipv6"])
@pytest.mark.parametrize("text", [b"hello, yourself", b"Message received: b'x'. Thank you."])
def test_two_servers_fed_one_forged_datagram_fall_silent(of, text):
    one, other = of(0), of(1)
    with serve("--udp") as first, serve("--udp", tap=1) as second:
        fence(first, (one, PORT))
        fence(second, (other, PORT))
        with Sniffer("tap0") as tap0, Sniffer("tap1") as tap1:
            forge(0, (other, PORT), (one, PORT), text)
            first.wait_line(text.decode())
            for _ in range(3):
                fence(first, (one, PORT))
                fence(second, (other, PORT))
            assert len(between([tap0, tap1])) == 1, "the forged one, and no other"
        first.stop(*summary(udp=(5, 4, 1)))
        second.stop(*summary(udp=(4, 4, 0)))


@pytest.mark.parametrize("of", [address_of, address6_of], ids=["ipv4", "ipv6"])
def test_servers_answer_to_another_server_is_not_answered(of):
    """On different ports rule 4 does not help: rule 5 does."""
    one, other = (of(0), PORT), (of(1), 7777)
    with serve("--udp") as first, serve("--udp", "--port", 7777, tap=1, port=7777) as second:
        forge(0, other, one, b"what do you think?")
        first.expect(*udp_served("what do you think?"))
        answer = acknowledgement_udp(b"what do you think?").decode()
        second.wait_line(answer)
        second.expect(re.compile(f"No acknowledgment to the client at .*: {ECHO}."))
        fence(first, one)
        first.stop(*summary(udp=(2, 2, 0)))


@pytest.mark.parametrize(
    "source", ["10.77.0.255", "255.255.255.255", "224.0.0.1", "127.0.0.1", "0.0.0.0"]
)
def test_forged_source_that_is_no_hosts_address_is_not_answered(source):
    with serve("--udp") as node, Sniffer("tap0") as tap0:
        forge(0, (source, 40000), SERVER, b"forged")
        fence(node)
        answers = [f for f in tap0.frames() if udp_ports(f) == (PORT, 40000)]
        assert answers == []
        assert node.rest()[-1].startswith("UDP: ")


@pytest.mark.parametrize("of", [address_of, address6_of], ids=["ipv4", "ipv6"])
@pytest.mark.parametrize("port", [PORT, 40000])
def test_datagram_that_claims_to_come_from_the_node_itself_does_no_harm(of, port):
    own = of(0)
    with serve("--udp") as node:
        forge(0, (own, port), (own, PORT), b"it is me")
        fence(node, (own, PORT))
        fence(node, (own, PORT))


# ---- our client, Python's servers ------------------------------------------------------------


def acknowledge(datagrams):
    text, address = datagrams.recvfrom(65536)
    datagrams.sendto(acknowledgement_udp(text), address)
    return text


@contextlib.contextmanager
def udp_server(address, work=acknowledge):
    with udp_socket(address) as datagrams, Server(work, datagrams) as server:
        yield server


def failed(client, why):
    assert client.returncode == 1
    error = rf"error: UDP to [0-9a-f.:]+ port 9999: {why}, after \d+ ms\n"
    assert re.fullmatch(error, client.stderr), client.stderr
    assert "Acknowledgment received from the server:" not in client.stdout
    assert "Terminating the Connection." not in client.stdout


@pytest.mark.parametrize("text", ["", "Hello", "こんにちは", "it's \"x\" \\", "x" * 1024])
def test_python_server_acknowledges_our_client(ends, text):
    with udp_server(ends.listener) as server:
        client = run_client("udp", ends.send_host, text)
    assert server.result == text.encode()
    answer = acknowledgement_udp(text.encode()).decode()
    assert client.stdout.splitlines() == udp_sent(text, answer)
    assert (client.returncode, client.stderr) == (0, "")


@pytest.mark.parametrize("size", [1472, 5000, 65000])
def test_our_client_sends_a_long_datagram_whole(routed_ends, size):
    text = ("0123456789" * 6500)[:size]

    def work(datagrams):
        got, address = datagrams.recvfrom(65536)
        datagrams.sendto(acknowledgement_udp(b"a lot"), address)
        return got

    with udp_server(routed_ends.listener, work) as server:
        client = run_client("udp", routed_ends.host, text)
    assert server.result == text.encode()
    assert (client.returncode, client.stderr) == (0, "")


def test_our_client_fails_with_a_refusal_and_shows_it(ends):
    with serve("--udp"):
        client = run_client("udp", ends.node_host + ("%1" if ends.scoped else ""), "x" * 1025)
    failed(client, "the answer is not an acknowledgement")
    assert client.stdout.splitlines()[-2:] == ["Answer received from the server:", REFUSAL.decode()]


def test_our_client_fails_when_nobody_is_there():
    for address in HOST, "10.77.0.250", "fd77::250":
        failed(run_client("--timeout", 300, "udp", address, "Hello"), "no answer in time")


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_our_client_fails_at_once_without_a_way_there(address):
    failed(run_client("udp", address, "Hello"), "no route there from this node's addresses")


def test_our_client_fails_without_an_answer_in_time(ends):
    with udp_socket(ends.listener):
        client = run_client("--timeout", 300, "udp", ends.send_host, "Hello")
    failed(client, "no answer in time")
    assert int(re.search(r"after (\d+) ms", client.stderr).group(1)) >= 300


def test_our_client_takes_answers_from_its_server_only():
    def answer_from_elsewhere(datagrams):
        text, address = datagrams.recvfrom(1024)
        for source in (HOST, PORT + 1), ("10.77.0.101", PORT), ("10.77.0.101", PORT + 1):
            with udp_socket(source) as other:
                other.sendto(acknowledgement_udp(b"false"), address)
        datagrams.sendto(acknowledgement_udp(text), address)

    with udp_server((HOST, PORT), answer_from_elsewhere):
        client = run_client("udp", HOST, "Hello")
    assert client.stdout.splitlines() == udp_sent("Hello", "Message received: b'Hello'. Thank you.")


def test_our_client_fails_with_an_answer_longer_than_any():
    def answer_at_length(datagrams):
        _, address = datagrams.recvfrom(1024)
        datagrams.sendto(b"Message received: " + b"x" * 5000, address)

    with udp_server((HOST, PORT), answer_at_length):
        failed(run_client("udp", HOST, "Hello"), "too long")


def test_ctrl_c_ends_a_waiting_client():
    with udp_socket((HOST, PORT)) as datagrams, Node("send", "udp", HOST, "Hello", tap=1) as node:
        assert datagrams.recv(1024) == b"Hello"
        node.expect(*udp_sent("Hello", "")[:2])
        node.stop(status=1, errors=[re.compile(r"error: UDP to .*: stopped, after \d+ ms")])


# ---- our client, many servers ----------------------------------------------------------------


def answer_group_from(heard, sources):
    """What several servers do: each answers from an address of its own."""
    text, address = heard.recvfrom(1024)
    for source in sources:
        with udp_socket((source, PORT)) as one:
            one.sendto(acknowledgement_udp(text), address)
    return text


def run_group_client(server, *words):
    """A client waits for its port of the bridge to come up (see lan.wait_up), but not for ever, and
    nobody repeats its only datagram: where the server has not heard it, once more."""
    for _ in range(5):
        client = run_client(*words)
        if client.returncode == 0 or not server.is_waiting():
            return client
    raise AssertionError(f"not heard in five attempts: {words}")


def collected(sources, text, own_port):
    lines = ["Socket created.", f"Sending msg to the server: {text}"]
    for source in sources:
        lines += [
            f"Answer from {own_port(source)}:",
            "Acknowledgment received from the server:",
            acknowledgement_udp(text.encode()).decode(),
        ]
    return [*lines, "Terminating the Connection."]


@pytest.mark.parametrize("address", ["10.77.0.255", "255.255.255.255"])
def test_our_client_collects_the_answers_to_a_broadcast(address):
    sources = [HOST, "10.77.0.101", "10.77.0.102"]
    with udp_socket((address, PORT)) as heard:
        with Server(answer_group_from, heard, sources) as server:
            client = run_group_client(server, "--wait", 500, "udp", address, "hello, all")
    assert server.result == b"hello, all"
    assert client.stdout.splitlines() == collected(
        sources, "hello, all", lambda source: (source, PORT)
    )
    assert (client.returncode, client.stderr) == (0, "")


def joined_socket(group):
    heard = udp_socket(("::" if ":" in group else "", PORT))
    if ":" in group:
        wanted = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", bridge_index())
        heard.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, wanted)
    else:
        wanted = socket.inet_aton(group) + socket.inet_aton(HOST)
        heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, wanted)
    return heard


@pytest.mark.parametrize(
    "group, scope, sources",
    [
        ("239.77.0.1", "", [HOST, "10.77.0.101"]),
        ("ff02::7777", "%1", [HOST6, "fd77::101"]),
        ("ff05::7777", "", [HOST6, "fd77::101"]),
    ],
)
def test_our_client_collects_the_answers_of_a_group(group, scope, sources):
    with joined_socket(group) as heard:
        with Server(answer_group_from, heard, sources) as server:
            words = "--wait", 500, "udp", group + scope, "hello, group"
            client = run_group_client(server, *words)
    v6 = (0, 0) if ":" in group else ()
    assert client.stdout.splitlines() == collected(
        sources, "hello, group", lambda source: (source, PORT, *v6)
    )
    assert (client.returncode, client.stderr) == (0, "")


def test_our_client_without_wait_takes_the_first_answer_to_a_broadcast():
    with udp_socket(("10.77.0.255", PORT)) as heard:
        with Server(answer_group_from, heard, [HOST, "10.77.0.101"]) as server:
            client = run_group_client(server, "udp", "10.77.0.255", "hello, all")
    answer = acknowledgement_udp(b"hello, all").decode()
    assert client.stdout.splitlines() == udp_sent("hello, all", answer)


@pytest.mark.parametrize("address", ["10.77.0.255", "239.77.0.1", "ff05::7777"])
def test_our_client_fails_when_nobody_answers_its_group(address):
    failed(run_client("--wait", 300, "udp", address, "anybody?"), "no answer in time")


def test_our_servers_hear_our_clients_broadcast_and_do_not_answer():
    with serve("--udp") as one, serve("--udp", tap=2) as other, udp_socket(("", PORT)) as heard:
        with Server(heard.recv, 1024) as server:
            words = "--wait", 300, "udp", "10.77.0.255", "anybody?"
            client = run_group_client(server, *words)
        failed(client, "no answer in time")
        for node in one, other:
            node.expect("Message received from the client:", "anybody?")
            node.expect(re.compile(f"No acknowledgment to the client at .*: {GROUP}."))
