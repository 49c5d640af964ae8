# SPDX-License-Identifier: BSD-3-Clause
"""Plain over TCP (app/SPEC.md, 3): our server and Python's sockets, our client and Python's."""

import contextlib
import os
import re
import signal
import socket
import time

import pytest

from support import peer
from support.capabilities import SEES_ACKNOWLEDGEMENTS, SEES_EVERY_CONNECTION, SEES_PUSH
from support.lan import HOST, PSH, Sniffer, tcp_data
from support.node import (
    Node,
    address_of,
    on_tap,
    run_client,
    run_sim,
    serve,
    summary,
    tcp_sent,
    tcp_served,
)
from support.peer import (
    PORT,
    REFUSAL,
    acknowledgement,
    ask,
    connect,
    is_reset,
    read_all,
    send_pushed,
    send_unpushed,
    tcp_server,
)

SERVER = (address_of(0), PORT)
QUIET_S = 0.020  # SPEC.md, 3.1, rule 2


def lost(address, why):
    return f"Connection lost with client at address {address}: {why}."


def refused(address):
    return [
        f"Connection established with client at address {address}",
        f"Message refused from the client at address {address}: too long.",
        "Sending refusal to the client.",
        "Terminating the connection.",
    ]


def still_serves(server):
    assert ask(server, b"the next client") == acknowledgement(b"the next client")


def counted(node):
    """Clients, answered, refused, lost: as the node's last line says."""
    return [int(number) for number in re.findall(r"\d+", node.rest()[-1])]


def is_all(clients, count):
    """Have all of them been seen, as far as a node can tell?"""
    return clients == count if SEES_EVERY_CONNECTION else clients <= count


# ---- one exchange ----------------------------------------------------------------------------


def test_text_is_acknowledged_and_the_transcript_is_the_tutorials(ends):
    with serve("--tcp") as node, connect(ends.server) as client:
        client.sendall(b"Hello")
        assert read_all(client) == b"Message received: Hello. Thank you."
        node.expect(*tcp_served("Hello", ends.shown(client.getsockname())))
        client.close()
        node.stop(*summary(tcp=(1, 1, 0, 0)))


def test_our_client_gets_our_servers_acknowledgement(ends):
    with serve() as node:
        client = run_client("tcp", ends.node_host + ("%1" if ends.scoped else ""), "Hello")
        answer = "Message received: Hello. Thank you."
        assert client.stdout.splitlines() == tcp_sent("Hello", answer)
        assert (client.returncode, client.stderr) == (0, "")
        node.wait_line("Hello")


def test_both_ip_versions_are_served_at_once():
    ipv4, ipv6 = SERVER, ("fd77::2", PORT)
    with serve("--tcp") as node, connect(ipv4) as one, connect(ipv6) as other:
        other.sendall(b"six")
        one.sendall(b"four")
        assert read_all(one) == acknowledgement(b"four")
        assert read_all(other) == acknowledgement(b"six")
        one.close()
        other.close()
        assert summary(tcp=(2, 2, 0, 0))[0] in node.rest()


def test_transcripts_of_clients_at_the_same_time_do_not_mix():
    with serve("--tcp") as node, connect(SERVER) as one, connect(SERVER) as other:
        ports = [client.getsockname()[1] for client in (one, other)]
        node.expect(f"Connection established with client at address ('{HOST}', {ports[0]})")
        other.sendall(b"second, but first to speak")
        read_all(other)
        node.expect(*tcp_served("second, but first to speak", f"('{HOST}', {ports[1]})"))
        one.sendall(b"first")
        read_all(one)
        node.expect(*tcp_served("first", f"('{HOST}', {ports[0]})"))


def test_connection_closed_without_a_byte_carries_the_empty_text(ends):
    with serve("--tcp") as node, connect(ends.server) as client:
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"Message received: . Thank you."
        node.expect(*tcp_served("", ends.shown(client.getsockname())))
        client.close()
        node.stop(*summary(tcp=(1, 1, 0, 0)))


def test_client_that_closes_both_ways_without_a_byte_does_no_harm(ends):
    with serve("--tcp") as node:
        client = connect(ends.server)
        address = ends.shown(client.getsockname())
        client.close()
        node.expect(*tcp_served("", address))
        still_serves(ends.server)


def test_text_with_half_close_is_answered_whole(ends):
    with serve("--tcp") as node, connect(ends.server) as client:
        client.sendall(b"that is all")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == acknowledgement(b"that is all")
        client.close()
        node.rest()


def test_answer_is_followed_by_fin_while_the_client_still_holds_its_side_open(ends):
    with serve("--tcp") as node, connect(ends.server) as client:
        client.sendall(b"text")
        assert read_all(client) == acknowledgement(b"text")
        client.sendall(b"said too late, and thrown away")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
        client.close()
        assert node.rest()[-1:] == summary(tcp=(1, 1, 0, 0))


# ---- bytes -----------------------------------------------------------------------------------

SHOWN = [
    ("こんにちは".encode(), "こんにちは"),
    ("Grüße, мир, 世界, 👋".encode(), "Grüße, мир, 世界, 👋"),
    (b"a\0b\0", r"a\x00b\x00"),
    (b"\xff\xfe broken", r"\xff\xfe broken"),
    (b"\xe3\x81", r"\xe3\x81"),
    (b"\xe3\x81(\xe3\x81\x82", r"\xe3\x81(あ"),
    (b"\xc0\xaf\xe0\x80\xaf", r"\xc0\xaf\xe0\x80\xaf"),
    (b"\xed\xa0\x80", r"\xed\xa0\x80"),
    (b"\xf4\x90\x80\x80", r"\xf4\x90\x80\x80"),
    (b"one\r\ntwo\tthree", r"one\x0d\x0atwo\x09three"),
    (b"\x1b[31mred\x1b[0m\x07\x7f", r"\x1b[31mred\x1b[0m\x07\x7f"),
    ("\x9b2J".encode(), r"\xc2\x9b2J"),
    ("abc\u202edef\u2066ghi".encode(), r"abc\xe2\x80\xaedef\xe2\x81\xa6ghi"),
    ("\u200e\u200f\u061c".encode(), r"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"),
    ("\u2028\u2029".encode(), r"\xe2\x80\xa8\xe2\x80\xa9"),
    (b"it's \"quoted\" \\ and back", "it's \"quoted\" \\ and back"),
]
SHOWN_IDS = [ascii(shown) for _, shown in SHOWN]


@pytest.mark.parametrize("text, shown", SHOWN, ids=SHOWN_IDS)
def test_bytes_are_answered_as_they_came_and_shown_safely(text, shown):
    with serve("--tcp") as node:
        assert ask(SERVER, text) == acknowledgement(text)
        node.wait_line("Message received from the client:")
        node.expect(shown)


def test_every_single_byte_is_answered_as_it_came():
    with serve("--tcp"):
        for byte in range(256):
            assert ask(SERVER, bytes([byte])) == acknowledgement(bytes([byte])), f"byte {byte:#x}"


@pytest.mark.parametrize("at", range(29, 34))
def test_character_across_the_consoles_pieces_is_shown_whole(at):
    text = "x" * at + "こ" + "y" * 40 + "👋" * 60
    with serve("--tcp") as node:
        assert ask(SERVER, text.encode()) == acknowledgement(text.encode())
        node.wait_line(text)


# ---- length ----------------------------------------------------------------------------------


def test_text_of_1024_bytes_is_acknowledged(ends):
    text = bytes(range(32, 127)) * 11
    with serve("--tcp") as node:
        assert ask(ends.server, text[:1024]) == acknowledgement(text[:1024])
        node.wait_line(text[:1024].decode())


def test_text_of_1024_bytes_in_many_segments_is_acknowledged():
    text = b"0123456789abcdef" * 64
    with serve("--tcp"), connect(SERVER) as client:
        for at in range(0, 1008, 16):
            send_unpushed(client, text[at : at + 16])
        send_pushed(client, text[1008:])
        assert read_all(client) == acknowledgement(text)


@pytest.mark.parametrize("size", [1025, 5000, 60000])
def test_longer_text_is_refused_in_one_line_and_read_so_that_the_refusal_arrives(ends, size):
    with serve("--tcp") as node, connect(ends.server) as client:
        client.sendall(b"x" * size)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == REFUSAL
        node.expect(*refused(ends.shown(client.getsockname())))
        client.close()
        node.stop(*summary(tcp=(1, 0, 1, 0)))


def test_text_of_1025_bytes_is_refused_however_it_is_cut():
    with serve("--tcp") as node:
        for at in (1, 512, 1023, 1024):
            with connect(SERVER) as client:
                send_unpushed(client, b"x" * at)
                send_pushed(client, b"x" * (1025 - at))
                assert read_all(client) == REFUSAL, f"cut at {at}"
        assert node.rest()[-1:] == summary(tcp=(4, 0, 4, 0))


def test_endless_text_is_cut_off_and_the_next_client_served(ends):
    with serve("--tcp") as node, connect(ends.server) as client:
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(1000):
                client.sendall(b"x" * 65536)
        still_serves(ends.server)
        node.wait_line("the next client")


# ---- where a text ends -----------------------------------------------------------------------

SPLIT_TEXT = "Grüße: こんにちは!".encode()


def split_unless_late(text, cuts, send_last=send_pushed, send=send_unpushed):
    """Sends text cut at these places, each piece but the last without a push; returns the answer.

    The pieces of one text may not be 20 ms apart, so where this process was kept from sending
    them in time the server was right to take them for a text each: then once more.
    """
    for _ in range(20):
        with connect(SERVER) as client:
            left, start_s = text, time.monotonic()
            for size in cuts:
                send(client, left[:size])
                left = left[size:]
            send_last(client, left)
            is_late = time.monotonic() - start_s > QUIET_S / 2
            answer = read_all(client)
        if not is_late:
            return answer
    raise AssertionError("this machine is too busy to send two segments within 10 ms")


def test_text_split_at_every_byte_arrives_once():
    with serve("--tcp"):
        for at in range(1, len(SPLIT_TEXT)):
            answer = split_unless_late(SPLIT_TEXT, [at])
            assert answer == acknowledgement(SPLIT_TEXT), f"split at byte {at}"


def test_text_in_single_bytes_arrives_once():
    with serve("--tcp"):
        answer = split_unless_late(SPLIT_TEXT, [1] * (len(SPLIT_TEXT) - 1))
        assert answer == acknowledgement(SPLIT_TEXT)


def test_split_is_two_segments_and_only_the_last_is_pushed():
    """The proof that the tests above test what they say."""
    with serve("--tcp"), Sniffer("tap0") as sniffer:
        split_unless_late(SPLIT_TEXT, [7])
        segments = [tcp_data(frame, PORT) for frame in sniffer.frames()]
        sent = [(bool(s[0] & PSH), s[1]) for s in segments if s and s[1]]
        assert sent[-2:] == [(False, SPLIT_TEXT[:7]), (True, SPLIT_TEXT[7:])]


def test_pushed_segment_ends_the_text_and_what_follows_is_thrown_away():
    with serve("--tcp") as node:
        for at in range(1, len(SPLIT_TEXT), 5):
            answer = split_unless_late(SPLIT_TEXT, [at], send=send_pushed)
            text = SPLIT_TEXT[:at] if SEES_PUSH else SPLIT_TEXT
            assert answer == acknowledgement(text), f"split at byte {at}"
        assert " 0 refused, 0 lost." in node.rest()[-1]


def test_text_without_a_push_ends_with_quiet(ends):
    with serve("--tcp"), connect(ends.server) as client:
        start_s = time.monotonic()
        send_unpushed(client, b"never pushed")
        assert read_all(client) == acknowledgement(b"never pushed")
        assert time.monotonic() - start_s >= QUIET_S * 0.9


def finish(client, last):
    send_unpushed(client, last)
    client.shutdown(socket.SHUT_WR)


def test_text_without_a_push_ends_with_fin():
    with serve("--tcp"):
        answer = split_unless_late(b"ended by FIN", [6], finish)
        assert answer == acknowledgement(b"ended by FIN")


def seconds_of(server, send):
    with connect(server) as client:
        start_s = time.monotonic()
        send(client, b"how long?")
        assert read_all(client) == acknowledgement(b"how long?")
        return time.monotonic() - start_s


def test_pushed_text_does_not_wait_for_quiet():
    with serve("--tcp"):
        pushed = min(seconds_of(SERVER, send_pushed) for _ in range(20))
        unpushed = min(seconds_of(SERVER, send_unpushed) for _ in range(5))
        shortest = min(pushed, unpushed)
        assert pushed < unpushed if SEES_PUSH else shortest >= QUIET_S * 0.9, (pushed, unpushed)


# ---- clients that misbehave ------------------------------------------------------------------


def test_silent_client_is_reset_after_the_time_given(ends):
    with serve("--tcp", "--silence", 300) as node, connect(ends.server) as client:
        assert is_reset(client)
        address = ends.shown(client.getsockname())
        node.expect(
            f"Connection established with client at address {address}",
            lost(address, "no message in time"),
        )
        still_serves(ends.server)
        assert node.rest()[-1:] == summary(tcp=(2, 1, 0, 1))


def test_reset_after_connecting_does_no_harm(ends):
    with serve("--tcp") as node:
        for _ in range(10):
            client = connect(ends.server)
            address = ends.shown(client.getsockname())
            peer.reset(client)
            if SEES_EVERY_CONNECTION:
                node.expect(
                    f"Connection established with client at address {address}",
                    lost(address, "connection reset by the other side"),
                )
        still_serves(ends.server)
        clients, *others = counted(node)
        assert is_all(clients, 11)
        assert others == [1, 0, clients - 1]


def test_reset_amid_the_text_does_no_harm(ends):
    with serve("--tcp") as node:
        for size in range(1, 11):
            client = connect(ends.server)
            send_unpushed(client, b"x" * size)
            peer.reset(client)
            if SEES_EVERY_CONNECTION:
                node.wait_line(re.compile("Connection established .*"))
        still_serves(ends.server)
        assert is_all(counted(node)[0], 11)


def test_reset_amid_a_long_text_does_no_harm(ends):
    with serve("--tcp") as node:
        for _ in range(10):
            client = connect(ends.server)
            client.send(b"x" * 1400, socket.MSG_MORE)
            send_unpushed(client, b"x" * 200)
            peer.reset(client)
        still_serves(ends.server)
        assert is_all(counted(node)[0], 11)


def test_reset_after_the_text_before_reading_does_no_harm(ends):
    with serve("--tcp") as node:
        for _ in range(10):
            client = connect(ends.server)
            send_pushed(client, b"I do not care for an answer")
            peer.reset(client)
        still_serves(ends.server)
        node.wait_line("the next client")
        assert is_all(counted(node)[0], 11)


def test_reset_amid_the_answer_does_no_harm(ends):
    with serve("--tcp") as node:
        for _ in range(10):
            client = connect(ends.server)
            send_pushed(client, b"I have read enough")
            assert client.recv(1) == b"M"
            peer.reset(client)
        still_serves(ends.server)
        assert node.rest()[-1].startswith("TCP: 11 clients, 11 answered, 0 refused,")


def test_client_that_closes_without_reading_does_no_harm(ends):
    with serve("--tcp") as node:
        for _ in range(10):
            client = connect(ends.server)
            send_pushed(client, b"bye")
            client.close()
        still_serves(ends.server)
        assert node.rest()[-1].startswith("TCP: 11 clients, 11 answered, 0 refused,")


# ---- the framed protocol's mark --------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 255])
def test_framed_stream_is_reset_and_not_shown(ends, version):
    with serve("--tcp") as node, connect(ends.server) as client:
        send_pushed(client, b"\xf9MG" + bytes([version]) + b"what only frames may say")
        assert is_reset(client)
        address = ends.shown(client.getsockname())
        node.stop(
            f"Connection established with client at address {address}",
            lost(address, "framed protocol, not served here"),
            *summary(tcp=(1, 0, 0, 0), framed=1),
        )


def send_until_reset(client, pieces):
    """The pieces, each pushed: the time that they took, and what came back."""
    start_s = time.monotonic()
    for piece in pieces:
        send_pushed(client, piece)
    took_s = time.monotonic() - start_s
    try:
        return took_s, read_all(client)
    except ConnectionResetError:
        return took_s, None


def test_mark_in_single_bytes_is_a_mark():
    with serve("--tcp") as node:
        for _ in range(20):
            with connect(SERVER) as client:
                took_s, answer = send_until_reset(client, [b"\xf9", b"M", b"G"])
            if took_s < QUIET_S / 2:
                break
        assert answer is None, f"not reset, but {answer!r}"
        assert "framed protocol, not served here." in node.rest()[-2]


@pytest.mark.parametrize("text", [b"\xf9", b"\xf9M"])
def test_beginning_of_the_mark_and_no_more_is_a_text(text):
    with serve("--tcp") as node:
        assert ask(SERVER, text) == acknowledgement(text)
        node.wait_line(text.decode("ascii", "backslashreplace"))


@pytest.mark.parametrize("text", [b"\xf9MH", b"\xf9mG", b"MG\x01", b"x\xf9MG\x01"])
def test_text_that_resembles_the_mark_is_a_text(text):
    with serve("--tcp"):
        assert ask(SERVER, text) == acknowledgement(text)


# ---- the server's life -----------------------------------------------------------------------


def test_once_ends_after_one_client(ends):
    with serve("--tcp", "--once") as node, connect(ends.server) as client:
        address = ends.shown(client.getsockname())
        client.sendall(b"only me")
        assert read_all(client) == acknowledgement(b"only me")
        client.close()
        node.ends(*tcp_served("only me", address))


def test_once_goes_on_after_clients_that_were_lost():
    with serve("--tcp", "--once", "--silence", 300) as node:
        peer.reset(connect(SERVER))
        with connect(SERVER) as framed, connect(SERVER) as silent:
            send_pushed(framed, b"\xf9MG\x01")
            assert is_reset(framed)
            assert is_reset(silent)
        assert ask(SERVER, b"at last") == acknowledgement(b"at last")
        assert "at last" in node.rest_of_ended()


def test_once_ends_although_its_client_does_not_close():
    with serve("--tcp", "--once") as node, connect(SERVER) as client:
        client.sendall(b"I stay")
        assert read_all(client) == acknowledgement(b"I stay")
        assert "I stay" in node.rest_of_ended()


def test_once_refuses_the_next_client():
    with serve("--once") as node:
        assert ask(SERVER, b"first") == acknowledgement(b"first")
        node.wait_line("Terminating the connection.")
        with pytest.raises(ConnectionRefusedError):
            connect(SERVER)


def test_other_port_is_served_instead():
    with serve("--tcp", "--port", 7777, port=7777):
        with pytest.raises(ConnectionRefusedError):
            connect(SERVER)
        assert ask((address_of(0), 7777), b"hi") == acknowledgement(b"hi")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_amid_a_conversation_ends_cleanly_with_a_summary(ends, number):
    with serve() as node, connect(ends.server) as client:
        address = ends.shown(client.getsockname())
        node.expect(f"Connection established with client at address {address}")
        node.stop(*summary(tcp=(1, 0, 0, 0), udp=(0, 0, 0)), number=number)
        assert is_reset(client)


def test_nobody_listens_where_only_udp_is_served(ends):
    with serve("--udp"):
        with pytest.raises(ConnectionRefusedError):
            connect(ends.server)


# ---- our client, Python's servers ------------------------------------------------------------


def acknowledge(connection):
    text = connection.recv(1024)
    connection.sendall(acknowledgement(text))
    return text


def failed(client, why):
    """It said why on stderr, in one line, and for how long it tried; and no false success."""
    assert client.returncode == 1
    error = rf"error: TCP to [0-9a-f.:]+ port 9999: {why}, after \d+ ms\n"
    assert re.fullmatch(error, client.stderr), client.stderr
    assert "Acknowledgment received from the server:" not in client.stdout
    assert "Terminating the Connection." not in client.stdout


@pytest.mark.parametrize("text", ["Hello", "こんにちは", "it's \"x\" \\", "x" * 1024])
def test_python_server_acknowledges_our_client(ends, text):
    with tcp_server(ends.listener, acknowledge) as server:
        client = run_client("tcp", ends.send_host, text)
    assert server.result == text.encode()
    assert client.stdout.splitlines() == tcp_sent(text, f"Message received: {text}. Thank you.")
    assert (client.returncode, client.stderr) == (0, "")


def test_our_client_sends_the_empty_text():
    with tcp_server((HOST, PORT), acknowledge) as server:
        client = run_client("tcp", HOST, "")
    assert server.result == b""
    assert client.stdout.splitlines() == tcp_sent("", "Message received: . Thank you.")
    assert client.returncode == 0


def test_our_client_sends_a_long_text_whole(ends):
    text = "0123456789" * 6000

    def work(connection):
        got = b""
        while len(got) < len(text):
            got += connection.recv(65536)
        connection.sendall(acknowledgement(b"a lot"))
        return got

    with tcp_server(ends.listener, work) as server:
        client = run_client("tcp", ends.send_host, text)
    assert server.result == text.encode()
    assert (client.returncode, client.stderr) == (0, "")


def test_our_client_fails_when_only_a_part_of_its_text_was_acknowledged():
    """The server's window is much smaller than the text, so what it answers cannot be about all."""

    def work(connection):
        connection.recv(1)
        connection.sendall(acknowledgement(b"so much"))
        with contextlib.suppress(ConnectionResetError):
            read_all(connection)

    with peer.listen((HOST, PORT)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

        def accept():
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(peer.BOUND_S)
                work(connection)

        with peer.Server(accept):
            client = run_client("tcp", HOST, "x" * 60000)
    if SEES_ACKNOWLEDGEMENTS or client.returncode != 0:
        failed(client, "the answer is not an acknowledgement")


@pytest.mark.parametrize(
    "text, shown",
    [
        (b"\xff\xfe", r"\xff\xfe"),
        (b"\x1b[2J\r\n", r"\x1b[2J\x0d\x0a"),
        (b"-n", "-n"),
    ],
    ids=["broken", "control", "dash"],
)
def test_our_client_sends_its_words_bytes_as_they_are(text, shown):
    with tcp_server((HOST, PORT), acknowledge) as server:
        client = run_client("tcp", HOST, "--", os.fsdecode(text))
    assert server.result == text
    assert client.stdout.splitlines() == tcp_sent(shown, f"Message received: {shown}. Thank you.")


def test_our_client_takes_an_answer_in_pieces():
    answer = acknowledgement(b"Hello")

    def work(connection):
        assert connection.recv(1024) == b"Hello"
        for at in range(len(answer)):
            send_unpushed(connection, answer[at : at + 1])

    with tcp_server((HOST, PORT), work):
        client = run_client("tcp", HOST, "Hello")
    assert client.stdout.splitlines() == tcp_sent("Hello", answer.decode())
    assert client.returncode == 0


def test_our_client_shows_an_answers_bytes_safely():
    def work(connection):
        connection.recv(1024)
        connection.sendall(acknowledgement(b"\x1b[2J\xff\0"))

    with tcp_server((HOST, PORT), work):
        client = run_client("tcp", HOST, "Hello")
    assert r"Message received: \x1b[2J\xff\x00. Thank you." in client.stdout.splitlines()


def test_our_client_fails_with_a_refusal_and_shows_it(ends):
    with serve("--tcp"):
        client = run_client("tcp", ends.node_host + ("%1" if ends.scoped else ""), "x" * 1025)
    failed(client, "the answer is not an acknowledgement")
    assert client.stdout.splitlines()[-2:] == ["Answer received from the server:", REFUSAL.decode()]


def test_our_client_fails_where_nobody_listens(ends):
    client = run_client("tcp", ends.send_host, "Hello")
    failed(client, "connection refused")
    assert client.stdout.splitlines() == ["Socket created."]


def test_our_client_fails_when_nobody_is_there():
    for address in "10.77.0.250", "fd77::250":
        failed(run_client("--timeout", 300, "tcp", address, "Hello"), "no answer in time")


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_our_client_fails_at_once_without_a_way_there(address):
    failed(run_client("tcp", address, "Hello"), "no route there from this node's addresses")


def test_our_client_fails_without_an_answer_in_time(ends):
    with peer.listen(ends.listener):
        client = run_client("--timeout", 300, "tcp", ends.send_host, "Hello")
    failed(client, "no answer in time")
    waited_ms = int(re.search(r"after (\d+) ms", client.stderr).group(1))
    assert waited_ms >= 300


def test_our_client_fails_when_the_server_closes_without_an_answer():
    with tcp_server((HOST, PORT), lambda connection: connection.recv(1024)):
        client = run_client("tcp", HOST, "Hello")
    failed(client, "connection closed without an answer")


def test_our_client_fails_when_the_server_resets():
    def work(connection):
        connection.recv(1024)
        peer.reset(connection)

    with tcp_server((HOST, PORT), work):
        client = run_client("tcp", HOST, "Hello")
    failed(client, "connection reset by the other side")


def test_our_client_fails_with_an_endless_answer():
    def work(connection):
        connection.recv(1024)
        with pytest.raises(OSError):
            for _ in range(100):
                connection.sendall(b"Message received: " * 1000)

    with tcp_server((HOST, PORT), work):
        client = run_client("tcp", HOST, "Hello")
    failed(client, "too long")


def test_our_client_asks_at_another_port():
    with tcp_server((HOST, 7777), acknowledge):
        assert run_client("--port", 7777, "tcp", HOST, "Hello").returncode == 0


def test_hardware_address_is_the_one_given():
    mac = bytes.fromhex("0200c0ffee01")
    with Sniffer("tap1") as sniffer, tcp_server((HOST, PORT), acknowledge):
        assert run_client("--mac", mac.hex(":"), "tcp", HOST, "Hello").returncode == 0
        assert any(tcp_data(frame, PORT) and frame[6:12] == mac for frame in sniffer.frames())


def test_ctrl_c_ends_a_waiting_client():
    def work(connection):
        connection.recv(1024)
        node.stop(status=1, errors=[re.compile(r"error: TCP to .*: stopped, after \d+ ms")])
        assert is_reset(connection)

    with peer.listen((HOST, PORT)) as listener:
        with Node("send", "tcp", HOST, "Hello", tap=1) as node:
            node.expect(*tcp_sent("Hello", "")[:3])
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(peer.BOUND_S)
                work(connection)


def test_gateway_leads_beyond_the_link():
    interface = ["--tap", "tap1", "--address", "10.77.0.3/28", "--gateway", HOST]
    with tcp_server(("10.77.0.101", PORT), acknowledge):
        client = run_client("tcp", "10.77.0.101", "Hello", interface=interface)
    assert client.returncode == 0


# ---- the command line ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["serve"],
        ["--tap", "tap0", "serve"],
        ["--address", "10.77.0.2/24", "serve"],
        [*on_tap(0)],
        [*on_tap(0), "dance"],
        [*on_tap(0), "serve", "now"],
        [*on_tap(0), "--colour", "serve"],
        [*on_tap(0), "--port"],
        [*on_tap(0), "--port", "0", "serve"],
        [*on_tap(0), "--port", "65536", "serve"],
        [*on_tap(0), "--port", "99x", "serve"],
        [*on_tap(0), "--silence", "-1", "serve"],
        [*on_tap(0), "--join", "10.77.0.9", "serve"],
        [*on_tap(0), "--mac", "01:00:00:00:00:01", "serve"],
        [*on_tap(0), "--mac", "hello", "serve"],
        [*on_tap(0), "--gateway", "nowhere", "serve"],
        [*on_tap(0), "--wire", "w", "serve"],
        ["--tap", "tap0", "--address", "10.77.0.2", "serve"],
        ["--tap", "tap0", "--address", "10.77.0.2/33", "serve"],
        ["--tap", "tap0", "--address", "224.0.0.1/24", "serve"],
        ["--tap", "tap0", "--address6", "fd77::2/48", "serve"],
        [*on_tap(0), "send"],
        [*on_tap(0), "send", "tcp", HOST],
        [*on_tap(0), "send", "sctp", HOST, "text"],
        [*on_tap(0), "send", "tcp", "example.org", "text"],
        [*on_tap(0), "send", "tcp", HOST, "two", "texts"],
        [*on_tap(0), "--wait", "100", "send", "tcp", HOST, "text"],
        [*on_tap(0), "send", "udp", HOST, "x" * 65001],
    ],
    ids=lambda words: " ".join(words)[:60] or "nothing",
)
def test_wrong_usage_is_told_with_exit_status_2(words):
    done = run_sim(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.endswith("msgr-sim --help says how it is used.\n")


def test_help_is_the_usage_and_no_error():
    done = run_sim("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: msgr-sim ")


def test_taken_interface_is_told():
    with serve():
        done = run_client("tcp", HOST, "Hello", tap=0)
    assert done.returncode == 1
    assert done.stderr.startswith("error: TAP device tap0: ")
    assert "Another program has it open" in done.stderr
