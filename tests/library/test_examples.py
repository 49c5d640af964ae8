# SPDX-License-Identifier: BSD-3-Clause
"""The example for a desktop, with the node in Python; and what the README shows of examples."""

import os
import re
import sys

import pytest

from conftest import ROOT
from support.node import Program

DESKTOP = os.environ["MSGR_EXAMPLE_DESKTOP"]
DOWN = re.compile("desktop is down: .*")


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
        if kind == "tcp":  # over UDP he cannot know yet
            bob.wait_line(DOWN)


def test_desktop_says_that_nobody_was_there():
    with Listener() as bob:
        with Program(DESKTOP, f"tcp://127.0.0.1:{bob.port}", "carol", "Hello, carol") as desktop:
            desktop.ends("not delivered", status=1)
        bob.wait_line(DOWN)


def test_desktop_says_how_it_is_used():
    with Program(DESKTOP, "smtp://example.org", "bob", "Hello") as desktop:
        desktop.ends(status=2, errors=["usage: desktop udp://HOST|tcp://HOST NAME TEXT"])


def test_readme_shows_the_example_for_an_rtos():
    readme = (ROOT / "README.md").read_text()
    shown = re.findall(r"```c\n(.*?)```", readme[readme.index("### On an RTOS"):
                                               readme.index("### On a desktop")], re.DOTALL)
    code = (ROOT / "app/examples/rtos.c").read_text()
    assert len(shown) == 2 and all(part in code for part in shown)
