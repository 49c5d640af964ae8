# SPDX-License-Identifier: BSD-3-Clause
"""msgr with sim/msgr.py, nc and the tutorial's programs."""

import re
import shutil
import subprocess
import sys

import pytest
from support.board import free_port
from support.desktop import DELIVERED, Chat, Server, require, run
from support.node import ROOT, Program

KINDS = ["udp", "tcp"]
NC = shutil.which("nc.openbsd") or "nc"
PYTHON = [sys.executable, "-u"]
NODE = ROOT / "sim" / "msgr.py"
JAPANESE = "こんにちは"


class Listener(Program):
    """bob, in Python."""

    def __init__(self, *words):
        super().__init__(*PYTHON, NODE, "listen", "--name", "bob", "--port", "0", "--address",
                         "127.0.0.1", *words)
        line = self.wait_line(re.compile(r"Listening as bob on port [0-9]+\."))
        self.port = int(re.search(r"[0-9]+", line).group())

    def url(self, kind):
        return f"{kind}://127.0.0.1:{self.port}/bob"


def finish(*words, **options):
    done = subprocess.run(words, capture_output=True, timeout=30, check=False, **options)
    assert done.returncode == 0, done
    return done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_python_node_is_written_to(kind):
    with Listener() as bob:
        require(run("send", bob.url(kind), JAPANESE, "--name", "alice"), 0, DELIVERED.pattern)
        bob.wait_line(f"Message from alice: {JAPANESE}")
        require(run("ping", "-c", 20, "-i", 0, bob.url(kind)), 0, ".*20 delivered, 0% loss.*")
        require(run("bench", "-c", 500, bob.url(kind)), 0, ".* 500 delivered, 0 not.*")


@pytest.mark.parametrize("kind", KINDS)
def test_python_node_writes(kind):
    with Server() as bob:
        finish(*PYTHON, NODE, "send", bob.url(kind), JAPANESE, "--name", "alice")
        bob.wait_line(f"Message from alice: {JAPANESE}")
        finish(*PYTHON, NODE, "ping", bob.url(kind), "--count", "500", "--in-flight", "10")


def test_chat_with_a_python_node_that_comes_and_goes():
    with Listener("--count", "1") as bob, Chat(bob.url("udp")) as alice:
        alice.type("first and last")
        alice.wait_line("✓ bob> first and last")
        alice.wait_line("bob is down: no link.")
        bob.rest_of_ended()


@pytest.mark.parametrize("text", [b"Hello", b"", JAPANESE.encode()])
def test_nc_is_answered(text, tmp_path):
    answer = b"Message received: " + text + b". Thank you."
    with Server("--unix", tmp_path / "s") as bob:
        port = str(bob.port)
        for host in "127.0.0.1", "::1":
            assert finish(NC, "-N", host, port, input=text) == answer
        assert finish(NC, "-N", "-U", tmp_path / "s", input=text) == answer
        datagram = finish(NC, "-u", "-W", "1", "-w", "5", "127.0.0.1", port, input=b"Hello")
        assert datagram == b"Message received: b'Hello'. Thank you."


def test_nc_is_written_to():
    port = free_port()
    with Program("sh", "-c", f"printf 'Message received: x. Thank you.' | {NC} -N -l 127.0.0.1 {port}"
                 ) as server:
        done = run("send", "--plain", f"tcp://127.0.0.1:{port}", "x")
        while done.returncode != 0 and "refused" in done.stderr:  # it does not say that it listens
            done = run("send", "--plain", f"tcp://127.0.0.1:{port}", "x")
        require(done, 0, r"Message received: x\. Thank you\.")
        server.wait_end()
        server.kill()


def tutorial(name, port):
    folder = ROOT / "sim" / "tutorial"
    return *PYTHON, folder / "with_localhost.py", f"127.0.0.1:{port}", folder / name


@pytest.mark.parametrize("kind, answer", [("tcp", "Hello, server"), ("udp", "b'Hello, server'")])
def test_tutorials_clients_are_answered(kind, answer):
    with Server() as bob:
        said = finish(*tutorial(f"{kind}_client.py", bob.port)).decode()
        assert f"Message received: {answer}. Thank you.\n" in said
        bob.wait_line(re.compile(r"Plain message from 127\.0\.0\.1:\d+: Hello, server"))


@pytest.mark.parametrize("kind, last", [("tcp", "Listening for client."),
                                        ("udp", re.compile("Socket bound to .*"))])
def test_tutorials_servers_are_written_to(kind, last):
    port = free_port()
    with Program(*tutorial(f"{kind}_server.py", port)) as server:
        server.wait_line(last)
        shown = "Hello" if kind == "tcp" else "b'Hello'"
        require(run("send", "--plain", f"{kind}://127.0.0.1:{port}", "Hello"), 0,
                re.escape(f"Message received: {shown}. Thank you."))
        server.wait_line("Hello")
        server.rest_of_ended()


def test_answer_that_is_none_is_shown_and_said():
    with Program(*PYTHON, "-c", """
import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])
c = s.accept()[0]
c.recv(100)
c.sendall(b"Go away")
""") as server:
        port = server.wait_line(re.compile(r"\d+"))
        require(run("send", "--plain", f"tcp://127.0.0.1:{port}", "x"), 1, "Go away",
                "error: .*: the answer is not an acknowledgement")
        server.ends()
