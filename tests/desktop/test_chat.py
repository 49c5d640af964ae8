# SPDX-License-Identifier: BSD-3-Clause
"""msgr chat: through a pipe as a script has it, and on a terminal as a person has it."""

import os
import re
import signal
import threading

import pytest
from support.board import free_port
from support.desktop import MSGR, Chat, ChatServer, Server, objects, run
from support.terminal import COLUMNS, OnTerminal

JAPANESE = "こんにちは、ボブ"
WAY, DONE, NOT, DOUBT = "…", "✓", "✗", "?"


@pytest.fixture(name="bob")
def make_bob():
    with ChatServer() as bob:
        yield bob


def on_terminal(*words, **environment):
    return OnTerminal(MSGR, "chat", "--name", "alice", *words, **environment)


# ---- through a pipe --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_two_talk(bob, kind):
    with Chat(bob.url(kind)) as alice:
        alice.wait_line("bob is up.")
        bob.wait_line("alice is up.")
        alice.type(JAPANESE)
        bob.wait_line(f"alice: {JAPANESE}")
        alice.wait_line(f"{DONE} bob> {JAPANESE}")
        bob.type("Hello, alice")
        alice.wait_line("bob: Hello, alice")
        bob.wait_line(f"{DONE} alice> Hello, alice")
        alice.end_input()
        alice.ends()
        bob.wait_line("alice is down: no link.")
        bob.end_input()
        bob.ends()


def test_two_talk_over_a_unix_socket(tmp_path):
    path = tmp_path / "s"
    with ChatServer("--unix", path) as bob, Chat(f"unix:{path}") as alice:
        alice.type("Hello")
        bob.wait_line("alice: Hello")
        bob.type("Hello yourself")
        alice.wait_line("bob: Hello yourself")
        alice.end_input()
        alice.ends()
    assert not path.exists()


def test_input_waits_for_somebody_to_be_there():
    port = free_port()
    with Chat(f"tcp://127.0.0.1:{port}") as alice:
        alice.type("patient")
        alice.end_input()
        alice.wait_line(re.compile("Calling again and again: nobody answered at .*"))
        with Server(port=port) as bob:
            bob.wait_line("Message from alice: patient")
            alice.wait_line(f"{DONE} bob> patient")
            alice.ends()


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_server_that_stops_and_starts_loses_nothing(kind):
    with Server("--once") as bob, Chat(bob.url(kind)) as alice:
        alice.type("first")
        bob.wait_line("Message from alice: first")
        alice.wait_line(f"{DONE} bob> first")
        bob.rest_of_ended()
        alice.wait_line("bob is down: no link.")
        for number in range(50):
            alice.type(f"while you are away {number}")
        alice.wait_line("bob is not there: messages are kept for it, 300 s each.")
        with Server(port=bob.port) as again:
            for number in range(50):
                again.wait_line(f"Message from alice: while you are away {number}")
                alice.wait_line(f"{DONE} bob> while you are away {number}")
            alice.end_input()
            alice.ends()
            assert "bob has begun anew." in alice.lines()


def test_peer_that_was_killed_is_noticed(bob):
    with Chat(bob.url("tcp"), "--deadline", "60000") as alice:
        alice.wait_line("bob is up.")
        bob.kill()
        alice.wait_line("bob is down: no link.")
        with Server(port=bob.port) as again:
            alice.wait_line("bob has begun anew.")
            alice.type("welcome back")
            again.wait_line("Message from alice: welcome back")


def test_what_is_not_delivered_is_said_with_the_reason():
    url = f"tcp://127.0.0.1:{free_port()}/bob"
    with Chat(url, "--deadline", "300") as alice:
        alice.type("nobody hears this")
        alice.type("x" * 100)
        alice.wait_line(f"{NOT} bob> nobody hears this (not delivered: its time was up)")
        alice.wait_line(f"{NOT} bob> {'x' * 40}... (not delivered: its time was up)")
        alice.end_input()
        alice.wait_end()
        assert alice.process.returncode == 1
        alice.kill()


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_peer_that_stands_still_is_unknown(bob, kind):
    with Chat(bob.url(kind), "--deadline", "2000") as alice:
        alice.type("one")
        alice.wait_line(f"{DONE} bob> one")
        os.kill(bob.process.pid, signal.SIGSTOP)
        alice.type("two")
        alice.end_input()
        alice.wait_line(f"{DOUBT} bob> two (unknown: its time was up)")
        alice.wait_end()
        os.kill(bob.process.pid, signal.SIGCONT)
        assert alice.process.returncode == 3
        alice.kill()


def test_commands(bob):
    with Chat(bob.url()) as alice:
        alice.wait_line("bob is up.")
        alice.type("/peers")
        alice.wait_line(re.compile(r"bob is up(, round trip \d+ ms)?, 0 without an outcome\."))
        alice.type("//etc")
        bob.wait_line("alice: /etc")
        alice.type("/help")
        alice.wait_line("/to NAME: send the next lines there")
        alice.type("/to carol")
        alice.type("for carol")
        alice.wait_line("carol is not there: messages are kept for it, 300 s each.")
        alice.type("/to bob")
        alice.type("for bob")
        bob.wait_line("alice: for bob")
        alice.process.send_signal(signal.SIGINT)
        alice.wait_line(f"{NOT} carol> for carol (not delivered: cancelled)")
        alice.wait_end()
        assert alice.process.returncode == 130
        alice.kill()


def test_three_talk(bob):
    with Server(name="carol") as carol, Chat(bob.url(), carol.url("tcp", "/carol")) as alice:
        bob.wait_line("alice is up.")
        carol.wait_line("alice is up.")
        alice.type("for bob")
        alice.type("/to carol")
        alice.type("for carol")
        bob.wait_line("alice: for bob")
        carol.wait_line("Message from alice: for carol")


def test_somebody_else_is_there(bob):
    with Chat(bob.url(name="/carol")) as alice:
        alice.wait_line("Calling again and again: the node there is bob")


def test_json(bob):
    done = run("chat", "--json", "--name", "alice", bob.url(), text=b"one\n\xff\n" + b"x" * 5000)
    said = objects(done.stdout)
    assert done.returncode == 1
    kinds = [(one["event"], one.get("number"), one.get("outcome")) for one in said]
    assert ("accepted", 1, None) in kinds and ("outcome", 1, "delivered") in kinds
    assert ("outcome", 2, "delivered") in kinds and ("outcome", 3, "not delivered") in kinds
    assert {"event": "accepted", "peer": "bob", "number": 2, "text_hex": "ff"} in said


def test_thousands_of_lines_wait_for_room(bob):
    text = "".join(f"line {number}\n" for number in range(3000)).encode()
    done = run("chat", "--name", "alice", bob.url(), text=text)
    assert done.returncode == 0
    assert done.stdout.count(DONE) == 3000
    bob.wait_line("alice: line 2999")


# ---- on a terminal ---------------------------------------------------------------------------


def test_marks_change_where_they_are(bob):
    with on_terminal(bob.url()) as alice:
        alice.wait("bob is up.", "bob>")
        alice.line("Hello")
        alice.wait("bob is up.", f"{DONE} bob> Hello", "bob>")
        os.kill(bob.process.pid, signal.SIGSTOP)
        alice.line("one")
        alice.line(JAPANESE * 10)  # three rows
        alice.wait(f"{WAY} bob> one", re.compile(f"{WAY} bob> {JAPANESE}.*"))
        os.kill(bob.process.pid, signal.SIGCONT)
        alice.wait(f"{DONE} bob> Hello", f"{DONE} bob> one", re.compile(f"{DONE} bob> {JAPANESE}.*"))
        alice.line("/quit")
        alice.wait_end()


def test_line_that_is_being_typed_stays(bob):
    with on_terminal(bob.url()) as alice:
        alice.wait("bob is up.", "bob>")
        bob.wait_line("alice is up.")
        alice.type("half a li")
        alice.wait("bob> half a li")
        bob.type("interrupting")
        alice.wait("bob is up.", "bob: interrupting", "bob> half a li")
        long = "w" * (COLUMNS - 5 - 9) + "xyz"
        alice.type(long)
        alice.wait("xyz")
        bob.type("again")
        alice.wait("bob: interrupting", "bob: again", f"bob> half a li{long[:-3]}", "xyz")
        alice.line("")
        bob.wait_line(f"alice: half a li{long}")
        alice.wait("bob: again", f"{DONE} bob> half a li{long[:-5]}", "wwxyz", "bob>")


@pytest.mark.parametrize("text", ["x" * (COLUMNS - 5), "x" * (COLUMNS - 4), "あ" * 37 + "x", "あ" * 38,
                                  "あ" * 80])
def test_line_that_ends_at_the_margin(bob, text):
    with on_terminal(bob.url()) as alice:
        alice.wait("bob is up.", "bob>")
        bob.wait_line("alice is up.")
        alice.line("before")
        alice.wait(f"{DONE} bob> before", "bob>")
        alice.type(text)
        alice.type("\x05")
        bob.type("meanwhile")
        alice.wait(f"{DONE} bob> before", "bob: meanwhile", re.compile("bob> .*"))
        alice.line("")
        bob.wait_line(f"alice: {text}")
        alice.wait("bob: meanwhile", re.compile(f"{DONE} bob> .*"))
        alice.line("after")
        alice.wait(f"{DONE} bob> after", "bob>")


def test_longest_message_of_bytes_that_cannot_be_shown_leaves_room_for_the_next():
    port = free_port()
    url = f"tcp://127.0.0.1:{port}/alice"

    def send():
        run("send", "--name", "eve", url, "-", text=b"\x01" * 4096)  # each byte takes four places
        run("send", "--name", "eve", url, "and another one")

    with on_terminal("--port", str(port)) as alice:
        alice.wait(f"Listening as alice on port {port}.")
        eve = threading.Thread(target=send)
        eve.start()
        alice.wait("eve: and another one")
        eve.join()


def test_lines_are_edited_and_come_back(bob):
    with on_terminal(bob.url()) as alice:
        alice.wait("bob>")
        alice.line("Hallo\x1b[D\x1b[D\x1b[D\x7fe")  # three to the left, one away
        bob.wait_line("alice: Hello")
        alice.wait(f"{DONE} bob> Hello")
        alice.line("\x1b[A again")
        bob.wait_line("alice: Hello again")
        alice.line(JAPANESE + "\x7f" * 2 + "!")
        bob.wait_line(f"alice: {JAPANESE[:-2]}!")


def test_messages_come_while_a_key_is_half_typed(bob):
    """Escape alone may be the beginning of a key."""
    with on_terminal(bob.url()) as alice:
        alice.wait("bob>")
        bob.wait_line("alice is up.")
        alice.type("\x1b")
        bob.type("meanwhile")
        alice.wait("bob: meanwhile")
        bob.wait_line(f"{DONE} alice> meanwhile")


@pytest.mark.parametrize("keys, status", [("\x03", 130), ("half a line\x03", 130), ("\x04", 0),
                                          ("/quit\r", 0)])
def test_terminal_is_as_before_at_the_end(bob, keys, status):
    with on_terminal(bob.url()) as alice:
        alice.wait("bob is up.", "bob>")
        alice.type(keys)
        alice.wait_end(status=status)
        assert str(alice.screen) == "bob is up." and alice.screen.column == 0


def test_interrupted_while_nobody_is_there():
    with on_terminal(f"tcp://127.0.0.1:{free_port()}/bob") as alice:
        alice.wait("bob>")
        alice.line("kept")
        alice.wait(f"{WAY} bob> kept")
        alice.type("half a line")
        alice.wait("bob> half a line")
        alice.type("\x03")
        alice.wait_end(status=130)
        assert str(alice.screen).endswith(f"\n{NOT} bob> kept (not delivered: cancelled)")
        assert alice.screen.column == 0


def test_stopped_by_ctrl_z_and_continued(bob):
    with on_terminal(bob.url()) as alice:
        alice.wait("bob is up.", "bob>")
        alice.type("half")
        alice.wait("bob> half")
        alice.type("\x1a")
        os.waitid(os.P_PID, alice.process.pid, os.WSTOPPED)
        alice.process.send_signal(signal.SIGCONT)
        alice.wait("bob> half")
        alice.line(" a line")
        bob.wait_line("alice: half a line")
        alice.type("\x03")
        alice.wait_end(status=130)


def test_terminal_of_another_size(bob):
    with on_terminal(bob.url()) as alice:
        alice.wait("bob is up.", "bob>")
        alice.resize(40)
        alice.line("x" * 60)
        alice.wait(re.compile(f"{DONE} bob> x+"))


def test_server_stops_and_starts_before_ones_eyes():
    with Server() as bob, on_terminal(bob.url("tcp")) as alice:
        alice.wait("bob is up.", "bob>")
        bob.rest()
        alice.wait("bob is down: no link.")
        alice.line("kept for you")
        alice.wait(f"{WAY} bob> kept for you", "bob is not there: messages are kept for it, 300 s each.")
        with Server(port=bob.port) as again:
            again.wait_line("Message from alice: kept for you")
            alice.wait(f"{DONE} bob> kept for you",
                       "bob is not there: messages are kept for it, 300 s each.")
            alice.wait("bob has begun anew.", "bob is up.")


@pytest.mark.parametrize("environment, are_there", [({}, True), ({"NO_COLOR": "1"}, False),
                                                    ({"NO_COLOR": ""}, True),
                                                    ({"TERM": "dumb"}, False)])
def test_colours(bob, environment, are_there):
    with on_terminal(bob.url(), **environment) as alice:
        alice.line("Hello")
        bob.wait_line("alice: Hello")
        alice.wait(re.compile(f"{DONE} bob> Hello"))
        assert bool(alice.screen.colours) == are_there


def test_progress_is_for_a_terminal_and_goes_at_the_end(bob):
    with OnTerminal(MSGR, "bench", "-c", "1000000", bob.url()) as bench:
        bench.wait(re.compile(r"\d+ of 1000000 messages"))
        bench.type("\x03")
        bench.wait_end(status=130)
        assert "of 1000000 messages" not in str(bench.screen)
