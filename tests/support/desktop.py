# SPDX-License-Identifier: BSD-3-Clause
"""msgr, the program for a computer: run, served by, chatted with through a pipe or a terminal."""

import json
import os
import re
import signal
import subprocess

from support.board import free_port
from support.node import RAW, ROOT, SANITIZER, Program

MSGR = os.environ.get("MSGR", str(ROOT / "build" / "debug" / "app" / "desktop" / "msgr"))
TIME = r"[0-9]+\.[0-9] ms\."
DELIVERED = re.compile(f"Message to bob: delivered, {TIME}")
BOUND_S = 30


def run(*words, stdin=subprocess.DEVNULL, text=None, bound_s=BOUND_S, **options):
    """msgr with these words, from start to end; text: on its standard input."""
    given = {"input": text} if text is not None else {"stdin": stdin}
    done = subprocess.run([MSGR, *map(str, words)], capture_output=True, timeout=bound_s,
                          check=False, **given, **options)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    assert not SANITIZER.search(done.stderr), done.stderr
    assert not RAW.search(done.stdout) and not RAW.search(done.stderr), done
    return done


def require(done, status, stdout="", stderr=""):
    assert done.returncode == status, done
    assert re.fullmatch(stdout, done.stdout.rstrip("\n"), re.DOTALL), done.stdout
    assert re.fullmatch(stderr, done.stderr.rstrip("\n"), re.DOTALL), done.stderr


def objects(text):
    """One JSON object a line."""
    return [json.loads(line) for line in text.splitlines()]


class Server(Program):
    """bob, from the moment on that he listens, at a port that nobody else has."""

    def __init__(self, *words, name="bob", port=None, command="serve", before=(), stdin=False):
        self.port = port or free_port()
        super().__init__(*before, MSGR, command, "--name", name, "--port", self.port, *words,
                         stdin=stdin)
        try:
            self.wait_line(re.compile(rf'Listening as {name} on port {self.port}\.|'
                                      rf'\{{"event":"listening",.*\}}'))
        except AssertionError:
            self.kill()
            print(self)
            raise

    def url(self, kind="udp", name="/bob", host="127.0.0.1"):
        return f"{kind}://{host}:{self.port}{name}"


class Talking:
    """msgr chat through a pipe. A test that does not end it does so by Ctrl-C."""

    def rest(self):
        self.process.send_signal(signal.SIGINT)
        self.wait_end()
        rest = self.lines()[self._next:]
        self._next += len(rest)
        self.ends(status=130)
        return rest

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")

    def end_input(self):
        self.process.stdin.close()


class Chat(Talking, Program):
    """... which calls."""

    def __init__(self, *words, name="alice"):
        super().__init__(MSGR, "chat", "--name", name, *words, stdin=True)


class ChatServer(Talking, Server):
    """... which is called."""

    def __init__(self, *words, **options):
        super().__init__(*words, command="chat", stdin=True, **options)
