# SPDX-License-Identifier: BSD-3-Clause
"""The examples in app/examples that run on Linux; boards/test_example.py has the one for a board."""

import os
import pathlib
import re
import sys

import pytest

from conftest import ROOT, configure, run
from support.node import Program

DESKTOP = os.environ["MSGR_EXAMPLE_DESKTOP"]
LWIP = pathlib.Path(os.environ["MSGR_LWIP_DIR"])


class Listener(Program):
    """bob, on a computer."""

    def __init__(self):
        super().__init__(sys.executable, ROOT / "sim" / "msgr.py", "listen", "--name", "bob",
                         "--address", "127.0.0.1", "--port", "0")
        self.port = re.search(r"port (\d+)", self.wait_line(re.compile("Listening.*")))[1]


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_desktop_sends_and_says_what_became_of_it(kind):
    with Listener() as bob:
        with Program(DESKTOP, f"{kind}://127.0.0.1:{bob.port}", "bob", "Hello, bob") as desktop:
            desktop.ends("delivered")
        bob.wait_line("Message from desktop: Hello, bob")


def test_desktop_says_that_nobody_was_there():
    with Listener() as bob:
        with Program(DESKTOP, f"tcp://127.0.0.1:{bob.port}", "carol", "Hello, carol") as desktop:
            desktop.ends("not delivered", status=1)


def test_desktop_says_how_it_is_used():
    with Program(DESKTOP, "smtp://example.org", "bob", "Hello") as desktop:
        desktop.ends(status=2, errors=["usage: desktop udp://HOST|tcp://HOST NAME TEXT"])


def test_rtos_posts_from_one_task_and_sends_from_another(tmp_path):
    if not (LWIP / "contrib/ports/unix/port/sys_arch.c").exists():
        pytest.skip(f"{LWIP} has no contrib, and so no threads on Linux (2.2.1 has)")
    configure(ROOT / "tests" / "rtos", tmp_path, LWIP_DIR=LWIP, MSGR_WARNINGS="ON",
              CMAKE_C_FLAGS="-g -fsanitize=address,undefined -fno-sanitize-recover=all")
    run("cmake", "--build", tmp_path, "-j2", "--target", "example")
    with Program(tmp_path / "example", stdin=True) as nodes:
        for number in range(1, 4):
            nodes.wait_line(f"bob took reading {number}")
            nodes.wait_line(f"Reading {number}: delivered")
        nodes.process.stdin.close()
        nodes.rest_of_ended()
