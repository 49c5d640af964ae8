# SPDX-License-Identifier: BSD-3-Clause
"""sim/msgr.py as a user runs it."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys

import pytest
from support.node import Program

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "sim" / "msgr.py"
TIME = r"[0-9]+\.[0-9] ms\."
DELIVERED = re.compile(f"Message to bob: delivered, {TIME}")


class Listener(Program):
    """bob, from the moment on that he listens, at a port that nobody else has."""

    def __init__(self, *words):
        super().__init__(sys.executable, PROGRAM, "listen", "--name", "bob", "--port", "0",
                         "--address", "127.0.0.1", *words)
        line = self.wait_line(re.compile(r'Listening as bob on port [0-9]+\.|\{.*"listening".*\}'))
        self.port = int(re.search(r"[0-9]+", line).group())

    def url(self, kind="udp", name="/bob"):
        return f"{kind}://127.0.0.1:{self.port}{name}"


def run(*words):
    return subprocess.run([sys.executable, PROGRAM, *map(str, words)], capture_output=True,
                          text=True, timeout=20, stdin=subprocess.DEVNULL)


def require(done, status, stdout, stderr=""):
    assert done.returncode == status, done
    assert re.fullmatch(stdout, done.stdout.rstrip("\n")), done.stdout
    assert re.fullmatch(stderr, done.stderr.rstrip("\n"), re.DOTALL), done.stderr


@pytest.mark.parametrize("kind", ["udp", "tcp"])
@pytest.mark.parametrize("name", ["/bob", ""])
def test_send_to_a_listener(kind, name):
    with Listener() as bob:
        for text in "Hello, bob", "":
            done = run("send", bob.url(kind, name), text, "--name", "alice")
            require(done, 0, DELIVERED.pattern)
            bob.wait_line("alice is up.")
            bob.expect(f"Message from alice: {text}")
            bob.wait_line("alice is down: no link.")
        bob.stop()


def test_several_in_a_row_and_a_long_one():
    with Listener() as bob:
        for number in range(6):
            text = "x" * 10000 + str(number)
            require(run("send", bob.url(), text, "--name", "alice"), 0, DELIVERED.pattern)
            bob.wait_line(f"Message from alice: {text}")
        bob.rest()


def test_a_listener_ends_after_so_many():
    with Listener("--count", "2") as bob:
        for text in "one", "two":
            require(run("send", bob.url(), text, "--name", "alice"), 0, DELIVERED.pattern)
        assert [line for line in bob.rest_of_ended() if "Message" in line] == [
            "Message from alice: one", "Message from alice: two"]


def test_nothing_of_a_message_reaches_the_terminal_raw():
    with Listener() as bob:
        require(run("send", bob.url(), "\x1b[2J\u202e\n", "--name", "alice"), 0, DELIVERED.pattern)
        bob.wait_line(r"Message from alice: \x1b[2J\u202e\n")
        bob.rest()


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_ping(kind):
    with Listener("--json") as bob:
        done = run("ping", bob.url(kind), "--count", 200, "--size", 100, "--in-flight", 8)
        require(done, 0, "200 messages of 100 bytes to bob in [0-9.]+ s: "
                         "200 delivered, 0 not delivered, 0 unknown.\n"
                         "Times in ms: min [0-9.]+, median [0-9.]+, 99th percentile [0-9.]+, "
                         "max [0-9.]+.")
        lines = [json.loads(line) for line in bob.rest()]
        sizes = [len(line["text"]) for line in lines if line["event"] == "message"]
        assert sizes == [100] * 200


def test_json():
    with Listener("--json") as bob:
        done = run("send", bob.url(), "hello", "--name", "alice", "--json")
        said = json.loads(done.stdout)
        assert said.pop("ms") > 0
        assert said == {"event": "outcome", "peer": "bob", "outcome": "delivered", "reason": None}
        pinged = [json.loads(line) for line in
                  run("ping", bob.url(), "--count", 3, "--json").stdout.splitlines()]
        assert [line["event"] for line in pinged] == ["outcome"] * 3 + ["summary"]
        assert pinged[-1]["delivered"] == 3
        assert {"not_delivered", "unknown", "min_ms", "median_ms", "p99_ms", "max_ms"} <= set(
            pinged[-1])
        lines = [json.loads(line) for line in bob.rest()]
        assert lines[0] == {"event": "up", "peer": "alice"}
        assert lines[1] == {"event": "message", "peer": "alice", "text": "hello",
                            "hex": "68656c6c6f"}


def unused_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("kind", ["udp", "tcp"])
@pytest.mark.parametrize("command", [["send", "x"], ["ping"]])
def test_nobody_there(kind, command):
    url = f"{kind}://127.0.0.1:{unused_port()}/bob"
    done = run(command[0], url, *command[1:], "--deadline", 300)
    require(done, 1, rf"Message to bob: not delivered: nobody answered at {re.escape(url)} "
                     rf"\(Connection refused\)\. Is a node running there\?, {TIME}")


def test_a_listener_that_stands_still_is_unknown():
    """Transmitted, and no answer came."""
    with Listener() as bob:
        words = "ping", bob.url(), "--count", "1000000", "--deadline", "300", "--json"
        with Program(sys.executable, PROGRAM, *words) as ping:
            ping.wait_line(re.compile('.*"delivered".*'))
            bob.process.send_signal(signal.SIGSTOP)
            ping.wait_line(re.compile('.*"outcome": "unknown", "reason": "deadline".*'))
            bob.process.send_signal(signal.SIGCONT)
            ping.process.send_signal(signal.SIGINT)
            ping.wait_end()
            assert ping.process.returncode == 3
            assert json.loads(ping.lines()[-1])["unknown"] >= 1
            ping.kill()
        bob.rest()


@pytest.mark.parametrize("words, message", [
    (["--name", "bob"], "another node has our name there: choose one with --name"),
    (["--identity", "b0b"], "that node has our identity: choose another --name or --identity")])
def test_refused(words, message):
    with Listener("--identity", "b0b") as bob:
        done = run("send", bob.url(), "x", *words)
        require(done, 1, f"Message to bob: not delivered: {message}, {TIME}")
        bob.stop()


def test_somebody_else_is_there():
    with Listener() as bob:
        done = run("send", bob.url(name="/carol"), "x")
        require(done, 1, f"Message to carol: not delivered: the node there is bob, {TIME}")
        bob.rest()


def test_no_such_host():
    done = run("send", "udp://nobody.invalid/bob", "x")
    require(done, 1, rf"Message to bob: not delivered: there is no host nobody\.invalid: .*"
                     rf"Is the name right\?, {TIME}")


@pytest.mark.parametrize("words, message", [
    ([], "required: COMMAND"),
    (["send"], "required: URL, TEXT"),
    (["send", "192.0.2.7", "x"], "it looks like udp://192.0.2.7/bob"),
    (["send", "udp://h:0/b", "x"], "is no port"),
    (["send", "udp://127.0.0.1/b", "x" * 65537], "65536"),
    (["send", "udp://127.0.0.1/b", "x", "--name", ""], "1 to 31 bytes"),
    (["send", "udp://127.0.0.1/b", "x", "--identity", "0"], "or is 0"),
    (["send", "udp://127.0.0.1/b", "x", "--deadline", "0"], "no number from 1 to"),
    (["ping", "udp://127.0.0.1/b", "--count", "0"], "--count"),
    (["ping", "udp://127.0.0.1/b", "--size", "65537"], "from 0 to 65536"),
    (["listen", "--address", "192.0.2.7"], "no address of this computer"),
    (["listen", "--port", "70000"], "from 0 to 65535")])
def test_wrong_usage(words, message):
    done = run(*words)
    require(done, 2, "", f".*{re.escape(message)}.*")


def test_the_port_is_in_use():
    with Listener() as bob:
        done = run("listen", "--address", "127.0.0.1", "--port", bob.port)
        require(done, 2, "", f"error: UDP port {bob.port} of 127.0.0.1 is in use: "
                             "end the other program, or choose another with --port")
        bob.stop()


@pytest.mark.parametrize("command", [[], ["send"], ["listen"], ["ping"]])
def test_help(command):
    done = run(*command, "--help")
    assert done.returncode == 0 and "examples:" in done.stdout and "exit status" in done.stdout


def test_who_reads_no_longer_ends_it_quietly():
    with Listener() as bob:
        command = f"{sys.executable} {PROGRAM} ping {bob.url()} --count 5 --json | head -n 1"
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=20,
                              env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        assert done.stderr == ""
        bob.rest()
